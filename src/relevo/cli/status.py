"""`relevo status`: where every stage stands."""

from typing import TYPE_CHECKING

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.text import columns
from relevo.cli.translate import _, say
from relevo.cli.verb import Session, json_option, verb
from relevo.core.message import N_

if TYPE_CHECKING:
    from relevo.line import StageStatus, Status


@verb(
    "status",
    details=N_(
        "For each stage: the version that this history (branch, commit) stands on, the newest one in the store, and "
        "whether its sources, settings or inputs have changed since. Below it, the last set of versions that passed "
        "together: relevo.lock."
    ),
    examples=(("relevo status", N_("where the line stands")), ("relevo status --json", N_("for a program"))),
    exits=(Exit.DONE, Exit.USAGE, Exit.OUTSIDE),
)
@json_option
@click.pass_obj
def command(session: Session, as_json: bool) -> Exit:
    status = session.line().status()
    if as_json:
        terminal.out_json(status.to_json())
    else:
        _show(status)
    return Exit.DONE


def _show(status: "Status") -> None:
    heading = (_("stage"), _("current"), _("newest"), "")
    for line in columns([heading, *(_row(name, stage) for name, stage in status.stages.items())]):
        terminal.out(line)
    if status.lock:
        together = "  ".join(f"{name}@{locked.version}" for name, locked in status.lock.stages.items())
        terminal.out(_("relevo.lock: {versions}", versions=together))
    else:
        terminal.out(_("relevo.lock: no set of versions has passed together yet"))
    for note in status.notes:
        terminal.note(say(note))
    if any(not stage.fresh for stage in status.stages.values()):
        terminal.hint(_("what would change, and why: relevo plan"))


def _row(name: str, stage: "StageStatus") -> tuple[str, str, str, str]:
    current = str(stage.current.version) if stage.current else "—"
    newest = str(stage.newest.version) if stage.newest else "—"
    state = _("up to date") if stage.fresh else _("changed since") if stage.current else _("not made yet")
    return name, current, newest, state
