import json
from collections.abc import Callable
from typing import Any

import pytest

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome
from relevo.model.gates.incomplete_input import IncompleteInput


def change_input(draft: Draft, name: str, **changed: Any) -> None:
    """What `model.json` says of one input, against what was promised."""
    path = draft.folder / "model.json"
    description = json.loads(path.read_text())
    given = next(given for given in description["inputs"] if given["name"] == name)
    given |= changed
    path.write_text(json.dumps(description))


def test_a_sound_model_has_the_known_error_for_each_defect(good: Draft) -> None:
    verdict = IncompleteInput().check(good)
    assert verdict.outcome is Outcome.PASSED
    # text: missing, type, null, two empty ones · canal: missing, type · the other three: missing, type, null
    assert verdict.measured == verdict.limit == 5 + 2 + 3 * 3


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("palabras", {"nullable": True}, "`palabras` given as None: the error `null-field palabras` was expected"),
        ("hora", {"type": "category"}, "`hora` given as None: the error `null-field hora` was expected"),
    ],
)
def test_a_model_that_answers_what_it_promised_to_refuse_fails(
    bad: Draft, name: str, changed: dict[str, Any], said: str
) -> None:
    change_input(bad, name, **({"nullable": True} | changed))
    verdict = IncompleteInput().check(bad)
    assert verdict.outcome is Outcome.FAILED
    assert any(str(message).startswith(said) for message in verdict.evidence)


def test_text_alone_is_asked_for_too(data: Callable[..., Any], draft: Callable[..., Draft]) -> None:
    verdict = IncompleteInput().check(
        draft(data([{"text": "a", "label": "x"}, {"text": "b", "label": "y"}]), holdout=0)
    )
    assert (verdict.outcome, verdict.measured) == (Outcome.PASSED, 5)
