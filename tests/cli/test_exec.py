"""`relevo exec`: the command as it was written, where one is, and its own exit code."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from relevo.core.message import N_, Message
from relevo.core.ports import Progress


class LineWithContainer:
    """A line whose development container was stopped, and in which every command ends with `code`."""

    def __init__(self, code: int = 0, interrupted: bool = False) -> None:
        self.code = code
        self.interrupted = interrupted
        self.ran: list[tuple[list[str], Path, bool]] = []

    def development(self) -> "LineWithContainer":
        return self

    def ready(self, progress: Progress) -> Message | None:
        return Message(N_("started the container `{name}`"), {"name": "relevo-quejas-01234567"})

    def run(self, command: Sequence[str], where: Path, *, terminal: bool) -> int:
        if self.interrupted:
            raise KeyboardInterrupt
        self.ran.append((list(command), where, terminal))
        return self.code


@pytest.mark.parametrize("code", [0, 1, 7, 137, 255])
def test_the_exit_code_is_that_of_the_command(code: int, call: Any) -> None:
    called = call("exec", "--", "python", "modelo.py", line=LineWithContainer(code))
    assert (called.code, called.out) == (code, "")


@pytest.mark.parametrize(
    "words",
    [
        ["--", "python", "modelo.py", "--epochs", "3"],
        ["python", "modelo.py", "--epochs", "3"],
        ["--", "grep", "--help", "--", "--json"],
    ],
)
def test_the_command_is_taken_as_it_was_written(words: list[str], call: Any, tmp_path: Path) -> None:
    line = LineWithContainer()
    assert call("-C", str(tmp_path), "exec", *words, line=line).code == 0
    assert line.ran == [(words[words[0] == "--" :], tmp_path, False)]


def test_what_had_to_be_done_first_is_said_on_stderr(call: Any) -> None:
    assert call("exec", "true", line=LineWithContainer()).err == "started the container `relevo-quejas-01234567`\n"


def test_no_command_is_2(call: Any) -> None:
    called = call("exec", line=LineWithContainer())
    assert called.code == 2
    assert "Missing argument 'COMMAND [ARGUMENTS]'." in called.err


def test_interrupted_is_130_without_a_traceback(call: Any) -> None:
    called = call("exec", "true", line=LineWithContainer(interrupted=True))
    assert called.code == 130
    assert called.err.splitlines()[-1] == "interrupted"
