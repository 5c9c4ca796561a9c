import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.data.types import filled, parsed, spelled


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("category", "tarjeta ", "tarjeta "),
        ("category", "", None),
        ("category", " \t", None),
        ("number", "12", 12.0),
        ("number", " -0.5 ", -0.5),
        ("number", ".5", 0.5),
        ("number", "1e3", 1000.0),
        ("number", "-0", 0.0),
        ("number", "1,5", None),
        ("number", "1_000", None),
        ("number", "0x10", None),
        ("number", "nan", None),
        ("number", "1e999", None),
        ("number", "12 €", None),
        ("boolean", "true", True),
        ("boolean", "SÍ", True),
        ("boolean", "si", True),
        ("boolean", "1", True),
        ("boolean", "Falso", False),
        ("boolean", "no", False),
        ("boolean", "0", False),
        ("boolean", "quizá", None),
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("date", "2023-02-29", None),
        ("date", "29/02/2024", None),
        ("date", "2024-2-9", None),
    ],
)
def test_a_cell_is_read_as_its_pinned_type(database, kind, cell, value):
    assert database.execute(f"SELECT {parsed(kind, 't')} FROM (SELECT ?::VARCHAR AS t)", [cell]).fetchall() == [
        (value,)
    ]


def test_negative_zero_is_zero(database):
    ((value,),) = database.execute(f"SELECT {parsed('number', 't')} FROM (SELECT '-0.0' AS t)").fetchall()
    assert math.copysign(1, value) == 1


@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0"])
def test_white_space_is_no_value(database, cell):
    assert database.execute(f"SELECT {filled('t')} FROM (SELECT ?::VARCHAR AS t)", [cell]).fetchall() == [(None,)]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_spelled_as_python_spells_it(database, number):
    ((text,),) = database.execute(f"SELECT {spelled('n')} FROM (SELECT ?::DOUBLE AS n)", [number]).fetchall()
    assert text == repr(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_the_file(database, number):
    ((value,),) = database.execute(f"SELECT {parsed('number', 't')} FROM (SELECT ? AS t)", [repr(number)]).fetchall()
    assert value == number


@pytest.mark.parametrize(("value", "text"), [("true", "true"), ("DATE '2024-02-29'", "2024-02-29"), ("'a'", "a")])
def test_other_values_are_spelled_plainly(database, value, text):
    assert database.execute(f"SELECT {spelled(value)}").fetchall() == [(text,)]
