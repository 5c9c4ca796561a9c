"""What can be wrong with an input, as stable codes. No HTTP here: the server turns a code into a status."""

from typing import Any


class InputError(ValueError):
    """An input that cannot be answered. `code` is stable; `field` names the input concerned, "" for the whole."""

    def __init__(self, code: str, field: str = "", **params: Any) -> None:
        super().__init__(f"{code}: {field}" if field else code)
        self.code = code
        self.field = field
        self.params = params


class ModelFilesError(ValueError):
    """The files of a model are missing, damaged, of another format, or would run code."""


#: Codes of an InputError that a model gives. The server adds its own (limits, malformed JSON, unknown field …).
MISSING_FIELD = "missing-field"
NULL_FIELD = "null-field"
EMPTY_TEXT = "empty-text"
WRONG_TYPE = "wrong-type"
