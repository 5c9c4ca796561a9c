"""What a gate found out about one artifact."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from relevo.core.message import Message


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one gate.

    `measured` and `limit` are numbers in `unit` where the gate measures something, else None; `evidence` points to the
    defect (file, line, group, request …), the most telling first; `warnings` do not fail the gate.
    """

    gate: str
    outcome: Outcome
    measured: float | None = None
    limit: float | None = None
    unit: str = ""
    evidence: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()

    @classmethod
    def of(cls, gate: str, passed: bool, **more: Any) -> "Verdict":
        """A verdict that passed or failed."""
        return cls(gate, Outcome.PASSED if passed else Outcome.FAILED, **more)

    def to_json(self) -> dict[str, Any]:
        return {
            "gate": self.gate,
            "outcome": self.outcome.value,
            "measured": self.measured,
            "limit": self.limit,
            "unit": self.unit,
            "evidence": [message.to_json() for message in self.evidence],
            "warnings": [message.to_json() for message in self.warnings],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Verdict":
        return cls(
            value["gate"],
            Outcome(value["outcome"]),
            value["measured"],
            value["limit"],
            value["unit"],
            tuple(map(Message.from_json, value["evidence"])),
            tuple(map(Message.from_json, value["warnings"])),
        )
