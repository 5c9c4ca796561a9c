"""Within the processor time and memory of `[deploy.test]`, `share` of the requests are answered in under `limit_ms`.

Open loop at `rate` requests a second, as the service's own performance gates do; where those passed and this one does
not, it is the limits that are too small, or the image.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from relevo.calls.load import measure
from relevo.calls.serving import Address
from relevo.calls.subject import Subject
from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.quantity import amount
from relevo.core.settings import DeploySettings
from relevo.core.verdict import Outcome, Verdict
from relevo.image.engine import Container
from relevo.image.gates.container import ContainerGate

#: The environment whose limits the image is measured in.
ENVIRONMENT = "test"


class Performance(ContainerGate):
    name: ClassVar[str] = "performance"

    def arguments(self, draft: Draft) -> Sequence[str]:
        wanted = _limits(draft)
        return ("--cpus", str(float(amount(wanted.cpu))), "--memory", str(int(amount(wanted.memory))))

    def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:  # noqa: ARG002
        found = measure(self.name, Subject.of_inputs(draft.inputs), address, draft.settings.service)
        if found.outcome is Outcome.PASSED:
            return found
        wanted = _limits(draft)
        text = N_("measured with cpu {cpu} and memory {memory}: more of them is set by [deploy.test] in relevo.toml")
        return replace(found, evidence=(*found.evidence, Message(text, {"cpu": wanted.cpu, "memory": wanted.memory})))


def _limits(draft: Draft) -> DeploySettings:
    return draft.settings.deploy.get(ENVIRONMENT, DeploySettings())
