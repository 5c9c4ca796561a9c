"""`relevo serve`: the newest service, in the foreground."""

import errno
import os
import socket
import sys
from typing import NoReturn

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.translate import _
from relevo.cli.verb import Session, option, verb
from relevo.core.errors import OutsideError
from relevo.core.message import N_


@verb(
    "serve",
    details=N_(
        "Runs the newest service of this history until Ctrl-C or SIGTERM, exactly as it runs in production. Its log is "
        "JSON lines on stdout; the first one says on which port it listens. With `--image` it runs in a container: a "
        "version of this line, or any image of a service that the engine knows or can fetch."
    ),
    examples=(
        ("relevo serve", N_("on http://127.0.0.1:8080")),
        ("relevo serve --port 0", N_("on a free port")),
        ("relevo serve --image 1.0.1", N_("the image 1.0.1 in a container")),
        ("curl 127.0.0.1:8080/docs", N_("what it offers")),
    ),
    exits=(Exit.DONE, Exit.USAGE, Exit.OUTSIDE),
)
@option("--host", default="127.0.0.1", show_default=True, metavar=N_("HOST"), help=N_("Address to listen on."))
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    metavar=N_("PORT"),
    help=N_("Port to listen on; 0 is any free one."),
)
@option("--image", metavar=N_("IMAGE"), help=N_("Run this image: `image`, a version, or the name of one."))
@click.pass_obj
def command(session: Session, host: str, port: int, image: str | None) -> Exit:
    line = session.line()
    machine = None
    if image is None:
        program, *arguments = line.serve_command(host, port)
    else:
        port = port or _free(host, 0)  # in its container the service knows nothing of the port out here
        (program, *arguments), machine = line.serve_image_command(image, host, port)
    if machine is None:
        _free(host, port)
    if port:
        where = _address(machine or host)
        terminal.note(_("listening on http://{host}:{port} (docs at /docs); Ctrl-C ends it", host=where, port=port))
    _become(program, arguments)


def _free(host: str, port: int) -> int:
    """`port`, or a free one for 0.

    Raises OutsideError when nobody could listen there. The service says so too, but it does not know who reads.
    """
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as server:
            return int(server.getsockname()[1])
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise OutsideError(
            "port-in-use" if taken else "cannot-listen",
            N_("{host}:{port} is in use by another program")
            if taken
            else N_("cannot listen on {host}:{port}: {reason}"),
            hint=N_("choose another port, for example --port 0 for any free one") if taken else "",
            host=_address(host),
            port=port,
            # create_server adds the address to the words of the system; a name that is not found has its own words.
            reason=os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error),
        ) from error


def _address(host: str) -> str:
    """As it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def _become(program: str, arguments: list[str]) -> NoReturn:
    """Turn this process into the service, so that signals and the exit code are the service's own."""
    sys.stdout.flush()
    os.execvp(program, [program, *arguments])  # noqa: S606 - an argument list, and no shell
