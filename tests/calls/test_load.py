from dataclasses import replace

import pytest

from relevo.calls.load import measure
from relevo.calls.serving import Address, running
from relevo.calls.subject import Subject
from relevo.core.verdict import Outcome
from relevo.tools.measure.quiet import Reading

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quiet_machine")]

SLEEP_IN_SERVICE = """
import time
from relevo_runtime import answer
one = answer.Writer.one
def slow(self, scores):
    time.sleep({seconds})
    return one(self, scores)
answer.Writer.one = slow
"""


def measured(draft, **settings):
    """The verdict on the service `draft` with a constant model."""
    with running(draft.folder, constant=True) as address:
        return measure("fast", Subject.of_draft(draft), address, replace(draft.settings.service, **settings))


def test_reports_count_interval_percentiles_and_steps(good):
    verdict = measured(good)
    assert (verdict.outcome, verdict.limit, verdict.unit) == (Outcome.PASSED, 95.0, "%")
    counted, percentiles, steps = verdict.evidence
    assert counted.params["n"] == 100
    assert counted.params["low"] >= 95 <= verdict.measured
    assert percentiles.params["p50"] <= percentiles.params["p95"] <= percentiles.params["p99"]
    assert all(step in str(steps) for step in ("queue", "parse", "model", "encode"))


def test_a_stall_counts_for_every_request_that_it_held_up(spoilt):
    """One request in a hundred sleeps for a second. A closed loop would call 99 % of them fast."""
    code = SLEEP_IN_SERVICE.format(seconds="1 if next(calls) == 260 else 0") + "\nimport itertools\n"
    verdict = measured(spoilt(f"{code}calls = itertools.count(1)", rate=200, requests=300))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.measured < 60


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("from relevo_runtime import server\ndef no(*_): raise ValueError\nserver.Writer.one = no", "status 500 × 100"),
        ("import os\nfrom relevo_runtime import answer\nanswer.Writer.one = lambda *_: os._exit(0)", "refused"),
    ],
)
def test_a_wrong_answer_is_never_fast(spoilt, code, said):
    verdict = measured(spoilt(code))
    assert (verdict.outcome, verdict.measured) == (Outcome.FAILED, 0.0)
    assert said in str(verdict.evidence[1])


def test_too_few_requests_are_inconclusive_and_the_evidence_says_how_many_decide(good):
    verdict = measured(good, requests=20)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.evidence[1].params["requests"] in range(72, 81)


def test_where_the_process_cannot_be_seen_no_other_work_is_looked_at(good, monkeypatch):
    monkeypatch.setattr(Reading, "now", lambda group: pytest.fail("read the counters"))
    with running(good.folder) as seen:
        verdict = measure("fast", Subject.of_draft(good), Address(seen.host, seen.port), good.settings.service)
    assert (verdict.gate, verdict.outcome) == ("fast", Outcome.PASSED)
