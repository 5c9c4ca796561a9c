"""The scores in an answer: a list of [group, score]."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

from relevo.core.message import N_

Scores = Sequence[Sequence[Any]]

#: With the call as `call`.
NO_SCORES = N_("`{call}`: the answer has no list of [group, score]")


def is_scores(value: object) -> TypeGuard[Scores]:
    return isinstance(value, list) and all(
        isinstance(pair, list)
        and len(pair) == 2
        and isinstance(pair[0], str)
        and isinstance(pair[1], int | float)
        and not isinstance(pair[1], bool)
        for pair in value
    )


def apart(some: Scores, others: Scores, tolerance: float) -> Iterator[tuple[str, float | None, float | None]]:
    """Each group whose scores differ by more than `tolerance`, with both; None where it is not among them at all."""
    one, other = dict(map(tuple, some)), dict(map(tuple, others))
    for group in dict.fromkeys((*one, *other)):
        mine, theirs = one.get(group), other.get(group)
        if mine is None or theirs is None or not abs(mine - theirs) <= tolerance:  # a NaN is close to nothing
            yield group, mine, theirs
