"""The contract that every installed source holds."""

import hashlib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from relevo.core.errors import UsageError
from relevo.data.engine import session
from relevo.tools.plugins import load

SOURCES = sorted(entry.name for entry in entry_points(group="relevo.sources"))
HEADERS = ["texto", "grupo", "Texto"]
ROWS = [("no funciona", "tarjeta", "a"), ("dos\nlíneas", "cobros", None), ('dice "no", y ya', "cobros", " b ")]


def _csv(path: Path, headers: list[str], rows: list[tuple[str | None, ...]]) -> None:
    def cell(value: str | None) -> str:
        return '"' + (value or "").replace('"', '""').replace("\n", "\r\n") + '"'

    lines = (",".join(map(cell, row)) for row in (headers, *rows))
    path.write_bytes("\r\n".join(lines).encode())


#: How rows are put where a source of that name reads them. A new source adds its own line.
WRITERS = {"csv": _csv}


@pytest.fixture(params=SOURCES)
def kind(request):
    return request.param


@pytest.fixture
def read(kind, tmp_path):
    """`read(headers, rows)`: what the source makes of them: its headers, and its rows with the line first."""

    def read(headers, rows):
        path = tmp_path / "[rows]*"
        WRITERS[kind](path, headers, rows)
        with session(tmp_path) as database:
            found = load("sources", kind)(path).read(database, "source")
            table = database.execute("SELECT * FROM source ORDER BY line")
            return list(found), [column[0] for column in table.description], table.fetchall()

    return read


def test_there_are_sources():
    assert set(SOURCES) == set(WRITERS)


def test_headers_and_cells_come_as_they_stand(read):
    headers, columns, rows = read(HEADERS, ROWS)
    assert headers == HEADERS
    assert columns == ["line", "c0", "c1", "c2"]
    assert [row[1:] for row in rows] == ROWS


def test_every_row_knows_where_it_is_from(read):
    _, _, rows = read(HEADERS, ROWS)
    lines = [row[0] for row in rows]
    assert lines == sorted(set(lines))
    assert lines[0] >= 1


def test_no_rows_are_refused(read):
    with pytest.raises(UsageError, match="no rows"):
        read(HEADERS, [])


def test_the_digest_follows_the_content(kind, tmp_path):
    digests = []
    for rows in (ROWS, ROWS, ROWS[:2]):
        WRITERS[kind](tmp_path / "rows", HEADERS, rows)
        digests.append(load("sources", kind)(tmp_path / "rows").digest())
    assert digests[0] == digests[1] != digests[2]
    assert len(digests[0]) == hashlib.sha256().digest_size * 2


def test_what_is_not_there_is_refused(kind, tmp_path):
    with pytest.raises(UsageError) as error:
        load("sources", kind)(tmp_path / "none").digest()
    assert str(tmp_path / "none") in str(error.value)
