"""A sentence for every change. The rules know codes; only here does a code become words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from relevo.cli.translate import Plural, _, ngettext, visible
from relevo.core.change import Change
from relevo.core.message import N_

#: Longer texts of users are cut, so that a reason stays one line.
_TEXT_WIDTH = 60

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence whose form depends on the number in `params[count]`."""

    forms: Plural
    count: str = "rows"


#: `stage.code` → its sentence; the fields are the change's parameters.
SENTENCES: Mapping[str, str | Counted] = {
    "data.label-corrected": Counted(Plural("{rows} row has another label", "{rows} rows have another label")),
    "data.text-retouched": Counted(
        Plural("the text of {rows} row was retouched", "the text of {rows} rows was retouched")
    ),
    "data.value-corrected": Counted(
        Plural("`{column}` was corrected in {rows} row", "`{column}` was corrected in {rows} rows")
    ),
    "data.rows-withdrawn": Counted(Plural("{rows} row was withdrawn", "{rows} rows were withdrawn")),
    "data.category-vanished": N_("`{column}` no longer takes: {values}"),
    "data.rows-added": Counted(Plural("{rows} new row", "{rows} new rows")),
    "data.group-added": Counted(
        Plural("new group `{group}`, with {rows} row", "new group `{group}`, with {rows} rows")
    ),
    "data.category-added": N_("`{column}` now takes, too: {values}"),
    "data.group-carved-out": Counted(
        Plural(
            "{rows} row of group `{from}` now makes up the new group `{group}`",
            "{rows} rows of group `{from}` now make up the new group `{group}`",
        )
    ),
    "data.variable-added": N_("new variable `{column}` ({type})"),
    "data.variable-removed": N_("variable `{column}` ({type}) is gone"),
    "data.variable-renamed": N_("variable `{from}` is now called `{to}`"),
    "data.variable-retyped": N_("variable `{column}` was declared {from} and is now {to}"),
    "data.group-gone": Counted(
        Plural("group `{group}` is gone, with its {rows} row", "group `{group}` is gone, with its {rows} rows")
    ),
    "data.group-renamed": N_("group `{from}` is now called `{to}`"),
    "data.group-merged": N_("groups {groups} were merged into `{into}`"),
    "data.group-split-away": N_("group `{group}` was split up into {into}"),
    "data.ids-renumbered": Counted(
        Plural(
            "the ids were renumbered ({rows} row has another text): rows were matched by text",
            "the ids were renumbered ({rows} rows have another text): rows were matched by text",
        )
    ),
    "model.recipe-changed": N_("the recipe of the model changed: {parts}"),
    "model.group-added": N_("the model can answer `{group}`, too"),
    "model.input-required": N_("the model asks for one more input: `{field}` ({type})"),
    "model.input-removed": N_("the model no longer takes the input `{field}`"),
    "model.group-gone": N_("the model no longer answers `{group}`"),
    "service.recipe-changed": N_("the code or the settings of the service changed: {parts}"),
    "service.api-added": N_("new in the API: {what}"),
    "service.api-deprecated": N_("marked as deprecated in the API: {what}"),
    "service.api-incompatible": N_("incompatible in the API: {what} ({why})"),
    "service.api-removed-undeprecated": N_("removed from the API without ever having been deprecated: {what}"),
    "image.recipe-changed": N_("what the image is built from changed: {parts}"),
    "image.base-changed": N_("`{name}` is another one now: {from} → {to}"),
    "image.python-changed": N_("Python {from} → {to}"),
    "image.os-changed": N_("the operating system of the base: {from} → {to}"),
    "image.platform-changed": N_("for another platform: {from} → {to}"),
    "image.variable-added": N_("new optional variable `{variable}`"),
    "image.variable-gone": N_("variable `{variable}` is gone"),
    "image.variable-required": N_("a container must be given the variable `{variable}` now"),
    "image.volume-added": N_("new volume `{path}`"),
    "image.volume-gone": N_("volume `{path}` is gone"),
    "image.port-changed": N_("it listens on another port: {from} → {to}"),
    "image.health-changed": N_("health is asked elsewhere: {from} → {to}"),
    "image.user-changed": N_("it runs as another user: {from} → {to}"),
    "image.entrypoint-changed": N_("it is started in another way: {from} → {to}"),
}

#: Why a difference of the API is incompatible: the codes of `relevo.service.schema.Why`.
WHY: Mapping[str, str] = {
    "removed": N_("it is gone"),
    "now-required": N_("a caller must send it now"),
    "no-longer-sure": N_("the answer may lack it now"),
    "other-type": N_("it has another type"),
    "takes-less": N_("it takes less than before"),
    "gives-more": N_("it may be what callers do not know"),
    "other-rule": N_("another rule holds for it"),
}

#: The same for every stage.
COMMON: Mapping[str, str] = {
    "follows": N_("follows {upstream} {from} → {to}"),
    "equals-old": N_("has the same content as {version}"),
    "recipe-changed": N_("its recipe changed: {parts}"),
}


def sentence(change: Change) -> str:
    """The one sentence that says what changed."""
    found = SENTENCES.get(f"{change.stage}.{change.code}") or COMMON.get(change.code)
    if isinstance(found, Counted):
        return ngettext(*found.forms, change.params[found.count], **change.params)
    if found:
        why = str(change.params.get("why"))
        return _(found, **{**change.params, "why": _(WHY[why])} if why in WHY else change.params)
    # A stage of a plugin: its code is all that is known.
    return f"`{visible(change.code)}` {visible(', '.join(f'{k}={v}' for k, v in change.params.items()))}".rstrip()


def details(change: Change) -> Iterator[str]:
    """What illustrates the sentence: examples from the data, and advice."""
    for example in change.params.get("examples", ()):
        yield _EXAMPLES[change.code](example)
    if change.code == "rows-added" and change.params.get("propose_id"):
        yield _("without ids a corrected text counts as a new row: an `id` column would make it a patch")


def _relabelled(example: Params) -> str:
    return _("“{text}”: {from} → {to}", **{**example, "text": _short(example["text"])})


def _retouched(example: Params) -> str:
    return _("“{from}” → “{to}”", **{name: _short(text) for name, text in example.items()})


_EXAMPLES: Mapping[str, Callable[[Params], str]] = {"label-corrected": _relabelled, "text-retouched": _retouched}


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _TEXT_WIDTH else text[: _TEXT_WIDTH - 1] + "…"


def reasons(change: Change, depth: int = 0) -> Iterator[tuple[int, str]]:
    """(depth, line) of a change, its details, and all that it follows from."""
    yield depth, sentence(change)
    for line in details(change):
        yield depth + 1, line
    for cause in change.because:
        yield from reasons(cause, depth + 1)
