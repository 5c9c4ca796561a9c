"""`relevo log`: the published versions with their reasons."""

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.text import change_lines
from relevo.cli.translate import _
from relevo.cli.verb import Session, argument, json_option, verb
from relevo.core.artifact import Artifact
from relevo.core.message import N_


@verb(
    "log",
    details=N_("Each version with its time, the commit that it was made from and the reasons for its number."),
    examples=(
        ("relevo log", N_("every stage")),
        ("relevo log model", N_("the models")),
        ("relevo log --json", N_("the manifests, for a program")),
    ),
    exits=(Exit.DONE, Exit.USAGE, Exit.OUTSIDE),
)
@argument("stage", required=False, metavar=N_("[STAGE]"), explained=N_("The stage to list; all by default."))
@json_option
@click.pass_obj
def command(session: Session, stage: str | None, as_json: bool) -> Exit:
    artifacts = session.line().log(stage)
    if as_json:
        terminal.out_json([artifact.to_json() for artifact in artifacts])
        return Exit.DONE
    for artifact in artifacts:
        terminal.out(f"{click.style(str(artifact.ref), bold=True)}  {artifact.made_at}  {commit(artifact)}")
        if artifact.base is None:
            terminal.out("  · " + _("first version"))
        for line in change_lines(artifact.changes, causes=True):
            terminal.out(line)
    if not artifacts:
        terminal.note(_("nothing was published yet"))
        terminal.hint(_("make and publish it: relevo run"))
    return Exit.DONE


def commit(artifact: Artifact) -> str:
    """The commit that an artifact was made from, and whether the tree had changes on top of it."""
    if not artifact.commit:
        return _("outside git")
    short = artifact.commit[:10]
    return _("{commit} with uncommitted changes", commit=short) if artifact.dirty else short
