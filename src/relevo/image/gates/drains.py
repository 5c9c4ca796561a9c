"""SIGTERM ends the container without losing a request: ready says no, what comes meanwhile is answered, and it ends
with 0 within its time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import ClassVar

from relevo.calls.asking import JSON, get
from relevo.calls.serving import Address
from relevo.calls.subject import Subject
from relevo.core.artifact import Draft
from relevo.core.errors import OutsideError
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.image.engine import Container
from relevo.image.facts import ready_path
from relevo.image.gates.container import ContainerGate
from relevo.tools.measure.connection import request
from relevo.tools.measure.load import fire
from relevo.tools.measure.schedule import schedule

#: The container drains for so long, in seconds, and may take so much longer to end.
DRAIN, END = 3, 20.0
#: A steady load for so many seconds, in the middle of which the signal comes.
BEFORE, AFTER, RATE = 1.0, 2.0, 40.0


class Drains(ContainerGate):
    name: ClassVar[str] = "drains"

    def arguments(self, draft: Draft) -> Sequence[str]:  # noqa: ARG002
        return ("--env", f"RELEVO_DRAIN_SECONDS={DRAIN}")

    def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:
        subject = Subject.of_inputs(draft.inputs)
        body = subject.rows(1)[0].body()
        asked = request("POST", subject.path, f"{address.host}:{address.port}", body, JSON)
        with ThreadPoolExecutor(1) as aside:
            signalled = aside.submit(_signal, container)
            result = fire(address.host, address.port, [asked], schedule(round((BEFORE + AFTER) * RATE), RATE))
            signalled.result()
        evidence = []
        if result.failures:
            failures = ", ".join(f"{what} × {times}" for what, times in result.failures.items())
            evidence.append(
                Message(N_("while it drained, requests went unanswered: {failures}"), {"failures": failures})
            )
        evidence += self._unready(draft, address)
        evidence += self._ended(container)
        return Verdict.of(
            self.name,
            not evidence,
            measured=sum(result.failures.values()),
            limit=0,
            unit="requests",
            evidence=tuple(evidence),
        )

    @staticmethod
    def _unready(draft: Draft, address: Address) -> Sequence[Message]:
        path = ready_path(draft.facts)
        try:
            answer = get(address, path)
        except OutsideError as error:
            return [error.message]
        if answer.status == 503:
            return []
        text = N_("`{path}` answers {status} after SIGTERM, and must answer 503 so that nothing new is sent")
        return [Message(text, {"path": path, "status": answer.status})]

    @staticmethod
    def _ended(container: Container) -> Sequence[Message]:
        until = monotonic() + END
        while (state := container.state()).running and monotonic() < until:
            sleep(0.2)
        if state.running:
            text = N_(
                "it still runs {seconds} s after SIGTERM: its process must get the signal itself, so the entrypoint "
                "needs the form with brackets, and no shell"
            )
            return [Message(text, {"seconds": END})]
        if state.exit_code:
            return [Message(N_("it ended with {code} after SIGTERM instead of 0"), {"code": state.exit_code})]
        return []


def _signal(container: Container) -> None:
    sleep(BEFORE)
    container.signal("TERM")
