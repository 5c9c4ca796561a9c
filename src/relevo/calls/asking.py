"""One call and its answer, and the verdict on many of them."""

from collections.abc import Iterable

from relevo.calls.serving import Address
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.tools.http import Answer, call

#: So much evidence is kept; the rest says the same again.
MOST = 20
JSON = {"Content-Type": "application/json"}


def verdict(gate_name: str, found: Iterable[list[Message]]) -> Verdict:
    """The verdict of a gate that makes calls: `found` has what was wrong with each of them. No calls is failed."""
    each = list(found)
    wrong = [message for messages in each for message in messages]
    right = sum(not messages for messages in each)
    return Verdict.of(
        gate_name,
        bool(each) and not wrong,
        measured=right,
        limit=len(each),
        unit="calls",
        evidence=tuple(wrong[:MOST]),
    )


def get(address: Address, target: str, body: bytes | None = None) -> Answer:
    """GET `target`, with `body` as JSON where there is one. Raises OutsideError when no answer comes."""
    return call(address.host, address.port, "GET", target, body=body, headers=JSON if body else None)


def post(address: Address, target: str, body: bytes) -> Answer:
    """POST `body`, which is JSON, to `target`. Raises OutsideError when no answer comes."""
    return call(address.host, address.port, "POST", target, body=body, headers=JSON)


def unexpected(shown: str, answer: Answer, status: int) -> Message:
    """That a call, written as `shown`, did not get the status it should."""
    return Message(
        N_("`{call}` was answered with {status} instead of {wanted}: {body}"),
        {
            "call": short(shown),
            "status": answer.status,
            "wanted": status,
            "body": short(answer.body.decode(errors="replace")),
        },
    )


def short(text: str) -> str:
    """A call or an answer as evidence: enough of it to find it again."""
    return text if len(text) <= 200 else text[:199] + "…"
