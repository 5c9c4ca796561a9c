import json
from dataclasses import replace

import numpy as np

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome
from relevo.model.gates.complete_input import CompleteInput


def test_a_sound_model_answers_every_row(good: Draft) -> None:
    verdict = CompleteInput().check(good)
    assert (verdict.outcome, verdict.measured, verdict.limit) == (Outcome.PASSED, 400, 400)


def test_a_model_of_weights_that_are_no_numbers_fails_and_the_file_is_named(bad: Draft) -> None:
    weights = np.load(bad.folder / "weights.npy")
    weights[:, 0] = np.nan
    np.save(bad.folder / "weights.npy", weights)
    verdict = CompleteInput().check(bad)
    assert verdict.outcome is Outcome.FAILED
    assert "weights.npy" in str(verdict.evidence[0])


def test_a_model_that_knows_other_groups_fails(good: Draft) -> None:
    other = replace(good, facts=good.facts | {"groups": good.facts["groups"][1:]})
    assert CompleteInput().check(other).outcome is Outcome.FAILED


def test_a_model_that_refuses_its_own_rows_fails(bad: Draft) -> None:
    description = json.loads((bad.folder / "model.json").read_text())
    for given in description["inputs"]:
        given["nullable"] = False
    (bad.folder / "model.json").write_text(json.dumps(description))
    verdict = CompleteInput().check(bad)
    assert verdict.outcome is Outcome.FAILED
    assert str(verdict.evidence[0]) == "the model refuses a row of its own data: `null-field` in `canal`"
