import json

import pytest

from relevo.calls.right import right_calls
from relevo.calls.serving import running
from relevo.calls.subject import Subject

SCORE = """
from relevo_runtime import model
right = model.Model.score
right_many = model.Model.score_many
def spoil(scores): return {spoil}
def one(self, record): return spoil(right(self, record))
def many(self, records): return [spoil(scores) for scores in right_many(self, records)]
model.Model.score, model.Model.score_many = one, many
"""


def found(draft):
    """What was wrong with each call of the service `draft`."""
    with running(draft.folder) as address:
        return list(right_calls(Subject.of_draft(draft), address))


def test_nothing_is_wrong_with_a_good_service(good):
    assert found(good) == [[]] * 37


@pytest.mark.slow
def test_nothing_is_wrong_with_a_service_that_asks_for_more_than_a_text(world_2, tmp_path):
    each = found(world_2.make(tmp_path / "draft", "2.0.0"))
    assert each
    assert not any(each)


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
    ],
)
def test_says_what_a_service_answers_wrong(spoilt, code, said):
    first = next(messages for messages in found(spoilt(code)) if messages)
    assert said in str(first[0])


def test_an_api_that_is_not_the_one_in_the_artifact_is_wrong(good):
    path = good.folder / "openapi.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "tags": []}))
    each = found(good)
    (wrong,) = filter(None, each)
    assert len(each) == 37
    assert "openapi.json" in str(wrong[0])
