import json
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs

import duckdb
import pytest

from relevo.calls.rows import Row, rows
from relevo.core.artifact import Artifact
from relevo.core.version import Version

FIELDS = [
    {"name": "frase", "type": "text", "of": "text"},
    {"name": "importe", "type": "number", "of": "importe"},
    {"name": "urgente", "type": "boolean", "of": 'es "urgente"'},
    {"name": "día", "type": "date", "of": "fecha"},
]


@pytest.fixture
def data(tmp_path: Path) -> Artifact:
    """Five rows, of which one has no group, one no text, and one a text beyond the limit."""
    table = [
        ("b", "cobros", 4000, 2.5, True, date(2026, 3, 1)),
        ("a", "tarjeta", 1000, None, False, None),
        ("c", None, 1, 1.0, True, None),
        (" ", "cobros", 2, 1.0, True, None),
        ("d" * 10_001, "cobros", 3, 1.0, True, None),
    ]
    with duckdb.connect() as database:
        database.execute(
            'CREATE TABLE t (text VARCHAR, label VARCHAR, rank INTEGER, "var.importe" DOUBLE, '
            '"var.es ""urgente""" BOOLEAN, "var.fecha" DATE)'
        )
        database.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", table)
        database.execute(f"COPY t TO '{tmp_path}/rows.parquet' (FORMAT parquet)")
    one = Version(1, 0, 0)
    return Artifact("q", "data", one, "", "", {}, {}, {}, {}, (), (), "", "", folder=tmp_path)


def test_gives_requests_with_the_service_s_own_names_held_out_rows_first(data):
    assert rows(data, FIELDS, holdout=0.2, most=9) == [
        Row({"frase": "a", "importe": None, "urgente": False, "día": None}, "tarjeta", True),
        Row({"frase": "b", "importe": 2.5, "urgente": True, "día": "2026-03-01"}, "cobros", False),
    ]


def test_gives_no_more_than_asked_for(data):
    assert [row.label for row in rows(data, FIELDS, 0.2, most=1)] == ["tarjeta"]


def test_a_row_is_spelled_as_json_and_as_an_address():
    row = Row({"frase": "¿qué? &=", "importe": 2.5, "urgente": True, "día": None}, "", True)
    assert json.loads(row.body()) == row.fields
    assert parse_qs(row.query(), keep_blank_values=True) == {
        "frase": ["¿qué? &="],
        "importe": ["2.5"],
        "urgente": ["true"],
        "día": [""],
    }
