"""`relevo run`."""

from typing import Any

import pytest

from relevo.core.message import Message
from relevo.core.verdict import Verdict
from relevo.line import Run


def test_a_stop_is_1_and_what_came_before_it_is_published(call: Any, line: Any) -> None:
    called = call("run", line=line)
    assert called.code == 1
    assert "published data@1.0.0\ntagged `data@v1.0.0`\n" in called.out
    assert "hint: change the code there, then: relevo run" in called.err


def test_progress_and_gates_go_to_stderr(call: Any, line: Any) -> None:
    called = call("run", line=line)
    assert called.err.startswith("making data\n  data  ✓ group-size: passed · measured 2 rows, limit 2 rows\n")


@pytest.mark.parametrize(
    ("outcome", "verdicts", "code"),
    [
        ("done", ("passed",), 0),
        ("failed", ("passed", "failed"), 1),
        ("inconclusive", ("inconclusive",), 4),
        ("failed", ("failed", "inconclusive"), 1),
    ],
)
def test_the_code_is_that_of_the_worst_verdict(
    *, outcome: Any, verdicts: tuple[str, ...], code: int, call: Any, line: Any, samples: Any
) -> None:
    found: tuple[Verdict, ...] = tuple(getattr(samples, name) for name in verdicts)
    line.ran = Run(outcome, samples.plan, {"data": found})
    assert call("run", line=line).code == code


def test_a_failed_gate_shows_its_evidence_and_says_that_nothing_was_published(
    call: Any, line: Any, samples: Any
) -> None:
    line.ran = Run("failed", samples.plan, {"data": (samples.failed,)})
    called = call("run", line=line)
    assert "✗ quality: failed · measured 0.41 accuracy, limit 0.5 accuracy\n" in called.err
    assert "    `data.csv` is empty\n" in called.err
    assert "hint: nothing of this run was published" in called.err


def test_nothing_to_do_is_0_and_said(call: Any, line: Any, samples: Any) -> None:
    line.ran = Run("idle", samples.plan)
    called = call("run", line=line)
    assert (called.code, called.out) == (0, "nothing to do: every stage is up to date\n")


def test_a_whole_run_names_the_lock_its_notes_and_the_next_step(call: Any, line: Any, samples: Any) -> None:
    service = samples.artifact("service")
    line.ran = Run("done", samples.plan, {}, (service,), locked=True, notes=(Message("not tagged"),))
    called = call("run", line=line)
    assert called.code == 0
    assert "published service@1.0.0\nrelevo.lock names this set now\n" in called.out
    assert "not tagged\nhint: ask the model" in called.err


def test_json_is_the_run_and_keeps_progress_on_stderr(call: Any, line: Any) -> None:
    called = call("run", "--json", line=line)
    assert called.json == line.ran.to_json()
    assert "making data" in called.err


def test_dry_run_is_the_plan(call: Any, line: Any) -> None:
    called = call("run", "--dry-run", "--json", line=line)
    assert (called.code, called.json) == (0, line.planned.to_json())


def test_a_file_of_advisories_is_meant_from_where_the_call_is(call: Any, line: Any) -> None:
    call("run", line=line)
    assert line.asked == {"upto": None, "advisories": None}
    call("run", "image", "--advisories", "osv.json", line=line)
    assert (line.asked["advisories"].is_absolute(), line.asked["advisories"].name) == (True, "osv.json")
