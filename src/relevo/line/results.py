"""What the verbs of a line give back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from relevo.core.artifact import Artifact, Ref
from relevo.core.lock import Lock
from relevo.core.message import Message
from relevo.core.plan import Plan
from relevo.core.verdict import Verdict

Outcome = Literal["done", "idle", "stopped", "failed", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did. `idle`: there was nothing to do. `failed` and `inconclusive` published nothing."""

    outcome: Outcome
    plan: Plan
    verdicts: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)
    published: tuple[Artifact, ...] = ()
    tags: tuple[str, ...] = ()
    locked: bool = False
    notes: tuple[Message, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "plan": self.plan.to_json(),
            "verdicts": {stage: [v.to_json() for v in verdicts] for stage, verdicts in self.verdicts.items()},
            "published": [str(artifact.ref) for artifact in self.published],
            "tags": list(self.tags),
            "locked": self.locked,
            "notes": [note.to_json() for note in self.notes],
        }


@dataclass(frozen=True, slots=True)
class StageStatus:
    """Where one stage stands: `current` is the version of this history, `newest` the highest in the store.

    `fresh` is False when its sources or settings, or those of a stage before it, are no longer those it was made from.
    """

    current: Artifact | None
    newest: Artifact | None
    fresh: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "current": str(self.current.version) if self.current else None,
            "newest": str(self.newest.version) if self.newest else None,
            "fresh": self.fresh,
        }


@dataclass(frozen=True, slots=True)
class Status:
    """Where the whole line stands."""

    name: str
    stages: Mapping[str, StageStatus]
    lock: Lock | None
    notes: tuple[Message, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "stages": {name: status.to_json() for name, status in self.stages.items()},
            "lock": {name: str(locked.version) for name, locked in self.lock.stages.items()} if self.lock else None,
            "notes": [note.to_json() for note in self.notes],
        }


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one input: (group, score) by falling score, and the versions that gave it."""

    answer: list[tuple[str, float]]
    model: Ref
    data: Ref

    def to_json(self) -> dict[str, Any]:
        return {
            "answer": [[group, score] for group, score in self.answer],
            "model": str(self.model.version),
            "data": str(self.data.version),
        }
