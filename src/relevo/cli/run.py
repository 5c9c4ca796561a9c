"""`relevo run`: make → version → gates, stage by stage; then store, tag and lock."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevo.cli import plan, terminal
from relevo.cli.exits import Exit, of_outcomes
from relevo.cli.progress import watch
from relevo.cli.text import plan_lines
from relevo.cli.translate import _, say
from relevo.cli.verb import Session, argument, json_option, option, verb
from relevo.core.message import N_

if TYPE_CHECKING:
    from relevo.line import Run


@verb(
    "run",
    details=N_(
        "Every stage is made aside and checked by its gates. Only when the last one has passed is all of it published: "
        "into the store, with a git tag for each version, and with relevo.lock. A gate that fails publishes nothing of "
        "this run. Where a stage stops because its code must be changed first, what came before it is published, and "
        "relevo.lock stays as it was. Nothing new, nothing done."
    ),
    examples=(
        ("relevo run", N_("the whole line")),
        ("relevo run data", N_("only the data")),
        ("relevo run --dry-run", N_("the plan: nothing is made")),
        ("relevo run --advisories osv.json", N_("refuse an image with a package that is known to be vulnerable")),
        ("relevo run --json > run.json", N_("the result for a program; progress still on stderr")),
    ),
    exits=tuple(Exit),
)
@argument("stage", required=False, metavar=N_("[STAGE]"), explained=N_("The last stage to make; all by default."))
@option("--dry-run", is_flag=True, help=N_("Show the plan, and make nothing."))
@option(
    "--advisories",
    type=Path,
    metavar=N_("FILE"),
    help=N_("Known vulnerabilities in the OSV format, for the image to be held against."),
)
@json_option
@click.pass_obj
def command(session: Session, stage: str | None, dry_run: bool, advisories: Path | None, as_json: bool) -> Exit:
    line = session.line()
    if dry_run:
        with watch() as progress:
            planned = line.plan(stage, progress)
        plan.show(planned, as_json)
        return Exit.DONE
    with watch() as progress:
        done = line.run(stage, progress, session.start / advisories if advisories else None)
    if as_json:
        terminal.out_json(done.to_json())
    else:
        _show(done)
    outcomes = (verdict.outcome for verdicts in done.verdicts.values() for verdict in verdicts)
    return of_outcomes((done.outcome, *outcomes))


def _show(done: "Run") -> None:
    if done.outcome == "idle":
        terminal.out(_("nothing to do: every stage is up to date"))
    else:
        for line in plan_lines(done.plan):
            terminal.out(line)
    for artifact in done.published:
        terminal.out(_("published {artifact}", artifact=str(artifact.ref)))
    if done.tags:
        terminal.out(_("tagged {tags}", tags=done.tags))
    if done.locked:
        terminal.out(_("relevo.lock names this set now"))
    for note in done.notes:
        terminal.note(say(note))
    if any(artifact.stage == "service" for artifact in done.published):
        terminal.hint(_('ask the model: relevo predict "…"; run the service: relevo serve'))
    elif advice := _NEXT.get(done.outcome):
        terminal.hint(_(advice))


#: What to do after an outcome that is not the wanted one.
_NEXT = {
    "stopped": N_("change the code there, then: relevo run"),
    "failed": N_("nothing of this run was published; correct what the gate points to, then: relevo run"),
    "inconclusive": N_("nothing of this run was published; measure again when this machine is less busy"),
}
