"""(kind, name) → class, by entry point; imported only when chosen. Built-ins take the same road as plugins."""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any

from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.ports import Gate, Stage
from relevo.core.suggest import closest


@cache
def _group(kind: str) -> EntryPoints:
    return entry_points(group=f"relevo.{kind}")


def names(kind: str) -> list[str]:
    """The names of everything installed of one kind: `stages`, `gates`, `sources`, `stores`."""
    return sorted(_group(kind).names)


def load(kind: str, name: str) -> Any:
    """The class called `name`. Raises UsageError with what was probably meant."""
    for entry in _group(kind):
        if entry.name == name:
            return entry.load()
    known = names(kind)
    close = closest(name, known)
    raise UsageError(
        "unknown-plugin",
        N_("no `{name}` among the {kind}"),
        hint=N_("did you mean `{close}`?") if close else N_("known here: {known}"),
        name=name,
        kind=kind,
        close=close,
        known=", ".join(known),
    )


def stages(wanted: Iterable[str]) -> list[type[Stage]]:
    """The classes of the wanted stages, each after those that it takes.

    Raises UsageError when a stage takes one that is not wanted.
    """
    waiting = {name: load("stages", name) for name in wanted}
    ordered: dict[str, type[Stage]] = {}
    while waiting:
        ready = [name for name, stage in waiting.items() if all(taken in ordered for taken in stage.takes)]
        if not ready:
            name, stage = next(iter(waiting.items()))
            raise UsageError(
                "stage-missing",
                N_("stage `{name}` takes `{takes}`, which is not among the stages of this line"),
                hint=N_("add it to [line] stages in relevo.toml"),
                name=name,
                takes=", ".join(taken for taken in stage.takes if taken not in ordered),
            )
        for name in ready:
            ordered[name] = waiting.pop(name)
    return list(ordered.values())


def gates(stage: str) -> list[Gate]:
    """Every gate that guards `stage`, by name."""
    found = [entry.load() for entry in _group("gates") if entry.name.startswith(f"{stage}.")]
    return sorted((gate() for gate in found), key=lambda gate: gate.name)
