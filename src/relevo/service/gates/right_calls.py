"""Right calls are answered right: GET, GET with a body and POST, one text and many, with scores that add up to 1.

The texts are held-out rows of the data. All ways to ask give the same scores, the versions are those of the artifacts,
and as many texts get the right group as the model itself reached.
"""

from typing import ClassVar

from relevo.calls.asking import verdict
from relevo.calls.right import right_calls
from relevo.calls.serving import Address
from relevo.calls.subject import Subject
from relevo.core.artifact import Draft
from relevo.core.verdict import Verdict
from relevo.service.gates.serving import ServingGate


class RightCalls(ServingGate):
    name: ClassVar[str] = "right-calls"

    def ask(self, draft: Draft, address: Address) -> Verdict:
        return verdict(self.name, right_calls(Subject.of_draft(draft), address))
