"""Wrong calls get the documented problem: its code, its status, in English and in Spanish; never a 5xx.

Which codes an operation may answer with, and with which status, is read in the artifact's own openapi.json.
"""

from typing import ClassVar

from relevo.calls.asking import verdict
from relevo.calls.serving import Address
from relevo.calls.subject import Subject
from relevo.calls.wrong import wrong_calls
from relevo.core.artifact import Draft
from relevo.core.verdict import Verdict
from relevo.service.gates.serving import ServingGate


class WrongCalls(ServingGate):
    name: ClassVar[str] = "wrong-calls"

    def ask(self, draft: Draft, address: Address) -> Verdict:
        return verdict(self.name, wrong_calls(Subject.of_draft(draft), address))
