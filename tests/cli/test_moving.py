"""Progress on a terminal."""

from io import StringIO
from typing import Any

from rich.console import Console

from relevo.cli.moving import Moving
from relevo.core.message import Message


def test_steps_move_and_gates_stay(samples: Any) -> None:
    console = Console(file=StringIO(), force_terminal=True, width=100, color_system=None)
    moving = Moving(console)
    moving.start()
    moving.step(Message("training {groups} [groups]", {"groups": 3}), 1, 4)
    moving.gate("model", samples.failed)
    shown = moving.line()
    moving.stop()
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert shown == ("training 3 [groups]", 1, 4)
    assert "  model  ✗ quality: failed · measured 0.41 accuracy, limit 0.5 accuracy" in printed
    assert "training 3 [groups]" in printed


def test_a_new_step_starts_its_bar_anew() -> None:
    moving = Moving(Console(file=StringIO(), width=100))
    moving.step(Message("reading"), 3, 4)
    moving.step(Message("training"))
    assert moving.line() == ("training", 0, None)
