"""Right calls to the container are answered right, with the same scores as the service artifact gives as a process."""

from typing import ClassVar

from relevo.calls.asking import verdict
from relevo.calls.right import right_calls
from relevo.calls.same import same_answers
from relevo.calls.serving import Address, running
from relevo.calls.subject import Subject
from relevo.core.artifact import Draft
from relevo.core.verdict import Verdict
from relevo.image.engine import Container
from relevo.image.gates.container import ContainerGate, limits


class RightCalls(ContainerGate):
    name: ClassVar[str] = "right-calls"
    arguments = staticmethod(limits)

    def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:  # noqa: ARG002
        subject = Subject.of_inputs(draft.inputs)
        with running(subject.folder) as original:
            found = [*right_calls(subject, address), *same_answers(subject, address, original)]
        return verdict(self.name, found)
