import json

import pytest

from relevo.core.verdict import Outcome
from relevo.service.gates.wrong_calls import WrongCalls


def test_passes_a_good_service(good):
    verdict = WrongCalls().check(good)
    assert (verdict.outcome, verdict.evidence) == (Outcome.PASSED, ())
    assert verdict.measured == verdict.limit == 24


@pytest.mark.slow
def test_each_field_more_is_tried_too(world_2, tmp_path):
    verdict = WrongCalls().check(world_2.make(tmp_path / "draft", "2.0.0"))
    assert verdict.evidence == ()
    assert verdict.measured > 24


REQUEST = "from relevo_runtime import request, problems, server, answer, inputs, model\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param(
            "inputs._READERS['text'] = lambda name, given: str(given)",
            "answered with 200 instead of 422",
            id="takes an empty text, and a number for a text",
        ),
        pytest.param(
            "def one(self, *_): raise KeyError('texto')\nrequest.Reader.one = one",
            "answered with 500 instead of 422",
            id="breaks",
        ),
        pytest.param(
            "kind = problems.CATALOGUE['missing-field']\n"
            "problems.CATALOGUE['missing-field'] = kind._replace(status=400)\n"
            "from relevo_runtime import openapi\n"
            "openapi.CATALOGUE = {**problems.CATALOGUE, 'missing-field': kind}",
            "answered with 400 instead of 422",
            id="another status than documented",
        ),
        pytest.param(
            "from relevo_runtime import openapi\n"
            "openapi._CLASSIFYING = tuple(c for c in openapi._CLASSIFYING if c != 'too-many-rows')",
            "does not document the problem `too-many-rows`",
            id="a problem that is not documented",
        ),
        pytest.param(
            "server.language = lambda accepted, default: 'en'", "asked in `es`, answered in `en`", id="English only"
        ),
        pytest.param(
            "kind = problems.CATALOGUE['no-rows']\n"
            "problems.CATALOGUE['no-rows'] = kind._replace(title=('Nothing', 'Nothing'))",
            "the same title in every language",
            id="Spanish in name only",
        ),
        pytest.param(
            "nothing = server.Server._nothing_at\n"
            "def at(self, path):\n"
            "    return problems.Problem.of('other-version', major=1, path='elsewhere') if '/v2/' in path "
            "else nothing(self, path)\n"
            "server.Server._nothing_at = at",
            "do not name `/api/v1/modelos/quejas`",
            id="does not name the right version",
        ),
        pytest.param(
            "answer.MEDIA_TYPE = 'text/plain'", "the answer is no problem document, but text/plain", id="plain text"
        ),
    ],
)
def test_refuses_a_service_that_treats_a_wrong_call_wrong(spoilt, code, said):
    verdict = WrongCalls().check(spoilt(REQUEST + code))
    assert verdict.outcome is Outcome.FAILED
    assert said in "\n".join(map(str, verdict.evidence))
    assert verdict.measured < verdict.limit


def test_refuses_a_service_that_does_not_keep_to_the_artifact_s_own_contract(good):
    path = good.folder / "openapi.json"
    document = json.loads(path.read_text())
    for operation in document["paths"]["/api/v1/modelos/quejas"].values():
        operation["responses"]["400"] = operation["responses"].pop("422")
    path.write_text(json.dumps(document))
    verdict = WrongCalls().check(good)
    assert "answered with 422 instead of 400" in str(verdict.evidence[0])
