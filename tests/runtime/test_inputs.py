from datetime import date, datetime

import pytest

from relevo_runtime.errors import InputError
from relevo_runtime.inputs import Input, check, convert

INPUTS = (
    Input("text", "text"),
    Input("canal", "category"),
    Input("importe", "number"),
    Input("urgente", "boolean"),
    Input("fecha", "date", nullable=True),
)
COMPLETE = {"text": "Hola", "canal": "web", "importe": 3, "urgente": True, "fecha": "2024-02-29"}


def test_a_complete_record_becomes_values_of_the_pinned_types() -> None:
    assert check(INPUTS, COMPLETE) == {
        "text": "Hola",
        "canal": "web",
        "importe": 3.0,
        "urgente": True,
        "fecha": date(2024, 2, 29),
    }


def test_what_is_not_an_input_is_left_out() -> None:
    assert "más" not in check(INPUTS, COMPLETE | {"más": 1})


@pytest.mark.parametrize("name", COMPLETE)
def test_every_input_must_be_there(name: str) -> None:
    with pytest.raises(InputError, match=f"missing-field: {name}"):
        check(INPUTS, {key: value for key, value in COMPLETE.items() if key != name})


@pytest.mark.parametrize("name", ["text", "canal", "importe", "urgente"])
def test_null_is_no_value(name: str) -> None:
    with pytest.raises(InputError, match=f"null-field: {name}"):
        check(INPUTS, COMPLETE | {name: None})


def test_null_is_taken_where_it_was_in_the_data() -> None:
    assert check(INPUTS, COMPLETE | {"fecha": None})["fecha"] is None


@pytest.mark.parametrize("text", ["", " ", "\t\n\u00a0"])
def test_a_text_of_white_space_is_empty(text: str) -> None:
    with pytest.raises(InputError, match="empty-text: text"):
        check(INPUTS, COMPLETE | {"text": text})


def test_a_category_of_white_space_is_null() -> None:
    with pytest.raises(InputError, match="null-field: canal"):
        check(INPUTS, COMPLETE | {"canal": " "})


def test_a_category_is_compared_without_its_outer_white_space_and_its_spelling_of_accents() -> None:
    assert check(INPUTS, COMPLETE | {"canal": " tele\u0301fono "})["canal"] == "teléfono"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", 1),
        ("text", ["a"]),
        ("canal", 3),
        ("importe", "3"),
        ("importe", True),
        ("importe", float("nan")),
        ("importe", float("inf")),
        ("importe", 10**400),
        ("urgente", 1),
        ("urgente", "true"),
        ("fecha", "29/02/2024"),
        ("fecha", "2023-02-29"),
        ("fecha", "20240229"),
        ("fecha", "2024-W09-4"),
        ("fecha", 20240229),
        ("fecha", datetime(2024, 2, 29)),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(InputError) as caught:
        check(INPUTS, COMPLETE | {name: value})
    assert (caught.value.code, caught.value.field) == ("wrong-type", name)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("text", " 12 ", " 12 "),
        ("text", "", ""),
        ("canal", " web ", "web"),
        ("canal", "", None),
        ("importe", "-3", -3.0),
        ("importe", ".5e3", 500.0),
        ("importe", " ", None),
        ("urgente", "true", True),
        ("urgente", "SI\u0301", True),
        ("urgente", "0", False),
        ("fecha", "2024-02-29", "2024-02-29"),
    ],
)
def test_strings_are_read_as_the_data_reads_its_cells(name: str, given: str, value: object) -> None:
    assert convert(INPUTS, {name: given}) == {name: value}


@pytest.mark.parametrize(
    ("name", "given"), [("importe", "1_000"), ("importe", "nan"), ("importe", "1,5"), ("urgente", "quizá")]
)
def test_a_string_that_does_not_read_as_its_type_is_refused(name: str, given: str) -> None:
    with pytest.raises(InputError, match=f"wrong-type: {name}"):
        convert(INPUTS, {name: given})
