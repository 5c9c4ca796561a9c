"""Amounts of processor time and memory, as Kubernetes writes them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.quantity import amount, is_quantity
from relevo.core.settings import DeploySettings

TABLE = [
    ("500m", Fraction(1, 2)),
    ("1m", Fraction(1, 1000)),
    ("2", 2),
    ("0.25", Fraction(1, 4)),
    ("1.5Gi", 3 * 2**29),
    ("256Mi", 2**28),
    ("1Ki", 1024),
    ("3k", 3000),
    ("7M", 7_000_000),
    ("2G", 2_000_000_000),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_an_amount_in_cores_or_bytes(text: str, expected: Fraction) -> None:
    assert is_quantity(text)
    assert amount(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "m", "Mi", "a lot", "-1", "+1", "1 Gi", " 1", "1\n", "1GB", "1gi", "1mi", "1e3", "1.", ".5", "1,5", "１"],
)
def test_what_is_no_amount(text: str) -> None:
    assert not is_quantity(text)
    with pytest.raises(ValueError):
        amount(text)


@pytest.mark.parametrize("text", ["0", "0m", "0.0", "0Gi"])
def test_nothing_is_an_amount_that_no_container_can_have(text: str) -> None:
    assert amount(text) == 0
    assert not is_quantity(text)


def test_the_defaults_are_amounts() -> None:
    assert amount(DeploySettings().cpu) == Fraction(1, 2)
    assert amount(DeploySettings().memory) == 256 * 1024**2


@given(st.integers(1, 10**9))
def test_a_unit_is_what_a_thousand_of_the_smaller_one_are(number: int) -> None:
    assert amount(f"{number * 1000}m") == amount(f"{number}")
    assert amount(f"{number * 1000}M") == amount(f"{number}G")
    assert amount(f"{number * 1024}Ki") == amount(f"{number}Mi")


@given(st.one_of(st.text(), st.from_regex(r"\d+(\.\d+)?(m|k|M|G|Ki|Mi|Gi)?")))
def test_whatever_is_an_amount_is_above_zero(text: str) -> None:
    try:
        found = amount(text)
    except ValueError:
        found = Fraction(0)
    assert is_quantity(text) == (found > 0)
