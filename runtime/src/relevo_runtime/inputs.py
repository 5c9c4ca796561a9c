"""What a model asks for, and whether a record has it."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Literal
from unicodedata import normalize

import msgspec

from relevo_runtime.errors import EMPTY_TEXT, MISSING_FIELD, NULL_FIELD, WRONG_TYPE, InputError

Type = Literal["text", "category", "number", "boolean", "date"]
#: A value as the model computes with it; None where a nullable input has none.
Value = str | float | bool | date | None

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BOOLEANS = dict.fromkeys(("true", "yes", "sí", "si", "verdadero", "1"), True)
_BOOLEANS |= dict.fromkeys(("false", "no", "falso", "0"), False)


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One input of a model. Every input must be there; `nullable` says that it may be null."""

    name: str
    type: Type
    nullable: bool = False


def check(inputs: Iterable[Input], record: Mapping[str, object]) -> dict[str, Value]:
    """The values of `record` (as JSON has them) as the model computes with them, one for each of `inputs`.

    A text is kept as it is; a category is NFC without outer white space, and null when nothing is left; a number is a
    finite float; a date is a `date` or its ISO form. What is not among `inputs` is left out.
    Raises InputError with one of the codes of `errors`.
    """
    values: dict[str, Value] = {}
    for wanted in inputs:
        if wanted.name not in record:
            raise InputError(MISSING_FIELD, wanted.name)
        given = record[wanted.name]
        value = None if given is None else _READERS[wanted.type](wanted.name, given)
        if value is None and not wanted.nullable:
            raise InputError(NULL_FIELD, wanted.name)
        values[wanted.name] = value
    return values


def convert(inputs: Iterable[Input], record: Mapping[str, str]) -> dict[str, object]:
    """`record` as JSON would have it, from strings (of an address or a command line).

    Values are spelled as in the data: numbers with a decimal point, booleans `true`, `yes`, `sí`, `verdadero`, `1` and
    their opposites. An empty string is null, except for a text. `check` does the rest.
    Raises InputError(WRONG_TYPE) for a number or boolean that is none.
    """
    types = {wanted.name: wanted.type for wanted in inputs}
    return {name: _convert(name, types.get(name, "text"), given) for name, given in record.items()}


def _convert(name: str, kind: Type, given: str) -> object:
    if kind == "text":
        return given
    bare = given.strip()
    if not bare:
        return None
    if kind == "number":
        if not _NUMBER.fullmatch(bare):
            raise InputError(WRONG_TYPE, name, expected=kind)
        return float(bare)
    if kind == "boolean":
        word = normalize("NFC", bare).lower()
        if word not in _BOOLEANS:
            raise InputError(WRONG_TYPE, name, expected=kind)
        return _BOOLEANS[word]
    return bare


def _text(name: str, given: object) -> str:
    if not isinstance(given, str):
        raise InputError(WRONG_TYPE, name, expected="text")
    if not given or given.isspace():
        raise InputError(EMPTY_TEXT, name)
    return given


def _category(name: str, given: object) -> str | None:
    if not isinstance(given, str):
        raise InputError(WRONG_TYPE, name, expected="category")
    return normalize("NFC", given).strip() or None


def _number(name: str, given: object) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool):
        try:
            value = float(given)
        except OverflowError:
            value = math.inf
        if math.isfinite(value):
            return value
    raise InputError(WRONG_TYPE, name, expected="number")


def _boolean(name: str, given: object) -> bool:
    if not isinstance(given, bool):
        raise InputError(WRONG_TYPE, name, expected="boolean")
    return given


def _date(name: str, given: object) -> date:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    if isinstance(given, str):
        with suppress(ValueError):
            value = date.fromisoformat(given)
            if str(value) == given:  # not a week date, nor one without hyphens
                return value
    raise InputError(WRONG_TYPE, name, expected="date")


_READERS: Mapping[Type, Callable[[str, object], Value]] = {
    "text": _text,
    "category": _category,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
}
