"""`relevo verify`: is everything in the store as it was published?"""

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.translate import _, ngettext, say
from relevo.cli.verb import Session, json_option, verb
from relevo.core.message import N_


@verb(
    "verify",
    details=N_(
        "Reads every file of every artifact and compares its digest with the manifest; also whether what an artifact "
        "was made from, what the tags name and what relevo.lock names are there."
    ),
    examples=(("relevo verify", N_("look at everything")), ("relevo verify --json", N_("for a program"))),
    exits=(Exit.DONE, Exit.FAILED, Exit.USAGE, Exit.OUTSIDE),
)
@json_option
@click.pass_obj
def command(session: Session, as_json: bool) -> Exit:
    found = session.line().verify()
    clean = not any(found.values())
    if as_json:
        artifacts = {str(ref): [problem.to_json() for problem in problems] for ref, problems in found.items()}
        terminal.out_json({"clean": clean, "artifacts": artifacts})
        return Exit.DONE if clean else Exit.FAILED
    for ref, problems in found.items():
        for problem in problems:
            terminal.out(f"{click.style('✗', fg='red')} {ref}: {say(problem)}")
    count = len(found)
    if clean:
        terminal.out(
            ngettext("{count} artifact, as published", "{count} artifacts, all as published", count, count=count)
        )
        return Exit.DONE
    terminal.hint(_("delete what is broken from the store and run again, or copy it from where it is whole"))
    return Exit.FAILED
