"""What the gates of the service share: start it as a process, and what it means when that goes wrong.

A gate of this kind is one file:

    class Documented(ServingGate):
        name: ClassVar[str] = "documented"

        def ask(self, draft: Draft, address: Address) -> Verdict:
            return Verdict.of(self.name, get(address, "/docs").status == 200)
"""

from typing import ClassVar

from relevo.calls.serving import Address, running
from relevo.core.artifact import Draft
from relevo.core.errors import FailureError, OutsideError
from relevo.core.verdict import Verdict


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
