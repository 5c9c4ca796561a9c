from datetime import date

import pytest

from relevo_runtime.variables import Scale, features


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("category", "web", {"web": 1.0}),
        ("boolean", True, {"true": 1.0}),
        ("boolean", False, {"false": 1.0}),
        ("number", 30.0, {"score": 2.0}),
        ("number", 1e9, {"score": 3.0}),
        ("number", -1e9, {"score": -3.0}),
        ("date", date(2024, 2, 29), {"weekday 4": 1.0, "month 2": 1.0}),
        ("category", None, {"": 1.0}),
        ("number", None, {"": 1.0}),
    ],
)
def test_each_value_becomes_a_few_small_amounts(kind, value, found) -> None:
    assert features(kind, value, Scale(mean=10.0, deviation=10.0)) == found
