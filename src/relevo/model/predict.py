"""Asks a published model, as `relevo predict` does."""

from collections.abc import Mapping
from pathlib import Path

from relevo.core.errors import OutsideError, UsageError
from relevo.core.message import N_
from relevo.core.suggest import closest
from relevo.model.words import MODEL_FILES
from relevo_runtime.errors import EMPTY_TEXT, MISSING_FIELD, NULL_FIELD, WRONG_TYPE, InputError, ModelFilesError
from relevo_runtime.inputs import convert
from relevo_runtime.model import Answer, Model, load

_SENTENCES = {
    MISSING_FIELD: N_("the model needs `{field}`, which was not given"),
    NULL_FIELD: N_("`{field}` is empty, and the model needs a value"),
    EMPTY_TEXT: N_("the text is empty"),
    WRONG_TYPE: N_("`{field}` is `{given}`, which is no `{expected}`"),
}


def predict(folder: Path, record: Mapping[str, str]) -> Answer:
    """Every group with its probability, the most likely first, for one record of strings by input name.

    Raises UsageError when the record cannot be answered, OutsideError when the model in `folder` cannot be read.
    """
    try:
        model = load(folder)
    except ModelFilesError as error:
        raise OutsideError(
            "model-unreadable",
            MODEL_FILES[error.code],
            hint=N_("look into `{folder}`; `relevo verify` tells whether the store was touched"),
            folder=str(folder),
            **error.params,
        ) from error
    _refuse_unknown(model, record)
    try:
        return model.score(convert(model.inputs, record))
    except InputError as error:
        raise UsageError(
            error.code,
            _SENTENCES[error.code],
            hint=N_("the model takes: {inputs}"),
            field=error.field,
            given=record.get(error.field, ""),
            inputs=_listed(model),
            **error.params,
        ) from error


def _refuse_unknown(model: Model, record: Mapping[str, str]) -> None:
    names = [given.name for given in model.inputs]
    for name in record:
        if name not in names:
            close = closest(name, names)
            raise UsageError(
                "unknown-input",
                N_("the model has no input `{field}`"),
                hint=N_("did you mean `{close}`?") if close else N_("the model takes: {inputs}"),
                field=name,
                close=close,
                inputs=_listed(model),
            )


def _listed(model: Model) -> str:
    return ", ".join(f"{given.name} ({given.type})" for given in model.inputs)
