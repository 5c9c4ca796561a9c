"""What the gates of the service share: start it as a process, call it, and say what a call did.

A gate of this kind is one file:

    class Documented(ServingGate):
        name: ClassVar[str] = "documented"

        def ask(self, draft: Draft, address: Address) -> Verdict:
            return Verdict.of(self.name, get(address, "/docs").status == 200)
"""

from collections.abc import Iterable
from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.errors import FailureError, OutsideError
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.service.running import Address, running
from relevo.tools.http import Answer, call

#: So much evidence is kept; the rest says the same again.
MOST = 20
JSON = {"Content-Type": "application/json"}


class ServingGate:
    """Subclasses give `name` and `ask`. A service that does not start, or stops answering, has failed."""

    name: ClassVar[str]
    guards: ClassVar[str] = "service"
    constant: ClassVar[bool] = False  # serve with a constant model

    def check(self, draft: Draft) -> Verdict:
        try:
            with running(draft.folder, constant=self.constant) as address:
                return self.ask(draft, address)
        except (FailureError, OutsideError) as error:
            return Verdict.of(self.name, False, evidence=(error.message,))

    def ask(self, draft: Draft, address: Address) -> Verdict:
        """Call the service that answers at `address`."""
        raise NotImplementedError

    def calls(self, found: Iterable[list[Message]]) -> Verdict:
        """The verdict of a gate that makes calls: `found` has what was wrong with each of them."""
        each = list(found)
        wrong = [message for messages in each for message in messages]
        right = sum(not messages for messages in each)
        return Verdict.of(
            self.name,
            bool(each) and not wrong,
            measured=right,
            limit=len(each),
            unit="calls",
            evidence=tuple(wrong[:MOST]),
        )


def path(draft: Draft) -> str:
    """Where the service of `draft` classifies."""
    return f"{models_path(draft)}/{draft.facts['name']}"


def models_path(draft: Draft) -> str:
    return f"/api/v{draft.version.major}/modelos"


def get(address: Address, target: str, body: bytes | None = None) -> Answer:
    return call(address.host, address.port, "GET", target, body=body, headers=JSON if body else None)


def post(address: Address, target: str, body: bytes) -> Answer:
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
