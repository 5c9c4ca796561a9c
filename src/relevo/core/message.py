"""A sentence that is not yet said: English text with named fields, and what goes into them.

The English text is also the key of the translation catalogue, so whoever shows a message decides its language.
Records keep text and fields apart, and every report can be made again later in another language.
A message may stand in a field of another one, as may a list of them; a record keeps what those say in English.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(text: str) -> str:
    """Mark `text` for the translation catalogue without translating it here."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """`text` with `{name}` fields, filled from `params` (JSON values, messages and lists of messages only)."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format_map(self._plain())

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "params": self._plain()}

    def _plain(self) -> dict[str, Any]:
        return {name: said(value, str) for name, value in self.params.items()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Message":
        return cls(value["text"], value["params"])


def said(value: Any, say: Callable[[Message], str]) -> Any:
    """A parameter whose messages were said by `say`, those of a list one after the other; any other as it is."""
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, list | tuple) and value and all(isinstance(each, Message) for each in value):
        return "; ".join(map(say, value))
    return value
