"""`relevo push`: an image from the store to a registry."""

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.progress import watch
from relevo.cli.translate import _
from relevo.cli.verb import Session, argument, json_option, option, verb
from relevo.core.message import N_


@verb(
    "push",
    details=N_(
        "Tags it with its version, sends only the layers that are not there yet, and attaches the bill of materials. A "
        "tag that is there with another image is never moved. No engine is needed. The password comes from the "
        "variables RELEVO_REGISTRY_USER and RELEVO_REGISTRY_PASSWORD, or from where `docker login` and `podman login` "
        "keep it."
    ),
    examples=(
        ("relevo push image", N_("the newest image, to `repository` of [image]")),
        ("relevo push image@1.0.1 --to registry.example.org/team/quejas", N_("this one, to that repository")),
        ("relevo push image --json", N_("the digest, for a program")),
    ),
    exits=(Exit.DONE, Exit.FAILED, Exit.USAGE, Exit.OUTSIDE),
)
@argument("artifact", metavar=N_("IMAGE"), explained=N_("`image`, or image@version; `relevo log image` lists them."))
@option("--to", metavar=N_("REPOSITORY"), help=N_("Where to: registry/team/name, without a tag."))
@json_option
@click.pass_obj
def command(session: Session, artifact: str, to: str | None, as_json: bool) -> Exit:
    with watch() as progress:
        pushed = session.line().push(artifact, to, progress)
    if as_json:
        terminal.out_json(pushed.to_json())
        return Exit.DONE
    megabytes = round(pushed.sent / 1_000_000, 2)
    said = N_("pushed {tag}, {mb} MB") if pushed.new else N_("{tag} was there already, the very same")
    terminal.out(_(said, tag=pushed.tag, mb=megabytes))
    terminal.out(pushed.reference)
    return Exit.DONE
