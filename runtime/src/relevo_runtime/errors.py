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
    """The files of a model are missing, damaged, of another format, or could run code.

    `code` is a key of MODEL_FILES, `file` the one concerned; `str()` says it in English, for a log.
    """

    def __init__(self, code: str, file: str, **params: Any) -> None:
        super().__init__(MODEL_FILES[code].format(file=file, **params))
        self.code = code
        self.params = {"file": file, **params}


#: The codes of a ModelFilesError, with their sentences.
MODEL_FILES = {
    "missing-file": "`{file}` is missing",
    "unknown-file": "`{file}` is not a file of a model; nothing but data is taken",
    "unreadable": "`{file}` cannot be read: {reason}",
    "damaged": "`{file}` is damaged: {reason}",
    "contradiction": "`{file}` contradicts itself",
    "misfit": "`{file}` contradicts itself, or `model.json`",
    "other-format": "`{file}` has format {found}; this version reads format {known}",
    "other-shape": "`{file}` holds {found} where {wanted} is wanted",
}


#: Codes of an InputError that a model gives. The server adds its own (limits, malformed JSON, unknown field …).
MISSING_FIELD = "missing-field"
NULL_FIELD = "null-field"
EMPTY_TEXT = "empty-text"
WRONG_TYPE = "wrong-type"


class StartError(Exception):
    """Why the service cannot start; `code` is a row of `problems.STARTS`, which words it with `params`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code}: {params}")
        self.code = code
        self.params = params
