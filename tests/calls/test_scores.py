import pytest

from relevo.calls.scores import apart, is_scores


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ([], True),
        ([["a", 1], ["b", 0.5]], True),
        (None, False),
        ({"a": 1}, False),
        ([["a"]], False),
        ([["a", 1, 1]], False),
        ([[1, 1]], False),
        ([["a", "1"]], False),
        ([["a", True]], False),
    ],
)
def test_scores_are_lists_of_a_group_and_a_number(value, answer):
    assert is_scores(value) is answer


def test_apart_are_groups_beyond_the_tolerance_and_groups_of_one_side():
    some = [["a", 0.5], ["b", 0.3], ["c", 0.2]]
    others = [["b", 0.30001], ["a", 0.4], ["d", 0.2]]
    assert list(apart(some, others, 1e-4)) == [("a", 0.5, 0.4), ("c", 0.2, None), ("d", None, 0.2)]


def test_what_is_no_number_is_close_to_nothing():
    assert list(apart([["a", float("nan")]], [["a", 0.5]], 1.0))


def test_the_order_does_not_count():
    assert not list(apart([["a", 0.5], ["b", 0.5]], [["b", 0.5], ["a", 0.5]], 0))
