import random

import duckdb
import pytest

from relevo.core.settings import DataSettings
from relevo.data.digest import output_digest
from relevo.data.engine import session
from relevo.data.rows import FILE, make, write

COLUMNS = {
    "texto": "text",
    "grupo": "label",
    "caso": "id",
    "nota": "ignore",
    "canal": "category",
    "importe": "number",
    "urgente": "boolean",
    "fecha": "date",
}
HEADER = ",".join(COLUMNS) + "\n"


@pytest.fixture
def stored(bench):
    """`stored(content)`: names, types and rows of the file."""

    def stored(content, columns=COLUMNS):
        path = bench.make(content, columns=columns)[1] / FILE
        table = duckdb.read_parquet(str(path))
        return table.columns, [str(kind) for kind in table.types], table.fetchall()

    return stored


def test_columns_and_types_are_pinned(stored):
    names, types, _ = stored(HEADER + "no va,tarjeta,7,x,web,1.5,sí,2024-01-31\n")
    assert dict(zip(names, types, strict=True)) == {
        "text": "VARCHAR",
        "label": "VARCHAR",
        "id": "VARCHAR",
        "rank": "INTEGER",
        "var.canal": "VARCHAR",
        "var.fecha": "DATE",
        "var.importe": "DOUBLE",
        "var.urgente": "BOOLEAN",
    }


def test_without_an_id_column_there_is_no_id(stored):
    assert stored("texto,grupo\na,b\n", {"texto": "text", "grupo": "label"})[0] == ["text", "label", "rank"]


def test_texts_stay_as_they_are_and_labels_are_trimmed(stored):
    _, _, rows = stored(HEADER + " no  va ,\u00a0 tarjeta roja ,,,,,,\n")
    assert rows[0][:3] == (" no  va ", "tarjeta roja", None)


def test_the_order_is_that_of_text_label_variables_and_id(stored):
    content = HEADER + "b,x,1,,,,,\nÁ,x,2,,,,,\na,y,3,,,,,\na,x,4,,web,,,\na,x,6,,tel,,,\na,x,5,,tel,,,\nB,x,7,,,,,\n"
    assert [row[2] for row in stored(content)[2]] == ["7", "5", "6", "4", "3", "1", "2"]


def test_the_bytes_are_the_same_whatever_the_order(bench):
    rows = [f"texto {i % 700},g{i % 7},{i},,c{i % 3},{i / 8},,\n" for i in range(5000)]
    files = set()
    for seed in (1, 2):
        random.Random(seed).shuffle(rows)
        files.add((bench.make(HEADER + "".join(rows), columns=COLUMNS)[1] / FILE).read_bytes())
    assert len(files) == 1


def test_headers_may_hold_anything(stored):
    columns = {
        "a": "text",
        "b": "label",
        'el "importe" (€), con coma': "number",
        "label": "category",
        "rank": "category",
    }
    names, _, rows = stored('a,b,"el ""importe"" (€), con coma",label,rank\nt,g,1,x,y\n', columns)
    assert names == ["text", "label", "rank", 'var.el "importe" (€), con coma', "var.label", "var.rank"]
    assert rows[0][3:] == (1.0, "x", "y")


def test_the_bytes_and_the_digest_do_not_depend_on_threads(tmp_path):
    results = set()
    for threads in (1, 4):
        (folder := tmp_path / str(threads)).mkdir()
        with session(folder) as database:
            database.execute(f"SET threads = {threads}")
            database.execute(
                "CREATE TABLE source AS SELECT range AS line, 'texto ' || range % 90000 AS c0, 'g' || range % 7 AS c1 "
                "FROM range(200000)"
            )
            data = DataSettings("quejas.csv", {"texto": "text", "grupo": "label"})
            make(database, "source", ["texto", "grupo"], data)
            write(database, data, folder)
            results.add(((folder / FILE).read_bytes(), output_digest(database, "rows", {})))
    assert len(results) == 1
