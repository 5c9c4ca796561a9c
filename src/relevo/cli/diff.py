"""`relevo diff`: what changed between two versions."""

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.text import change_lines
from relevo.cli.translate import _
from relevo.cli.verb import Session, argument, json_option, verb
from relevo.core.artifact import Ref
from relevo.core.message import N_


@verb(
    "diff",
    details=N_("The same comparison that the version rules use, between any two versions of one stage."),
    examples=(
        ("relevo diff data@1.0.0 data@1.1.0", N_("what happened to the data")),
        ("relevo diff model@1.0.0 model@2.0.0 --json", N_("for a program")),
    ),
    exits=(Exit.DONE, Exit.USAGE, Exit.OUTSIDE),
)
@argument("a", metavar=N_("OLD"), explained=N_("stage@version to compare with."))
@argument("b", metavar=N_("NEW"), explained=N_("stage@version to look at."))
@json_option
@click.pass_obj
def command(session: Session, a: str, b: str, as_json: bool) -> Exit:
    old, new = Ref.parse(a), Ref.parse(b)
    changes = session.line().diff(old, new)
    if as_json:
        terminal.out_json({"from": str(old), "to": str(new), "changes": [change.to_json() for change in changes]})
        return Exit.DONE
    terminal.out(click.style(f"{old} → {new}", bold=True))
    for line in change_lines(changes, causes=True):
        terminal.out(line)
    if not changes:
        terminal.out("  · " + _("no difference that the version rules look at"))
    return Exit.DONE
