import pytest

from relevo.core.verdict import Outcome
from relevo.service.gates.integration_performance import IntegrationPerformance

pytestmark = pytest.mark.slow


def test_passes_a_good_service(good):
    verdict = IntegrationPerformance().check(good)
    assert (verdict.outcome, verdict.unit) == (Outcome.PASSED, "%")


def test_refuses_a_slow_model_and_names_it(spoilt, slow_model):
    verdict = IntegrationPerformance().check(spoilt(slow_model, rate=4, requests=8, share=0.8))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.evidence[1].params["step"] == "model"


def test_asks_with_the_texts_of_the_data(world_2, tmp_path):
    assert IntegrationPerformance().check(world_2.make(tmp_path / "draft", "2.0.0")).outcome is Outcome.PASSED
