import pytest

from relevo.model.evaluate import GroupScore, evaluate


def test_each_group_has_its_own_share_of_what_was_found_and_of_what_was_answered() -> None:
    found = evaluate(["a", "b", "c"], ["a", "a", "a", "b"], ["a", "a", "b", "b"])
    assert found.accuracy == 0.75
    assert found.groups == {
        "a": GroupScore(rows=3, recall=pytest.approx(2 / 3), precision=1.0),
        "b": GroupScore(rows=1, recall=1.0, precision=0.5),
        "c": GroupScore(rows=0, recall=None, precision=None),
    }


def test_without_rows_nothing_is_known() -> None:
    assert evaluate(["a"], [], []).accuracy is None
