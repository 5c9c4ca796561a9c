from collections.abc import Callable
from typing import Any

import pytest

from relevo.core.artifact import Draft
from relevo.core.errors import FailureError
from relevo.core.settings import ModelSettings
from relevo.model.train import original, train

SETTINGS = ModelSettings()


def row(text: str, label: str, rank: int = 9999) -> dict[str, Any]:
    return {"text": text, "label": label, "rank": rank}


def test_a_group_of_which_all_rows_are_held_out_is_named(data: Callable[..., Any]) -> None:
    rows = [row("a", "x"), row("b", "y"), row("c", "z", rank=0), row("d", "z", rank=1999)]
    with pytest.raises(FailureError) as caught:
        train(data(rows), SETTINGS, print)
    assert caught.value.code == "nothing-to-train-on"
    assert caught.value.message.params == {"group": "z", "rows": 2, "holdout": 0.2}


def test_one_group_is_nothing_to_learn(data: Callable[..., Any]) -> None:
    with pytest.raises(FailureError, match="has 1 groups"):
        train(data([row("a", "x"), row("b", "x")]), SETTINGS, print)


def test_a_row_of_each_of_two_groups_is_enough(data: Callable[..., Any]) -> None:
    trained = train(data([row("pago", "cobros"), row("pin", "tarjeta")]), SETTINGS, lambda _: None)
    assert trained.groups == ("cobros", "tarjeta")
    assert trained.probabilities([{"text": "el pago"}])[0].argmax() == 0


def test_the_order_of_the_rows_makes_no_other_model(
    data: Callable[..., Any], draft: Callable[..., Draft], some_reminders: list[dict[str, str]]
) -> None:
    assert draft(data(some_reminders)).output_digest == draft(data(some_reminders[::-1])).output_digest


@pytest.mark.parametrize("changed", [{"c": 1.0}, {"seed": 1}, {"holdout": 0.1}])
def test_other_settings_are_trained_anew(
    draft: Callable[..., Draft], data: Callable[..., Any], some_reminders: list[dict[str, str]], changed: dict[str, Any]
) -> None:
    made = draft(data(some_reminders[:60]))
    same = original(made.inputs["data"], made.settings.model)
    assert original(made.inputs["data"], made.settings.model) is same
    assert original(made.inputs["data"], ModelSettings(**changed)) is not same
