"""The image runs as OpenShift runs it: under any high user id of group 0, with a read-only root file system, without
capabilities, and without a way to more rights."""

from collections.abc import Sequence
from typing import ClassVar

from relevo.calls.asking import post, unexpected
from relevo.calls.serving import Address
from relevo.calls.subject import Subject
from relevo.core.artifact import Draft
from relevo.core.verdict import Verdict
from relevo.image.engine import Container
from relevo.image.gates.container import ContainerGate
from relevo.image.running import engine_of

#: As OpenShift gives them; an engine without root has no such numbers to give.
HIGH, ROOTLESS = 1_000_650_000, 54_321


class AnyUid(ContainerGate):
    name: ClassVar[str] = "any-uid"

    def arguments(self, draft: Draft) -> Sequence[str]:
        engine, _ = engine_of(draft)
        uid = ROOTLESS if engine.rootless else HIGH
        closed = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        if engine.program == "podman":
            closed.append("--read-only-tmpfs=false")
        return ["--user", f"{uid}:0", *closed]

    def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:  # noqa: ARG002
        subject = Subject.of_inputs(draft.inputs)
        answer = post(address, subject.path, subject.rows(1)[0].body())
        evidence = () if answer.status == 200 else (unexpected(f"POST {subject.path}", answer, 200),)
        return Verdict.of(self.name, not evidence, evidence=evidence)
