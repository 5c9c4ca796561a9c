import hashlib
from collections import defaultdict

import pytest

from relevo.core.artifact import digest

COLUMNS = {"texto": "text", "grupo": "label", "caso": "id", "canal": "category", "importe": "number"}
CSV = """texto,grupo,caso,canal,importe
no funciona,tarjeta,1,web,1.50
cobro doble,cobros,2,,
"dos, líneas
aquí",cobros,3,tel,-2
cobro doble,cobros,4,,
"""


@pytest.fixture
def made(bench):
    return lambda content: bench.artifact(content, columns=COLUMNS).output_digest


def plainly(rows: list[list[str | None]], variables: dict[str, str]) -> str:
    """The definition, in Python."""

    def sha(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    def field(value: str | None) -> str:
        return "~" if value is None else f"{len(value.encode())}:{value},"

    buckets = defaultdict(list)
    for row in rows:
        hashed = sha("".join(map(field, row)))
        buckets[hashed[:3]].append(hashed)
    return digest(
        {"rows": sha("".join(sha("".join(sorted(buckets[b]))) for b in sorted(buckets))), "variables": variables}
    )


def test_the_digest_is_what_its_definition_says(made):
    rows = [
        ["no funciona", "tarjeta", "web", "1.5"],
        ["cobro doble", "cobros", None, None],
        ["dos, líneas\naquí", "cobros", "tel", "-2.0"],
        ["cobro doble", "cobros", None, None],
    ]
    assert made(CSV) == plainly(rows, {"canal": "category", "importe": "number"})


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("row order", 'texto,grupo,caso,canal,importe\n"dos, líneas\naquí",cobros,3,tel,-2\ncobro doble,cobros,2,,\n'
         "no funciona,tarjeta,1,web,1.50\ncobro doble,cobros,4,,\n"),
        ("column order", 'grupo,importe,texto,canal,caso\ntarjeta,1.50,no funciona,web,1\ncobros,,cobro doble,,2\n'
         'cobros,-2,"dos, líneas\naquí",tel,3\ncobros,,cobro doble,,4\n'),
        ("line ends", CSV.replace("\n", "\r\n")),
        ("old Mac line ends", CSV.replace("\n", "\r")),
        ("byte order mark", "\ufeff" + CSV),
        ("quoting", CSV.replace("no funciona", '"no funciona"').replace(",web", ',"web"')),
        ("spelling of a number", CSV.replace("1.50", "15e-1")),
        ("outer white space of a label", CSV.replace(",tarjeta,", ", tarjeta\t,")),
        ("ids", CSV.replace(",1,", ",901,").replace(",2,", ",902,")),
        ("blank lines", CSV.replace("\ncobro", "\n\n\ncobro")),
        ("no last line end", CSV.rstrip()),
    ],
)  # fmt: skip
def test_the_digest_is_blind_to(made, what, content):
    assert made(content) == made(CSV)


def test_the_digest_is_blind_to_the_delimiter(made):
    semicolons = CSV.replace('"dos, líneas\naquí"', "X").replace(",", ";").replace("X", '"dos, líneas\naquí"')
    assert made(semicolons) == made(CSV)


def test_the_digest_is_blind_to_columns_that_are_ignored(bench):
    plain = bench.artifact("texto,grupo\na,x\nb,y\n").output_digest
    columns = {"texto": "text", "grupo": "label", "nota": "ignore"}
    assert bench.artifact("texto,nota,grupo\na,?,x\nb,!,y\n", columns=columns).output_digest == plain


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("a label", "tarjeta", "tarjetas"),
        ("the case of a label", "tarjeta", "Tarjeta"),
        ("white space of a text", "no funciona", "no  funciona"),
        ("a value", "1.50", "1.51"),
        ("an empty value", ",web,", ",,"),
        ("a duplicate", "cobro doble,cobros,4,,\n", ""),
        ("where cells end", "no funciona,tarjeta", "no funcionat,arjeta"),
    ],
)
def test_the_digest_sees(made, what, old, new):
    assert made(CSV.replace(old, new)) != made(CSV)


def test_the_digest_sees_a_type(bench):
    as_number = bench.artifact(CSV, columns=COLUMNS).output_digest
    assert bench.artifact(CSV, columns={**COLUMNS, "importe": "category"}).output_digest != as_number
