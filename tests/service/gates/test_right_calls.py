import pytest

from relevo.core.verdict import Outcome
from relevo.service.gates.right_calls import RightCalls
from relevo.tools.files import digests


def test_passes_a_good_service_and_writes_nothing_into_it(good):
    before = digests(good.folder)
    verdict = RightCalls().check(good)
    assert (verdict.outcome, verdict.evidence) == (Outcome.PASSED, ())
    assert verdict.measured == verdict.limit == 37
    assert digests(good.folder) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param(
            "from relevo_runtime import model\nright = model.Model.score\n"
            "model.Model.score = lambda self, record: right(self, record)[::-1]",
            "not sorted",
            id="lowest first",
        ),
        pytest.param(
            "import os\nfrom relevo_runtime import model\nmodel.Model.score = lambda *_: os._exit(3)",
            "got no answer",
            id="dies of a call",
        ),
    ],
)
def test_refuses_a_service_that_answers_wrong(spoilt, code, said):
    verdict = RightCalls().check(spoilt(code))
    assert verdict.outcome is Outcome.FAILED
    assert said in str(verdict.evidence[0])


def test_a_service_that_does_not_start_has_failed_with_its_own_words(good):
    (good.folder / "service.json").write_text("{}")
    verdict = RightCalls().check(good)
    assert verdict.outcome is Outcome.FAILED
    assert "before it was ready" in str(verdict.evidence[0])
    assert "service.json" in str(verdict.evidence[0])
