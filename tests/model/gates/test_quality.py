from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from relevo.core.artifact import Draft
from relevo.core.settings import ModelSettings
from relevo.core.verdict import Outcome
from relevo.model.gates.quality import Quality


def demand(draft: Draft, accuracy: float) -> Draft:
    return replace(draft, settings=replace(draft.settings, model=ModelSettings(minimum_accuracy=accuracy)))


def test_a_model_that_reaches_the_minimum_passes(good: Draft) -> None:
    verdict = Quality().check(demand(good, good.facts["accuracy"]))
    assert verdict.outcome is Outcome.PASSED
    assert verdict.measured == verdict.limit == good.facts["accuracy"]


def test_a_model_with_mixed_up_weights_fails_and_the_worst_groups_are_named(bad: Draft) -> None:
    weights = np.load(bad.folder / "weights.npy")
    np.save(bad.folder / "weights.npy", np.roll(weights, 1, axis=1))
    verdict = Quality().check(bad)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.measured is not None and verdict.measured < 0.3
    assert len(verdict.evidence) == 5
    assert "% of" in str(verdict.evidence[0])


def test_a_group_without_held_out_rows_is_warned_of(data: Callable[..., Any], draft: Callable[..., Draft]) -> None:
    rows = [
        {"text": "pago", "label": "cobros", "rank": 9999},
        {"text": "un pago", "label": "cobros", "rank": 0},
        {"text": "pin", "label": "tarjeta", "rank": 9999},
    ]
    verdict = Quality().check(draft(data(rows)))
    assert verdict.outcome is Outcome.PASSED
    assert [warning.params for warning in verdict.warnings] == [{"group": "tarjeta"}]


def test_without_held_out_rows_nothing_is_proved(data: Callable[..., Any], draft: Callable[..., Draft]) -> None:
    rows = [{"text": "pago", "label": "cobros", "rank": 9999}, {"text": "pin", "label": "tarjeta", "rank": 9999}]
    verdict = Quality().check(draft(data(rows)))
    assert verdict.outcome is Outcome.FAILED
    assert str(verdict.evidence[0]).startswith("no row is held out")
