"""What the gates of the image share that start it: a container each, and its last words where something is wrong.

A gate of this kind is one file:

    class Quick(ContainerGate):
        name: ClassVar[str] = "quick"

        def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:
            return Verdict.of(self.name, get(address, "/docs").status == 200)
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from relevo.calls.serving import LIMITS, Address
from relevo.core.artifact import Draft
from relevo.core.errors import FailureError, OutsideError
from relevo.core.message import Message
from relevo.core.verdict import Outcome, Verdict
from relevo.image.engine import Container
from relevo.image.running import ready, started


class ContainerGate:
    """Subclasses give `name` and `ask`. A container that does not start, or stops answering, has failed."""

    name: ClassVar[str]
    guards: ClassVar[str] = "image"

    def check(self, draft: Draft) -> Verdict:
        try:
            with started(draft, self.arguments(draft)) as container:
                return self._checked(draft, container)
        except FailureError as error:
            return Verdict.of(self.name, False, evidence=(error.message,))

    def arguments(self, draft: Draft) -> Sequence[str]:  # noqa: ARG002 - for those who need it
        """Further arguments of the engine's `run`."""
        return ()

    def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:
        """Call the container, which is ready and answers at `address`."""
        raise NotImplementedError

    def _checked(self, draft: Draft, container: Container) -> Verdict:
        evidence: tuple[Message, ...] = ()
        try:
            verdict = self.ask(draft, container, ready(container, draft))
        except (FailureError, OutsideError) as error:
            verdict, evidence = Verdict.of(self.name, False), (error.message,)
        if verdict.outcome is Outcome.PASSED:
            return verdict
        return replace(verdict, evidence=(*verdict.evidence, *evidence, *container.evidence()))


def limits(draft: Draft) -> Sequence[str]:  # noqa: ARG001 - as `arguments` has it
    """What makes the container expect requests of the size that the calls of the gates have."""
    return [word for name, value in LIMITS.items() for word in ("--env", f"{name}={value}")]
