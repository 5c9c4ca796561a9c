"""The features of a variable: one code for training and for serving, as for the text.

Each value becomes a few named amounts, all between -3 and 3, so that no variable drowns the text.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from relevo_runtime.inputs import Type, Value

#: The feature of a value that is not there. No category is called so: an empty one is none.
ABSENT = ""
#: Standard deviations; one absurd amount must not decide an answer.
FURTHEST = 3.0


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mean and standard deviation of a number in the training rows; `deviation` is above 0."""

    mean: float = 0.0
    deviation: float = 1.0


def features(kind: Type, value: Value, scale: Scale) -> dict[str, float]:
    """The features of one value of type `kind`: name → amount.

    A category or boolean is 1 under its name; a number is its standard score; a date counts by its weekday and its
    month, not by its distance: days to come lie outside of all training.
    """
    return {ABSENT: 1.0} if value is None else _FEATURES[kind](value, scale)


def _number(value: Any, scale: Scale) -> dict[str, float]:
    score = (value - scale.mean) / scale.deviation
    return {"score": max(-FURTHEST, min(FURTHEST, score))}


def _date(value: Any, _: Scale) -> dict[str, float]:
    return {f"weekday {value.isoweekday()}": 1.0, f"month {value.month}": 1.0}


_FEATURES: Mapping[Type, Callable[[Any, Scale], dict[str, float]]] = {
    "category": lambda value, _: {value: 1.0},
    "boolean": lambda value, _: {"true" if value else "false": 1.0},
    "number": _number,
    "date": _date,
}
