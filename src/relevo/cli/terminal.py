"""What is written where: data to stdout, everything else to stderr; colour only on a terminal, never under NO_COLOR."""

import os
import sys
from contextlib import suppress
from typing import Any, TextIO

import click

from relevo.cli.translate import _, say
from relevo.core.errors import OutsideError, RelevoError
from relevo.core.message import N_


def prepare() -> None:
    """Let no character stop the output: what the terminal's encoding lacks is spelled out."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def colour() -> bool | None:
    """click's `color`: False where NO_COLOR says so, else None, which is "if the stream is a terminal"."""
    return False if os.environ.get("NO_COLOR") else None


def width() -> int:
    """Columns for help: those of the terminal, 80 at most (click would import shutil to find out the same)."""
    with suppress(ValueError):
        return max(min(int(os.environ.get("COLUMNS", "")), 80), 50) - 2
    with suppress(OSError):
        return max(min(os.get_terminal_size(sys.__stdout__.fileno()).columns, 80), 50) - 2  # type: ignore[union-attr]
    return 78


def out(text: str = "") -> None:
    """One line of the result."""
    _write(text, sys.stdout)


def out_json(value: Any) -> None:
    """The result for a program: one JSON value."""
    import json  # here, because `relevo --help` must not pay for it

    out(json.dumps(value, indent=2, ensure_ascii=False))


def note(text: str = "") -> None:
    """One line for the person who watches."""
    _write(text, sys.stderr)


def hint(text: str) -> None:
    """What to do next."""
    note(click.style(_("hint:"), fg="cyan") + f" {text}")


def error(text: str, advice: str = "") -> None:
    """What went wrong, and what to do about it."""
    note(click.style(_("error:"), fg="red", bold=True) + f" {text}")
    if advice:
        hint(advice)


def error_json(code: str, text: str, advice: str = "") -> None:
    """The same for a program that reads stdout."""
    out_json({"error": {"code": code, "message": text, "hint": advice or None}})


def show(problem: RelevoError, as_json: bool) -> None:
    """An error of the line, in the reader's language."""
    advice = say(problem.hint) if problem.hint else ""
    if as_json and not isinstance(problem, OutputLostError):
        error_json(problem.code, say(problem.message), advice)
    else:
        error(say(problem.message), advice)


class OutputLostError(OutsideError):
    """What stdout should hold could not be written, so that even a JSON error has to go to stderr."""


def flush() -> None:
    """Write out what is pending. Raises OutputLostError when that is not possible."""
    _write("", sys.stdout, newline=False)


def _write(text: str, stream: TextIO, *, newline: bool = True) -> None:
    try:
        click.echo(text, file=stream, nl=newline, color=colour())
    except BrokenPipeError:
        _discard(stream)  # `relevo log | head`: go on in silence, so that the exit code stays that of the verb
    except OSError as error:
        _discard(stream)
        if stream is sys.stdout:
            reason = error.strerror or str(error)
            raise OutputLostError("cannot-print", N_("cannot write the output: {reason}"), reason=reason) from error


def _discard(stream: TextIO) -> None:
    """Nothing more can be written there: what still comes goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
