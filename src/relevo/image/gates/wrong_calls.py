"""Wrong calls to the container get the documented problem, as those to the service do: its code, its status, in English
and in Spanish."""

from typing import ClassVar

from relevo.calls.asking import verdict
from relevo.calls.serving import Address
from relevo.calls.subject import Subject
from relevo.calls.wrong import wrong_calls
from relevo.core.artifact import Draft
from relevo.core.verdict import Verdict
from relevo.image.engine import Container
from relevo.image.gates.container import ContainerGate, limits


class WrongCalls(ContainerGate):
    name: ClassVar[str] = "wrong-calls"
    arguments = staticmethod(limits)

    def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:  # noqa: ARG002
        return verdict(self.name, wrong_calls(Subject.of_inputs(draft.inputs), address))
