"""Exit codes: one table, and what wins when several things happen at once."""

import pytest

from relevo.cli.exits import MEANINGS, Exit, of_error, of_outcomes, worst
from relevo.core.errors import FailureError, InconclusiveError, NotFoundError, OutsideError, RelevoError, UsageError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError, 2),
        (NotFoundError, 2),
        (OutsideError, 3),
        (FailureError, 1),
        (InconclusiveError, 4),
    ],
)
def test_each_branch_of_the_error_tree_has_its_code(error: type[RelevoError], code: int) -> None:
    assert of_error(error("code", "text")) == code


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (["done"], 0),
        (["idle"], 0),
        (["stopped"], 1),
        (["failed"], 1),
        (["inconclusive"], 4),
        (["stopped", "inconclusive"], 1),
        (["done", "passed", "inconclusive"], 4),
        ([], 0),
    ],
)
def test_an_outcome_has_a_code_and_failed_comes_before_inconclusive(outcomes: list[str], code: int) -> None:
    assert of_outcomes(outcomes) == code


def test_of_several_codes_usage_wins_then_outside_then_failed_then_inconclusive() -> None:
    order = [Exit.USAGE, Exit.OUTSIDE, Exit.FAILED, Exit.INCONCLUSIVE]
    for place, code in enumerate(order):
        assert worst([Exit.DONE, *reversed(order[place:])]) == code


def test_every_code_says_what_it_means() -> None:
    assert set(MEANINGS) == set(Exit)
