"""Whether the service's code fits the model that comes; if not, which field is concerned and which line to change."""

from collections.abc import Iterator, Mapping
from typing import Any

from relevo.core.artifact import Artifact
from relevo.core.change import flatten
from relevo.core.message import N_, Message
from relevo.core.plan import Planned, Stop
from relevo.core.settings import Settings
from relevo.service.declaration import Declaration

#: The model's input that the field declared by `text(…)` feeds, whatever the header of the column.
TEXT = "text"


def stops(
    declared: Declaration, upstream: Mapping[str, Planned], inputs: Mapping[str, Artifact], settings: Settings
) -> tuple[Stop, ...]:
    """Every line of `declared` that must be changed before the model can be taken; none when all fits.

    What the model asks for comes from its facts where it is made already, else from the columns of relevo.toml, which
    are what the data must have.
    """
    wanted = _inputs(inputs, settings)
    return (*_major(declared, upstream, wanted), *_fields(declared, wanted))


def _inputs(inputs: Mapping[str, Artifact], settings: Settings) -> dict[str, str]:
    """Name → type of everything that the model asks for."""
    if "model" in inputs:
        listed: list[Mapping[str, Any]] = inputs["model"].facts["inputs"]
        return {each["name"]: each["type"] for each in listed}
    return {TEXT: "text", **settings.data.variables}


def _major(declared: Declaration, upstream: Mapping[str, Planned], wanted: Mapping[str, str]) -> Iterator[Stop]:
    model = upstream["model"].next or upstream["model"].base
    if model is None or model.major == declared.supports_model:
        return
    concerned = _concerned(declared, upstream, wanted)
    params = {
        "file": declared.file,
        "line": declared.major_line,
        "supports": declared.supports_model,
        "model": str(model),
        "major": model.major,
        "fields": ", ".join(concerned),
    }
    text = (
        N_(
            "`{file}`, line {line}, is for major version {supports} of the model, and model {model} comes and changes "
            "`{fields}`: change the code, then write `supports_model={major}`"
        )
        if concerned
        else N_(
            "`{file}`, line {line}, is for major version {supports} of the model, and model {model} comes: see whether "
            "the code fits, then write `supports_model={major}`"
        )
    )
    yield Stop("model-major", Message(text, params), declared.file, declared.major_line, concerned)


def _concerned(declared: Declaration, upstream: Mapping[str, Planned], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """The inputs that differ: between code and model, and those that the changes on the way name."""
    fed = {field.of for field in declared.fields}
    named = {
        change.params[key]
        for planned in upstream.values()
        for change in flatten(planned.changes)
        for key in _NAMES.get(f"{change.stage}.{change.code}", ())
    }
    return tuple(sorted(named | (fed ^ set(wanted))))


#: Which parameters of a change name an input of the model.
_NAMES = {
    "data.variable-added": ("column",),
    "data.variable-removed": ("column",),
    "data.variable-retyped": ("column",),
    "data.variable-renamed": ("from", "to"),
    "model.input-required": ("field",),
    "model.input-removed": ("field",),
}


def _fields(declared: Declaration, wanted: Mapping[str, str]) -> Iterator[Stop]:
    fed = {field.of: field for field in declared.fields}
    for name, kind in wanted.items():
        if name not in fed:
            text = N_(
                "the model asks for `{field}`, and the service does not: add `{declaration}` to `fields` in `{file}`, "
                "line {line}"
            )
            yield _stop("field-missing", text, declared, declared.fields_line, name, declaration=f'{kind}("{name}")')
        elif fed[name].kind != kind:
            text = N_("`{file}`, line {line}: `{field}` is declared as {given}, and the model takes {kind}")
            yield _stop("field-type", text, declared, fed[name].line, name, given=fed[name].kind, kind=kind)
    for field in declared.fields:
        if field.of not in wanted:
            text = N_(
                "`{file}`, line {line}: the service asks for `{field}`, which the model does not take: remove the field"
            )
            yield _stop("field-unknown", text, declared, field.line, field.of)


def _stop(code: str, text: str, declared: Declaration, line: int, field: str, **params: str) -> Stop:
    message = Message(text, {"file": declared.file, "line": line, "field": field, **params})
    return Stop(code, message, declared.file, line, (field,))
