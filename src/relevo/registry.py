"""The stages of a line in their order, and the gates of a stage: which classes go together."""

from collections.abc import Iterable

from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.ports import Gate, Stage
from relevo.tools.plugins import entries, load


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
    """Every gate that guards `stage`, by name.

    Raises UsageError when a gate is registered for another stage than it guards.
    """
    found = []
    for entry in entries("gates"):
        if entry.name.startswith(f"{stage}."):
            gate: Gate = entry.load()()
            if gate.guards != stage:
                raise UsageError(
                    "gate-misplaced",
                    N_("the gate `{gate}` is registered as `{entry}`, but it guards `{guards}`"),
                    hint=N_("its entry point must be called {guards}.{gate}"),
                    gate=gate.name,
                    entry=entry.name,
                    guards=gate.guards,
                )
            found.append(gate)
    return sorted(found, key=lambda gate: gate.name)
