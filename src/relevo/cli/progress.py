"""How a run is watched: a moving line on a terminal, plain lines in a log. Always on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from relevo.cli.terminal import note
from relevo.cli.text import verdict_lines
from relevo.cli.translate import say
from relevo.core.message import Message
from relevo.core.ports import Progress
from relevo.core.verdict import Verdict

if TYPE_CHECKING:
    from relevo.cli.moving import Moving


class Plain:
    """For logs and pipes: a line when a step begins, however often it reports how far it is."""

    def __init__(self) -> None:
        self._last: str = ""

    def step(self, message: Message, done: int = 0, total: int = 0) -> None:  # noqa: ARG002 - a log shows no bar
        text = say(message)
        if text != self._last:
            self._last = text
            note(text)

    def gate(self, stage: str, verdict: Verdict) -> None:
        for line in verdict_lines(verdict):
            note(f"  {stage}  {line}")


class Terminal:
    """For a terminal: moves from the first word on. A plan with nothing to read never pays for rich."""

    def __init__(self) -> None:
        self._moving: Moving | None = None

    def step(self, message: Message, done: int = 0, total: int = 0) -> None:
        self._started().step(message, done, total)

    def gate(self, stage: str, verdict: Verdict) -> None:
        self._started().gate(stage, verdict)

    def stop(self) -> None:
        if self._moving:
            self._moving.stop()

    def _started(self) -> "Moving":
        if self._moving is None:
            from relevo.cli.moving import Moving  # here, because rich costs more than all the rest of a verb

            self._moving = Moving()
            self._moving.start()
        return self._moving


@contextmanager
def watch() -> Iterator[Progress]:
    """The progress that suits stderr."""
    if not sys.stderr.isatty():
        yield Plain()
        return
    terminal = Terminal()
    try:
        yield terminal
    finally:
        terminal.stop()
