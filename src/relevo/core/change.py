"""A change is a code with parameters. Sentences are made where it is shown; bumps come from the policy."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the base and the new artifact of `stage`.

    `code` is a row of the policy table; `params` are JSON values; `because` holds the changes of an earlier stage that
    this one follows from.
    """

    stage: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    because: tuple["Change", ...] = ()

    def to_json(self) -> dict[str, Any]:
        value: dict[str, Any] = {"stage": self.stage, "code": self.code, "params": dict(self.params)}
        if self.because:
            value["because"] = [change.to_json() for change in self.because]
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Change":
        because = tuple(cls.from_json(item) for item in value.get("because", ()))
        return cls(value["stage"], value["code"], value["params"], because)


def flatten(changes: Iterable[Change]) -> Iterator[Change]:
    """Every change and every change it follows from, causes after effects."""
    for change in changes:
        yield change
        yield from flatten(change.because)
