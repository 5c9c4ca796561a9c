"""`relevo shell`: the development container, and a prompt in it."""

import os

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.progress import watch
from relevo.cli.translate import _, say
from relevo.cli.verb import Session, option, verb
from relevo.core.message import N_


@verb(
    "shell",
    details=N_(
        "In place of a venv: makes a container from the base image of the line, shares the project's folder with it, "
        "puts the packages of requirements.txt and of image/requirements.txt into it, and gives a prompt there, whose "
        "exit code is its own. The same container is used again; when the base or a list changed since, it is made "
        "anew. Only the shared folder is kept. Where stdin is no terminal there is no prompt."
    ),
    examples=(
        ("relevo shell", N_("a prompt in the folder where you are")),
        ("relevo exec -- python modelo.py", N_("one command in the same container")),
        ("relevo shell --stop", N_("end it, and what runs in it; the next call makes it anew")),
    ),
    exits=(Exit.DONE, Exit.USAGE, Exit.OUTSIDE, Exit.INTERRUPTED),
)
@option("--stop", is_flag=True, help=N_("Stop the container, and remove it."))
@click.pass_obj
def command(session: Session, stop: bool) -> int:
    container = session.line().development()
    if stop:
        text = N_("removed the container `{name}`") if container.remove() else N_("there is no container `{name}`")
        terminal.out(_(text, name=container.name))
        return Exit.DONE
    with watch() as progress:
        done = container.ready(progress)
    if done:
        terminal.note(say(done))
    if os.isatty(0):
        return container.prompt(session.start)
    name, folder = container.name, container.folder
    terminal.out(_("the container `{name}` runs, with the project in {folder}", name=name, folder=folder))
    terminal.hint(_("run a command in it: relevo exec -- python …; end it: relevo shell --stop"))
    return Exit.DONE
