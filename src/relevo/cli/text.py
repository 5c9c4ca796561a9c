"""Plans, verdicts and changes as lines of text. Legible without colour: states are words, depth is indentation."""

from collections.abc import Iterable, Iterator, Sequence

import click

from relevo.cli.translate import Plural, _, ngettext, say
from relevo.cli.words import reasons
from relevo.core.change import Change
from relevo.core.message import N_
from relevo.core.plan import Plan, Planned, State
from relevo.core.verdict import Outcome, Verdict

#: What measures are counted in, beside ms and %, which are the same everywhere.
UNITS = {
    "accuracy": Plural("accuracy", "accuracy"),
    "answers": Plural("answer", "answers"),
    "calls": Plural("call", "calls"),
    "cells": Plural("cell", "cells"),
    "checks": Plural("check", "checks"),
    "errors": Plural("error", "errors"),
    "findings": Plural("finding", "findings"),
    "probability": Plural("probability", "probability"),
    "requests": Plural("request", "requests"),
    "rows": Plural("row", "rows"),
    "texts": Plural("text", "texts"),
}

_STATES = {
    State.KEPT: N_("up to date"),
    State.MADE: N_("new"),
    State.STOPPED: N_("stopped"),
    State.WAITING: N_("waits for an earlier stage"),
}
_OUTCOMES = {
    Outcome.PASSED: N_("passed"),
    Outcome.FAILED: N_("failed"),
    Outcome.INCONCLUSIVE: N_("inconclusive"),
}
_MARKS = {Outcome.PASSED: ("✓", "green"), Outcome.FAILED: ("✗", "red"), Outcome.INCONCLUSIVE: ("?", "yellow")}


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of cells, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def plan_lines(plan: Plan) -> Iterator[str]:
    """Per stage: base → next, the part that is raised, and below it every reason and every stop."""
    heads = columns([_head(planned) for planned in plan.stages.values()])
    for head, planned in zip(heads, plan.stages.values(), strict=True):
        yield click.style(head, bold=True)
        yield from change_lines(planned.changes, causes=False)
        for stop in planned.stops:
            yield f"  {click.style('✗', fg='red')} {say(stop.message)}"
            yield f"    {stop.file}:{stop.line}"


def _head(planned: Planned) -> tuple[str, str, str]:
    if planned.state is State.MADE:
        bound = "" if planned.exact else "≥ "
        step = f"{planned.base} → {bound}{planned.next}" if planned.base else f"{bound}{planned.next}"
        return planned.stage, step, planned.bump.word if planned.base else _("first version")
    return planned.stage, str(planned.base or "—"), _(_STATES[planned.state])


def change_lines(changes: Iterable[Change], *, causes: bool) -> Iterator[str]:
    """Every change with its details; with `causes`, also what it follows from."""
    for change in changes:
        for depth, line in reasons(change):
            if not change.because or causes or depth == 0:
                yield f"  {'  ' * depth}· {line}"


def verdict_lines(verdict: Verdict, *, whole: bool = False) -> Iterator[str]:
    """What one gate found, with what it measured and its warnings; evidence if it did not pass, or `whole`."""
    mark, colour = _MARKS[verdict.outcome]
    outcome = _(_OUTCOMES[verdict.outcome])
    yield f"{click.style(mark, fg=colour)} {verdict.gate}: {outcome}{_measure(verdict)}"
    if whole or verdict.outcome is not Outcome.PASSED:
        for found in verdict.evidence:
            yield f"    {say(found)}"
    for warning in verdict.warnings:
        yield f"    {click.style('!', fg='yellow')} {say(warning)}"


def _measure(verdict: Verdict) -> str:
    if verdict.measured is None:
        return ""
    measured = _amount(verdict.measured, verdict.unit)
    if verdict.limit is None:
        return " · " + _("measured {measured}", measured=measured)
    limit = _amount(verdict.limit, verdict.unit)
    return " · " + _("measured {measured}, limit {limit}", measured=measured, limit=limit)


def _amount(value: float, unit: str) -> str:
    """A number with its unit. Four significant digits are enough to compare; whole numbers stay whole."""
    number = str(int(value)) if value == int(value) else f"{value:.4g}"
    word = ngettext(*UNITS[unit], 1 if value == 1 else 2) if unit in UNITS else unit
    return f"{number} {word}".rstrip()
