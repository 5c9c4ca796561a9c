from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.image.packages.dpkg import order

#: From the oldest to the latest; most are the examples of Debian Policy 5.6.12 and of dpkg's own tests.
ASCENDING = [
    "~~",
    "~~a",
    "~",
    "0~rc1-1",
    "0-0~",
    "0",
    "0-1",
    "0a",
    "0+b1",
    "1.0~beta1~svc1245",
    "1.0~beta1",
    "1.0",
    "1.0-1~deb12u1",
    "1.0-1",
    "1.0-1+b1",
    "1.0-1.1",
    "1.0-2",
    "1.0-10",
    "1.0a",
    "1.0+dfsg-1",
    "1.0.1",
    "1.9",
    "1.10",
    "1.10.alpha",
    "2.36-9+deb12u4",
    "2.36-9+deb12u10",
    "2.36-10",
    "10.0",
    "1:0.1",
    "2:0~",
]


@pytest.mark.parametrize(("older", "later"), [*pairwise(ASCENDING)])
def test_which_is_the_later(older: str, later: str) -> None:
    assert order(older) < order(later)
    assert not order(later) < order(older)


@pytest.mark.parametrize(
    ("one", "other"), [("1.0", "0:1.0"), ("1.0", "1.0-0"), ("1.01", "1.1"), (" 1 ", "1"), ("a0", "a")]
)
def test_what_is_the_same_version(one: str, other: str) -> None:
    assert order(one) == order(other)


def test_the_last_hyphen_parts_the_revision() -> None:
    assert order("1-2-3") < order("1-3-1")
    assert order("1-2") < order("1-2-1")


def test_an_epoch_is_a_number() -> None:
    with pytest.raises(ValueError, match="epoch"):
        order("a:1.0")


VERSION = st.from_regex(r"\A([0-9]:)?[0-9][0-9a-zA-Z.+~]{0,6}(-[0-9a-z+.~]{1,3})?\Z")


@given(VERSION, VERSION, VERSION)
def test_any_three_have_one_order(a: str, b: str, c: str) -> None:
    one, two, three = sorted((a, b, c), key=order)
    assert order(one) <= order(two) <= order(three)
    assert order(one) <= order(three)
    assert (order(a) < order(b)) + (order(a) == order(b)) + (order(a) > order(b)) == 1


@given(VERSION)
def test_a_tilde_comes_before_and_a_plus_after(version: str) -> None:
    assert order(f"{version}~") < order(version) < order(f"{version}+")
