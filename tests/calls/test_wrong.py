import json

import pytest

from relevo.calls.serving import running
from relevo.calls.subject import Subject
from relevo.calls.wrong import wrong_calls


def found(draft):
    """What was wrong with the answer to each wrong call of the service `draft`."""
    with running(draft.folder) as address:
        return list(wrong_calls(Subject.of_draft(draft), address))


def test_nothing_is_wrong_with_a_good_service(good):
    assert found(good) == [[]] * 24


@pytest.mark.slow
def test_each_field_more_is_tried_too(world_2, tmp_path):
    each = found(world_2.make(tmp_path / "draft", "2.0.0"))
    assert not any(each)
    assert len(each) > 24


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
def test_says_which_wrong_call_a_service_treats_wrong(spoilt, code, said):
    said_of_it = "\n".join(str(message) for messages in found(spoilt(REQUEST + code)) for message in messages)
    assert said in said_of_it


def test_the_contract_that_counts_is_the_artifact_s_own(good):
    path = good.folder / "openapi.json"
    document = json.loads(path.read_text())
    for operation in document["paths"]["/api/v1/modelos/quejas"].values():
        operation["responses"]["400"] = operation["responses"].pop("422")
    path.write_text(json.dumps(document))
    first = next(messages for messages in found(good) if messages)
    assert "answered with 422 instead of 400" in str(first[0])
