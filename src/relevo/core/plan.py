"""What a run would do, or did: per stage the base, the next version, every change, or why it stops."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from relevo.core.change import Change
from relevo.core.message import Message
from relevo.core.policy import FOLLOWS
from relevo.core.version import Bump, Version


class State(StrEnum):
    KEPT = "kept"  # nothing to make: the base stands
    MADE = "made"  # a new version
    STOPPED = "stopped"  # the stage's code must be changed first
    WAITING = "waiting"  # a stage before it stopped


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a stage cannot go on, and what to change where.

    `file` is relative to the line's folder, `line` counts from 1; `fields` are the inputs concerned.
    """

    code: str
    message: Message
    file: str
    line: int
    fields: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message.to_json(),
            "file": self.file,
            "line": self.line,
            "fields": list(self.fields),
        }


@dataclass(frozen=True, slots=True)
class Planned:
    """One stage in a plan. `exact` is False where the stage must be made to know more: then `next` is a lower bound."""

    stage: str
    state: State
    base: Version | None
    next: Version | None
    bump: Bump = Bump.NONE
    changes: tuple[Change, ...] = ()
    exact: bool = True
    stops: tuple[Stop, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "state": self.state.value,
            "base": str(self.base) if self.base else None,
            "next": str(self.next) if self.next else None,
            "bump": self.bump.word,
            "exact": self.exact,
            "changes": [change.to_json() for change in self.changes],
            "stops": [stop.to_json() for stop in self.stops],
        }


def follow(stage: str, upstream: str, old: Version, new: Version, because: tuple[Change, ...]) -> Change:
    """`stage` takes over the step of `upstream` from `old` to `new`, for the same reasons."""
    params = {"upstream": upstream, "bump": old.bump_to(new).word, "from": str(old), "to": str(new)}
    return Change(stage, FOLLOWS, params, because)


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole line, in the order of its stages."""

    stages: Mapping[str, Planned]

    @property
    def stopped(self) -> bool:
        return any(planned.state is State.STOPPED for planned in self.stages.values())

    @property
    def idle(self) -> bool:
        """Nothing to make."""
        return all(planned.state is State.KEPT for planned in self.stages.values())

    def to_json(self) -> dict[str, Any]:
        return {
            "stages": [planned.to_json() for planned in self.stages.values()],
            "stopped": self.stopped,
            "idle": self.idle,
        }
