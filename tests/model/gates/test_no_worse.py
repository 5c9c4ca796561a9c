from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from relevo.core.artifact import Draft
from relevo.core.change import Change
from relevo.core.verdict import Outcome
from relevo.model.gates.no_worse import NoWorse, chance, renamed

pytestmark = pytest.mark.slow

Rows = list[dict[str, Any]]

RENAMED = Change("data", "group-renamed", {"from": "alarm/set_alarm", "to": "alarma/poner"})


def worse(rows: Rows) -> Rows:
    """Most rows of one group are labelled as another, in training only."""
    return [
        row | {"label": "weather/find"}
        if row["label"] == "reminder/set_reminder" and row["rank"] >= 2000 and number % 9 != 1
        else row
        for number, row in enumerate(rows)
    ]


def heldout_texts(rows: Rows) -> int:
    return len({" ".join(row["text"].split()) for row in rows if row["rank"] < 2000})


@pytest.fixture(scope="module")
def rows(some_reminders: list[dict[str, str]]) -> Rows:
    """Every third row is held out: enough to measure with."""
    return [row | {"rank": number % 3 * 3000 + 1000} for number, row in enumerate(some_reminders)]


@pytest.fixture
def base(data: Callable[..., Any], draft: Callable[..., Draft], rows: Rows) -> Draft:
    return draft(data(rows))


@pytest.mark.parametrize(
    ("lost", "won", "p"), [(0, 0, 1), (0, 9, 1), (7, 0, 1 / 128), (6, 0, 1 / 64), (9, 1, 11 / 1024)]
)
def test_the_chance_of_so_many_losses(lost: int, won: int, p: float) -> None:
    assert chance(lost, won) == pytest.approx(p)


@given(lost=st.integers(0, 300), won=st.integers(0, 300))
def test_the_chance_is_that_of_the_exact_binomial_test(lost: int, won: int) -> None:
    exact = binomtest(lost, lost + won, 0.5, "greater").pvalue if lost + won else 1
    assert chance(lost, won) == pytest.approx(exact, rel=1e-6, abs=1e-300)


def test_the_first_model_has_no_predecessor(good: Draft) -> None:
    assert NoWorse().check(good).outcome is Outcome.PASSED


def test_the_same_model_again_passes_on_every_text_once(base: Draft, draft: Callable[..., Draft], rows: Rows) -> None:
    verdict = NoWorse().check(draft(base.inputs["data"], base))
    assert (verdict.outcome, verdict.measured) == (Outcome.PASSED, 1)
    assert verdict.evidence[0].params["rows"] == heldout_texts(rows)


def test_a_model_of_mislabelled_rows_fails_and_the_flips_are_listed(
    base: Draft, data: Callable[..., Any], draft: Callable[..., Draft], rows: Rows
) -> None:
    verdict = NoWorse().check(draft(data(worse(rows)), base))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.measured is not None and verdict.measured < 0.01
    summary, flip = verdict.evidence[:2]
    assert summary.params["lost"] > 6
    assert flip.params["label"] == flip.params["old"] == "reminder/set_reminder" != flip.params["new"]


def test_a_renamed_group_is_the_same_group(
    base: Draft, data: Callable[..., Any], draft: Callable[..., Draft], rows: Rows
) -> None:
    new = [row | {"label": "alarma/poner"} if row["label"] == "alarm/set_alarm" else row for row in rows]
    follows = Change("model", "follows", {"bump": "major"}, (RENAMED,))
    verdict = NoWorse().check(draft(data(new), base, [follows]))
    assert verdict.outcome is Outcome.PASSED
    assert verdict.evidence[0].params["rows"] == heldout_texts(rows)


def test_a_new_group_is_not_held_against_anyone(
    base: Draft, data: Callable[..., Any], draft: Callable[..., Draft], rows: Rows
) -> None:
    new = [{"text": f"sube el volumen al {number}", "label": "volumen", "rank": number} for number in range(1990, 2010)]
    verdict = NoWorse().check(draft(data(rows + new), base))
    assert verdict.evidence[0].params["rows"] == heldout_texts(rows)


def test_a_predecessor_of_other_variables_is_asked_for_its_own_rows(
    base: Draft, data: Callable[..., Any], draft: Callable[..., Draft], rows: Rows
) -> None:
    with_channel = [row | {"canal": "web"} for row in rows]
    second = draft(data(with_channel, {"canal": "category"}), base)
    assert NoWorse().check(second).outcome is Outcome.PASSED
    third = draft(data(rows), second)
    assert NoWorse().check(third).outcome is Outcome.PASSED


def test_rows_that_the_predecessor_was_trained_on_do_not_count(
    data: Callable[..., Any], draft: Callable[..., Draft], rows: Rows
) -> None:
    base = draft(data(rows), holdout=0.05)
    verdict = NoWorse().check(draft(data(rows), base, holdout=0.2))
    assert verdict.evidence[0].params["rows"] == 0
    assert verdict.warnings


def test_a_damaged_predecessor_is_named(base: Draft, draft: Callable[..., Draft]) -> None:
    made = draft(base.inputs["data"], base)
    (base.folder / "weights.npy").unlink()
    verdict = NoWorse().check(made)
    assert verdict.outcome is Outcome.FAILED
    assert str(verdict.evidence[0]).startswith("the predecessor 1.0.0 cannot be asked")
    assert str(verdict.evidence[1]) == "`weights.npy` is missing"


def test_the_predecessor_is_what_was_published(base: Draft, draft: Callable[..., Draft]) -> None:
    made = draft(base.inputs["data"], base)
    assert made.base is not None
    assert NoWorse().check(replace(made, base=None)).evidence == ()


def test_merged_groups_go_by_their_common_name() -> None:
    merged = Change("data", "group-merged", {"groups": ["a", "b"], "into": "ab"})
    assert renamed(["a", "b", "c"], [merged]) == {"a": "ab", "b": "ab", "c": "c"}


def test_a_group_renamed_twice_has_its_last_name():
    newest_first = [
        Change("data", "group-renamed", {"from": "b", "to": "c"}),
        Change("data", "group-renamed", {"from": "a", "to": "b"}),
    ]
    assert renamed(["a", "x"], newest_first) == {"a": "c", "x": "x"}
