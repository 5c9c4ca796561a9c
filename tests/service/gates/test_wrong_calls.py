import pytest

from relevo.core.verdict import Outcome
from relevo.service.gates.wrong_calls import WrongCalls


def test_passes_a_good_service(good):
    verdict = WrongCalls().check(good)
    assert (verdict.outcome, verdict.evidence) == (Outcome.PASSED, ())
    assert verdict.measured == verdict.limit == 24


@pytest.mark.slow
def test_refuses_a_service_that_treats_a_wrong_call_wrong(spoilt):
    verdict = WrongCalls().check(
        spoilt("from relevo_runtime import inputs\ninputs._READERS['text'] = lambda name, given: str(given)")
    )
    assert verdict.outcome is Outcome.FAILED
    assert "answered with 200 instead of 422" in "\n".join(map(str, verdict.evidence))
    assert verdict.measured < verdict.limit
