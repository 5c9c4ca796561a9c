"""`relevo exec`: one command in the development container."""

import os
from collections.abc import Sequence

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.progress import watch
from relevo.cli.translate import say
from relevo.cli.verb import Session, argument, verb
from relevo.core.message import N_


@verb(
    "exec",
    details=N_(
        "Runs a command in the container of `relevo shell`, in the folder where you are, and makes or starts that "
        "container first where it must. The command has your stdin, stdout and stderr (they are not in the log of the "
        "container), and Ctrl-C ends it, not the container. Its exit code is passed on as it is; 2, 3 and 130 may also "
        "come from relevo itself, which then says so."
    ),
    examples=(
        ("relevo exec -- python modelo.py", N_("a program of the project")),
        ("relevo exec -- python -m pytest", N_("a program of an installed package")),
        ("relevo exec -- sh -c 'ls | wc -l'", N_("more than one command")),
    ),
    exits=(Exit.DONE, Exit.USAGE, Exit.OUTSIDE, Exit.INTERRUPTED),
)
@argument(
    "words",
    nargs=-1,
    required=True,
    type=click.UNPROCESSED,
    metavar=N_("COMMAND [ARGUMENTS]"),
    explained=N_("What to run, after `--`."),
)
@click.pass_obj
def command(session: Session, words: Sequence[str]) -> int:
    container = session.line().development()
    with watch() as progress:
        done = container.ready(progress)
    if done:
        terminal.note(say(done))
    return container.run(words, session.start, terminal=all(map(os.isatty, (0, 1, 2))))


# Options after the command are the command's.
command.allow_interspersed_args = False
