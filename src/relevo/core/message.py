"""A sentence that is not yet said: English text with named fields, and what goes into them.

The English text is also the key of the translation catalogue, so whoever shows a message decides its language.
Records keep text and fields apart, and every report can be made again later in another language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(text: str) -> str:
    """Mark `text` for the translation catalogue without translating it here."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """`text` with `{name}` fields, filled from `params` (JSON values only)."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format_map(self.params)

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "params": dict(self.params)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Message":
        return cls(value["text"], value["params"])
