import pytest

from relevo.core.verdict import Outcome
from relevo.service.gates.unit_performance import UnitPerformance

pytestmark = pytest.mark.slow

SLEEP_IN_SERVICE = """
import time
from relevo_runtime import answer
one = answer.Writer.one
def slow(self, scores):
    time.sleep({seconds})
    return one(self, scores)
answer.Writer.one = slow
"""


def test_passes_a_good_service(good):
    verdict = UnitPerformance().check(good)
    assert (verdict.outcome, verdict.limit, verdict.unit) == (Outcome.PASSED, 95.0, "%")


def test_a_slow_model_is_not_the_service_s_fault(spoilt, slow_model):
    assert UnitPerformance().check(spoilt(slow_model)).outcome is Outcome.PASSED


def test_refuses_a_slow_service_and_names_the_step(spoilt):
    verdict = UnitPerformance().check(spoilt(SLEEP_IN_SERVICE.format(seconds=0.2), rate=4, requests=8, share=0.8))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.evidence[1].params["step"] == "encode"
