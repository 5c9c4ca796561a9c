"""Two addresses give the same scores, up to how two machines round."""

from collections.abc import Iterator

from relevo.calls.asking import post, short, unexpected
from relevo.calls.rows import Row
from relevo.calls.scores import NO_SCORES, Scores, apart, is_scores
from relevo.calls.serving import Address
from relevo.calls.subject import Subject
from relevo.core.message import N_, Message

#: Rows that are asked for, the held-out ones first.
ROWS = 10
TOLERANCE = 1e-5


def same_answers(subject: Subject, address: Address, original: Address) -> Iterator[list[Message]]:
    """For each row asked at both addresses: every group whose score at `address` is not that of `original`.

    Raises OutsideError when one of them gives no answer.
    """
    for row in subject.rows(ROWS):
        mine, wrong = _ask(subject, address, row)
        theirs, more = _ask(subject, original, row)
        yield [*wrong, *more] or [
            _differs(f"POST {subject.path} {row.body().decode()}", group, score, wanted)
            for group, score, wanted in apart(mine, theirs, TOLERANCE)
        ]


def _ask(subject: Subject, address: Address, row: Row) -> tuple[Scores, list[Message]]:
    """The scores of `row`, or what was wrong with the answer; a call is named with its address, as there are two."""
    call = f"POST http://{address.host}:{address.port}{subject.path} {row.body().decode()}"
    answer = post(address, subject.path, row.body())
    if answer.status != 200:
        return (), [unexpected(call, answer, 200)]
    told = answer.json()
    scores = told.get("resultado") if isinstance(told, dict) else None
    return (scores, []) if is_scores(scores) else ((), [Message(NO_SCORES, {"call": short(call)})])


def _differs(call: str, group: str, score: float | None, wanted: float | None) -> Message:
    return Message(
        N_("`{call}`: `{group}` with {score}, and the original says {wanted}"),
        {"call": short(call), "group": group, "score": _shown(score), "wanted": _shown(wanted)},
    )


def _shown(score: float | None) -> float | str:
    return "—" if score is None else round(score, 6)
