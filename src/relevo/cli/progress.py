"""How a run is watched: a moving line on a terminal, plain lines in a log. Always on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from relevo.cli import terminal
from relevo.cli.text import verdict_lines
from relevo.cli.translate import say
from relevo.core.message import Message
from relevo.core.ports import Progress
from relevo.core.verdict import Verdict


class Plain:
    """For logs and pipes: a line when a step begins, however often it reports how far it is."""

    def __init__(self) -> None:
        self._last: str = ""

    def step(self, message: Message, done: int = 0, total: int = 0) -> None:  # noqa: ARG002 - a log shows no bar
        text = say(message)
        if text != self._last:
            self._last = text
            terminal.note(text)

    def gate(self, stage: str, verdict: Verdict) -> None:
        _print_gate(stage, verdict)


def _print_gate(stage: str, verdict: Verdict) -> None:
    for line in verdict_lines(verdict):
        terminal.note(f"  {stage}  {line}")


@contextmanager
def watch() -> Iterator[Progress]:
    """The progress that suits stderr."""
    if not sys.stderr.isatty():
        yield Plain()
        return
    from relevo.cli.moving import Moving  # rich costs more than all the rest of a verb

    with Moving() as moving:
        yield moving
