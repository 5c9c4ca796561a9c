from dataclasses import replace

import pytest

from relevo.core.verdict import Outcome
from relevo.service.gates.unit_performance import UnitPerformance

SLEEP_IN_SERVICE = """
import time
from relevo_runtime import answer
one = answer.Writer.one
def slow(self, scores):
    time.sleep({seconds})
    return one(self, scores)
answer.Writer.one = slow
"""


def test_passes_a_good_service_and_reports_count_interval_percentiles_and_steps(good):
    verdict = UnitPerformance().check(good)
    assert (verdict.outcome, verdict.limit, verdict.unit) == (Outcome.PASSED, 95.0, "%")
    counted, percentiles, steps = verdict.evidence
    assert counted.params["n"] == 100
    assert counted.params["low"] >= 95 <= verdict.measured
    assert percentiles.params["p50"] <= percentiles.params["p95"] <= percentiles.params["p99"]
    assert all(step in str(steps) for step in ("queue", "parse", "model", "encode"))


def test_a_slow_model_is_not_the_service_s_fault(spoilt, slow_model):
    assert UnitPerformance().check(spoilt(slow_model)).outcome is Outcome.PASSED


def test_refuses_a_slow_service_and_names_the_step(spoilt):
    verdict = UnitPerformance().check(spoilt(SLEEP_IN_SERVICE.format(seconds=0.2), rate=4, requests=8, share=0.8))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.evidence[1].params["step"] == "encode"


def test_a_stall_counts_for_every_request_that_it_held_up(spoilt):
    """One request in a hundred sleeps for a second. A closed loop would call 99 % of them fast."""
    code = SLEEP_IN_SERVICE.format(seconds="1 if next(calls) == 260 else 0") + "\nimport itertools\n"
    verdict = UnitPerformance().check(spoilt(f"{code}calls = itertools.count(1)", rate=200, requests=300))
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
    verdict = UnitPerformance().check(spoilt(code))
    assert (verdict.outcome, verdict.measured) == (Outcome.FAILED, 0.0)
    assert said in str(verdict.evidence[1])


pytestmark = pytest.mark.slow


def test_too_few_requests_are_inconclusive_and_the_evidence_says_how_many_decide(good):
    few = replace(good, settings=replace(good.settings, service=replace(good.settings.service, requests=20)))
    verdict = UnitPerformance().check(few)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.evidence[1].params["requests"] in range(72, 81)
