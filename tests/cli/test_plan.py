"""`relevo plan`."""

from typing import Any

from relevo.core.plan import Plan, Planned, State
from relevo.core.policy import RULES
from relevo.core.version import Version


def test_a_plan_that_foresees_a_stop_is_0_and_says_where(call: Any, line: Any) -> None:
    called = call("plan", line=line)
    assert called.code == 0
    assert "service/app.py:9" in called.out
    assert called.err.startswith("hint: change the code there")


def test_json_is_the_plan_itself(call: Any, line: Any) -> None:
    called = call("plan", "--json", line=line)
    assert called.json == line.planned.to_json()
    assert called.json["stopped"] is True
    assert called.err == ""


def test_a_stage_can_be_named(call: Any, line: Any) -> None:
    call("plan", "model", line=line)
    assert line.asked == {"upto": "model"}


def test_nothing_to_do_is_said(call: Any, line: Any) -> None:
    line.planned = Plan({"data": Planned("data", State.KEPT, Version(1, 0, 0), Version(1, 0, 0))})
    assert call("plan", line=line).err == "nothing to do\n"


def test_rules_are_listed_without_a_line(call: Any) -> None:
    rows = call("plan", "--rules").out.splitlines()
    assert [row.split()[:2] for row in rows] == [[rule, bump.word] for rule, bump in RULES.items()]
    assert call("plan", "--rules", "--json").json == {rule: bump.word for rule, bump in RULES.items()}
