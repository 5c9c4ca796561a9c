"""A message says itself in English, and is kept with text and fields apart."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.errors import FailureError, InconclusiveError, NotFoundError, OutsideError, RelevoError, UsageError
from relevo.core.message import N_, Message


def test_fields_are_filled() -> None:
    assert str(Message(N_("`{file}`, line {line}"), {"file": "quejas.csv", "line": 17})) == "`quejas.csv`, line 17"


@given(st.text())
def test_whatever_a_field_holds_is_shown_as_it_is(value: str) -> None:
    assert str(Message(N_("<{value}>"), {"value": value})) == f"<{value}>"


@given(st.text(), st.dictionaries(st.text(), st.integers() | st.text()))
def test_kept_and_read_again(text: str, params: dict[str, object]) -> None:
    assert Message.from_json(Message(text, params).to_json()) == Message(text, params)


ONE, TWO = Message("`{name}` is missing", {"name": "a"}), Message("the disk is full")


@pytest.mark.parametrize(
    ("value", "said"),
    [(ONE, "`a` is missing"), ([ONE, TWO], "`a` is missing; the disk is full"), ((TWO,), "the disk is full")],
)
def test_a_message_says_those_in_its_fields_and_they_are_kept_as_what_they_say(value: object, said: str) -> None:
    message = Message("it fails: {why}", {"why": value})
    assert str(message) == f"it fails: {said}"
    kept = json.loads(json.dumps(message.to_json()))
    assert kept == {"text": "it fails: {why}", "params": {"why": said}}
    assert str(Message.from_json(kept)) == str(message)


def test_marking_a_sentence_leaves_it_as_it_is() -> None:
    assert N_("`{file}` is missing") == "`{file}` is missing"


def test_an_error_says_what_which_and_what_next() -> None:
    error = UsageError("file-missing", N_("`{path}` is missing"), hint=N_("put {path} there"), path="x.csv")
    assert str(error) == "`x.csv` is missing\nhint: put x.csv there"
    assert (error.code, error.message.params) == ("file-missing", {"path": "x.csv"})


def test_an_error_without_a_hint() -> None:
    error = OutsideError("disk", N_("the disk is full"))
    assert error.hint is None
    assert str(error) == "the disk is full"


def test_one_tree_of_errors() -> None:
    kinds = (UsageError, OutsideError, FailureError, InconclusiveError)
    assert [kind.__base__ for kind in kinds] == [RelevoError] * 4
    assert NotFoundError.__base__ is UsageError
