"""What the runtime says in codes, as messages."""

from relevo.core.message import N_, Message
from relevo_runtime.errors import ModelFilesError

#: The codes of `relevo_runtime.errors.MODEL_FILES`.
MODEL_FILES = {
    "missing-file": N_("`{file}` is missing"),
    "unknown-file": N_("`{file}` is not a file of a model; nothing but data is taken"),
    "unreadable": N_("`{file}` cannot be read: {reason}"),
    "damaged": N_("`{file}` is damaged: {reason}"),
    "contradiction": N_("`{file}` contradicts itself"),
    "misfit": N_("`{file}` contradicts itself, or `model.json`"),
    "other-format": N_("`{file}` has format {found}; this version reads format {known}"),
    "other-shape": N_("`{file}` holds {found} where {wanted} is wanted"),
}


def in_words(error: ModelFilesError) -> Message:
    """What is wrong with the files of a model."""
    return Message(MODEL_FILES[error.code], error.params)
