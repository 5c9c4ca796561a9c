import json

import pytest

from relevo.core.verdict import Outcome
from relevo.service.gates.right_calls import RightCalls
from relevo.tools.files import digests

SCORE = """
from relevo_runtime import model
right = model.Model.score
right_many = model.Model.score_many
def spoil(scores): return {spoil}
def one(self, record): return spoil(right(self, record))
def many(self, records): return [spoil(scores) for scores in right_many(self, records)]
model.Model.score, model.Model.score_many = one, many
"""


def test_passes_a_good_service_and_writes_nothing_into_it(good):
    before = digests(good.folder)
    verdict = RightCalls().check(good)
    assert (verdict.outcome, verdict.evidence) == (Outcome.PASSED, ())
    assert verdict.measured == verdict.limit == 37
    assert digests(good.folder) == before


@pytest.mark.slow
def test_passes_a_service_that_asks_for_more_than_a_text(world_2, tmp_path):
    assert RightCalls().check(world_2.make(tmp_path / "draft", "2.0.0")).evidence == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param(SCORE.format(spoil="scores[::-1]"), "not sorted", id="lowest first"),
        pytest.param(SCORE.format(spoil="[(g, p / 2) for g, p in scores]"), "add up to 0.5", id="too small"),
        pytest.param(SCORE.format(spoil="[('x', 1.0)]"), "groups are not those of the model", id="other groups"),
        pytest.param(SCORE.format(spoil="[[g, p, 1] for g, p in scores]"), "no list of [group, score]", id="triples"),
        pytest.param(
            SCORE.format(spoil="[(g, p) for (g, _), (_, p) in zip(sorted(scores), scores)]"),
            "held-out texts got the right group",
            id="scores given out by the alphabet",
        ),
        pytest.param(
            SCORE.format(spoil="[(g, 1 / 3) for g, _ in scores] if next(calls) % 2 else scores")
            + "import itertools\ncalls = itertools.count()",
            "scores differ from those of POST",
            id="another answer each time",
        ),
        pytest.param(
            "from relevo_runtime.bundle import Versions\n"
            "Versions.to_answer = lambda self: {'servicio': '9.9.9', 'modelo': self.model, 'datos': self.data}",
            "instead of",
            id="another version",
        ),
        pytest.param(
            "from relevo_runtime import server\nserver._VERSIONED = None\nclassify = server.Server._classify\n"
            "async def no(self, exchange, receive):\n"
            "    if exchange.method == 'GET': raise RuntimeError\n"
            "    return await classify(self, exchange, receive)\n"
            "server.Server._classify = no",
            "answered with 500",
            id="no GET",
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


def test_refuses_an_api_that_is_not_the_one_in_the_artifact(good):
    path = good.folder / "openapi.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "tags": []}))
    verdict = RightCalls().check(good)
    assert (verdict.measured, verdict.limit) == (36, 37)
    assert "openapi.json" in str(verdict.evidence[0])


def test_a_service_that_does_not_start_has_failed_with_its_own_words(good):
    (good.folder / "service.json").write_text("{}")
    verdict = RightCalls().check(good)
    assert verdict.outcome is Outcome.FAILED
    assert "before it was ready" in str(verdict.evidence[0])
    assert "service.json" in str(verdict.evidence[0])
