"""`relevo shell`: what it says, and that it gives a prompt only where there is a terminal."""

import os
from pathlib import Path
from typing import Any

import pytest

from relevo.core.errors import UsageError
from relevo.core.message import N_, Message
from relevo.core.ports import Progress


class LineWithContainer:
    """A line whose development container takes one step to be made, and whose prompt ends with 5."""

    name, folder = "relevo-quejas-01234567", "/quejas"

    def __init__(self, done: Message | None = None, there: bool = True, error: Exception | None = None) -> None:
        self.done = done
        self.there = there
        self.error = error
        self.asked: list[tuple[str, Path]] = []

    def development(self) -> "LineWithContainer":
        return self

    def ready(self, progress: Progress) -> Message | None:
        if self.error:
            raise self.error
        progress.step(Message(N_("bringing the packages together")))
        return self.done

    def prompt(self, where: Path) -> int:
        self.asked.append(("prompt", where))
        return 5

    def remove(self) -> bool:
        return self.there


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "isatty", lambda number: True)


MADE = Message(N_("made the container `{name}` from `{base}`"), {"name": LineWithContainer.name, "base": "python:3.12"})


def test_on_a_terminal_it_gives_a_prompt_where_one_is_and_ends_with_its_code(
    terminal: None, call: Any, tmp_path: Path
) -> None:
    line = LineWithContainer(MADE)
    called = call("-C", str(tmp_path), "shell", line=line)
    assert (called.code, called.out) == (5, "")
    assert "made the container `relevo-quejas-01234567` from `python:3.12`" in called.err
    assert line.asked == [("prompt", tmp_path)]


def test_without_a_terminal_it_says_how_the_container_is_used(call: Any) -> None:
    line = LineWithContainer()
    called = call("shell", line=line)
    assert called.code == 0
    assert called.out == "the container `relevo-quejas-01234567` runs, with the project in /quejas\n"
    assert "relevo exec -- python" in called.err
    assert "relevo shell --stop" in called.err
    assert line.asked == []


@pytest.mark.parametrize(("there", "said"), [(True, "removed the container"), (False, "there is no container")])
def test_it_is_stopped_and_removed_and_that_it_is_gone_is_enough(there: bool, said: str, call: Any) -> None:
    called = call("shell", "--stop", line=LineWithContainer(there=there))
    assert (called.code, called.out) == (0, f"{said} `relevo-quejas-01234567`\n")


def test_what_is_in_the_way_is_said_and_gives_2(call: Any) -> None:
    error = UsageError("container-foreign", N_("`{file}` is missing"), hint=N_("run again: relevo run"), file="x")
    called = call("shell", line=LineWithContainer(error=error))
    assert (called.code, called.out) == (2, "")
    assert called.err == "error: `x` is missing\nhint: run again: relevo run\n"
