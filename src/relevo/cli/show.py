"""`relevo show`: one artifact, from its manifest."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.log import commit
from relevo.cli.text import change_lines, columns, verdict_lines
from relevo.cli.translate import _, visible
from relevo.cli.verb import Session, argument, json_option, verb
from relevo.core.artifact import Artifact, Ref
from relevo.core.message import N_

#: The longest value below a fact. A service's facts hold its whole OpenAPI: a page shows the outline of it.
_WIDTH = 80
#: So many values below a fact. An image's facts hold every package of its base.
_MOST = 20


@verb(
    "show",
    details=N_(
        "What it was made from, why it has its number, the facts that the version rules look at, what every gate "
        "measured, and the digests of its files."
    ),
    examples=(
        ("relevo show model@1.0.1", N_("one model")),
        ("relevo show data@1.1.0 --json", N_("its manifest")),
    ),
    exits=(Exit.DONE, Exit.USAGE, Exit.OUTSIDE),
)
@argument("artifact", metavar=N_("ARTIFACT"), explained=N_("stage@version; `relevo log` lists them."))
@json_option
@click.pass_obj
def command(session: Session, artifact: str, as_json: bool) -> Exit:
    found = session.line().show(Ref.parse(artifact))
    if as_json:
        terminal.out_json(found.to_json())
        return Exit.DONE
    for line in _page(found):
        terminal.out(line)
    return Exit.DONE


def _page(artifact: Artifact) -> Iterator[str]:
    yield click.style(str(artifact.ref), bold=True)
    yield from _indented(columns([(_("line"), artifact.line), *_origin(artifact), (_("folder"), str(artifact.folder))]))
    if artifact.inputs:
        yield _("made from")
        yield from _indented(
            columns([(f"{stage}@{taken.version}", taken.output_digest) for stage, taken in artifact.inputs.items()])
        )
    yield _("reasons")
    yield from change_lines(artifact.changes, causes=True)
    if artifact.base is None:
        yield "  · " + _("first version")
    yield _("facts")
    yield from _indented(_outline(artifact.facts))
    yield _("gates")
    for verdict in artifact.verdicts:
        yield from _indented(verdict_lines(verdict, whole=True))
    yield _("files")
    yield from _indented(columns(list(artifact.files.items())) if artifact.files else ())


def _origin(artifact: Artifact) -> list[tuple[str, str]]:
    return [
        (_("made"), artifact.made_at),
        (_("commit"), commit(artifact)),
        (_("by"), artifact.tool),
        (_("output digest"), artifact.output_digest),
        (_("input digest"), artifact.input_digest),
    ]


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _outline(facts: Mapping[str, Any]) -> Iterator[str]:
    """Each fact, and below it what it holds, one line each; what does not fit on the page is left to --json."""
    for name, fact in facts.items():
        if not isinstance(fact, Mapping | list) or not fact or _plain(fact):
            yield visible(f"{name}: {_inline(fact)}")
            continue
        yield visible(f"{name}:")
        inner = ((f"{key}: ", value) for key, value in fact.items()) if isinstance(fact, Mapping) else _dashes(fact)
        for start, value in islice(inner, _MOST):
            text = _inline(value)
            cut = f"{text[:_WIDTH]}…" if isinstance(fact, list) else "…"
            yield visible(f"  {start}{text if len(text) <= _WIDTH else cut}")
        if len(fact) > _MOST:
            yield "  " + _("… {more} more: --json shows them", more=len(fact) - _MOST)


def _plain(fact: Mapping[str, Any] | list[Any]) -> bool:
    """Whether it is a list of plain values, which goes on one line however long it is."""
    return isinstance(fact, list) and not any(isinstance(item, Mapping | list) for item in fact)


def _dashes(values: list[Any]) -> Iterator[tuple[str, Any]]:
    return (("- ", value) for value in values)


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_inline(inner)}" for key, inner in value.items()) or "—"
    if isinstance(value, list):
        return ", ".join(map(_inline, value)) or "—"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
