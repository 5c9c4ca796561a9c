"""(kind, name) → class, by entry point; imported only when chosen. Built-ins take the same road as plugins."""

from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any

from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.suggest import closest


@cache
def entries(kind: str) -> EntryPoints:
    """Everything installed of one kind (`stages`, `gates`, `sources`, `stores`), not imported yet."""
    return entry_points(group=f"relevo.{kind}")


def load(kind: str, name: str) -> Any:
    """The class called `name`. Raises UsageError with what was probably meant."""
    for entry in entries(kind):
        if entry.name == name:
            return entry.load()
    known = sorted(entries(kind).names)
    close = closest(name, known)
    raise UsageError(
        "unknown-plugin",
        N_("there is no `{name}` among the entry points `relevo.{kind}`"),
        hint=N_("did you mean `{close}`?") if close else N_("known here: {known}"),
        name=name,
        kind=kind,
        close=close,
        known=", ".join(known),
    )
