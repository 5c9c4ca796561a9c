"""What both performance gates do: real texts at a steady rate, open loop, judged by exact count."""

from typing import ClassVar

from relevo.calls.load import measure
from relevo.calls.serving import Address
from relevo.calls.subject import Subject
from relevo.core.artifact import Draft
from relevo.core.verdict import Verdict
from relevo.service.gates.serving import ServingGate


class PerformanceGate(ServingGate):
    """Subclasses give `name`, and whether the model is `constant`."""

    constant: ClassVar[bool]

    def ask(self, draft: Draft, address: Address) -> Verdict:
        return measure(self.name, Subject.of_draft(draft), address, draft.settings.service)
