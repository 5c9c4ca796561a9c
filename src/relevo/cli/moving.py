"""Progress on a terminal, by rich: gates scroll past, the step that is being done moves below them."""

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from relevo.cli.text import verdict_lines
from relevo.cli.translate import say
from relevo.core.message import Message
from relevo.core.verdict import Verdict


class Moving:
    """A `core.ports.Progress` with one line that moves, from `start` to `stop`."""

    def __init__(self, console: Console | None = None) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console or Console(stderr=True, highlight=False),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._last = ""

    def start(self) -> None:
        self._bar.start()

    def stop(self) -> None:
        """Clears the line that moved."""
        self._bar.stop()

    def step(self, message: Message, done: int = 0, total: int = 0) -> None:
        text = say(message)
        if text != self._last:
            self._last = text
            # A task of its own: rich cannot take a total back.
            self._bar.remove_task(self._task)
            self._task = self._bar.add_task(escape(text), total=None)
        self._bar.update(self._task, completed=done, total=total or None)

    def line(self) -> tuple[str, float, float | None]:
        """What moves: its text, how much is done, and of how much (None: nobody knows)."""
        (task,) = self._bar.tasks
        return str(Text.from_markup(task.description)), task.completed, task.total

    def gate(self, stage: str, verdict: Verdict) -> None:
        for line in verdict_lines(verdict):
            self._bar.console.print(Text.from_ansi(f"  {stage}  {line}"))
