import pytest

from relevo.core.verdict import Outcome
from relevo.data.gates.group_size import GroupSize


def sized(bench, sizes, **data):
    content = "texto,grupo\n" + "".join(f"{group}{i},{group}\n" for group, rows in sizes.items() for i in range(rows))
    verdict = GroupSize().check(bench.draft(content, **data))
    return verdict, list(map(str, verdict.evidence)), list(map(str, verdict.warnings))


def test_large_groups_pass(bench):
    verdict, evidence, warnings = sized(bench, {"a": 20, "b": 25})
    assert (verdict.outcome, verdict.measured, verdict.limit) == (Outcome.PASSED, 20, 2)
    assert evidence == warnings == []


def test_a_group_under_the_minimum_fails(bench):
    verdict, evidence, _ = sized(bench, {"a": 20, "b": 1})
    assert (verdict.outcome, verdict.measured) == (Outcome.FAILED, 1)
    assert evidence == ["group `b` has 1 rows, and at least 2 are needed"]


def test_a_small_group_warns(bench):
    verdict, evidence, warnings = sized(bench, {"a": 20, "b": 19})
    assert verdict.outcome is Outcome.PASSED
    assert evidence == []
    assert warnings == ["group `b` has only 19 rows; 20 or more would be better"]


@pytest.mark.parametrize(("limits", "outcome"), [({}, Outcome.PASSED), ({"minimum_rows": 6}, Outcome.FAILED)])
def test_the_limits_are_settings(bench, limits, outcome):
    verdict, _, warnings = sized(bench, {"a": 5, "b": 9}, warn_rows=7, **limits)
    assert verdict.outcome is outcome
    assert len(warnings) == (outcome is Outcome.PASSED)


def test_one_group_only_fails(bench):
    verdict, evidence, _ = sized(bench, {"a": 30})
    assert verdict.outcome is Outcome.FAILED
    assert evidence == ["there is nothing to tell apart: the groups are `a`, and at least two are needed"]


def test_no_group_at_all_fails(bench):
    verdict = GroupSize().check(bench.draft("texto,grupo\na,\n"))
    assert (verdict.outcome, verdict.measured) == (Outcome.FAILED, 0)
