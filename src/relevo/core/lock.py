"""relevo.lock: the last coherent set of versions that passed together."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relevo.core.artifact import Artifact
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.version import Version

LOCK = "relevo.lock"
LOCK_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Locked:
    """One stage of the set; `verdicts` maps each gate to its outcome."""

    version: Version
    output_digest: str
    verdicts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lock:
    stages: Mapping[str, Locked]

    @classmethod
    def of(cls, artifacts: Mapping[str, Artifact]) -> "Lock":
        """The lock of artifacts that stand on each other. Raises ValueError when they do not."""
        for artifact in artifacts.values():
            for stage, taken in artifact.inputs.items():
                if stage in artifacts and artifacts[stage].output_digest != taken.output_digest:
                    raise ValueError(f"{artifact.ref} was not made from {artifacts[stage].ref}")
        return cls(
            {
                name: Locked(a.version, a.output_digest, {v.gate: v.outcome.value for v in a.verdicts})
                for name, a in artifacts.items()
            }
        )

    def dumps(self) -> str:
        stages = {
            name: {"version": str(s.version), "output_digest": s.output_digest, "verdicts": dict(s.verdicts)}
            for name, s in self.stages.items()
        }
        return json.dumps({"format": LOCK_FORMAT, "stages": stages}, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def loads(cls, text: str) -> "Lock":
        """Raises UsageError when `text` is not a lock of this format."""
        try:
            value: Any = json.loads(text)
            if value["format"] != LOCK_FORMAT:
                raise ValueError(f"format {value['format']}")
            return cls(
                {
                    name: Locked(Version.parse(s["version"]), _text(s["output_digest"]), _texts(s["verdicts"]))
                    for name, s in value["stages"].items()
                }
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UsageError(
                "bad-lock",
                N_("relevo.lock cannot be read: {reason}"),
                hint=N_("take it from git again, or delete it: `relevo run` writes it anew"),
                reason=str(error),
            ) from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: Any) -> dict[str, str]:
    return {name: _text(text) for name, text in value.items()}
