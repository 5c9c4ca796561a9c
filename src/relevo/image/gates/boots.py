"""The image starts as it is, without any argument, says that it is ready, and has no pip that anything could call."""

from time import monotonic
from typing import ClassVar

from relevo.calls.serving import Address
from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.image.engine import Container
from relevo.image.gates.container import ContainerGate
from relevo.image.running import START_SECONDS

#: What must not be importable in the running container.
INSTALLERS = ("pip", "ensurepip", "setuptools")


class Boots(ContainerGate):
    name: ClassVar[str] = "boots"

    def check(self, draft: Draft) -> Verdict:
        self._begun = monotonic()
        return super().check(draft)

    def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:  # noqa: ARG002
        seconds = round(monotonic() - self._begun, 2)
        found = [name for name in INSTALLERS if container.ask("python3", "-c", f"import {name}").returncode == 0]
        text = N_("`import {name}` works in the container: the Dockerfile must remove it")
        evidence = tuple(Message(text, {"name": name}) for name in found)
        return Verdict.of(self.name, not found, measured=seconds, limit=START_SECONDS, unit="s", evidence=evidence)
