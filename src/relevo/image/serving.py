"""The command that runs an image in the foreground, on this machine or where its engine is."""

from pathlib import Path

from relevo.core.artifact import Artifact
from relevo.core.settings import Settings
from relevo.image.engine import LOOPBACK, find
from relevo.image.facts import tcp_port
from relevo.image.oci.layout import opened
from relevo.image.running import hold
from relevo.image.stage import OCI, local_name
from relevo.tools.files import unwritable

#: Where an image listens that is not from the store, unless it was told something else.
PORT = 8080


def command(
    image: Artifact | str, settings: Settings, host: str, port: int, aside: Path
) -> tuple[list[str], str | None]:
    """The command that runs `image`, an artifact or a name that the engine knows or can fetch; and the machine of its
    engine, None for this one.

    `aside` is a folder for scratch files.
    Raises OutsideError when no engine answers, or when it refuses the image.
    """
    engine = find(settings.image.builder, settings.image.run_args)
    machine = None if engine.host == LOOPBACK else engine.host
    if isinstance(image, str):
        return engine.foreground(image, host, port, PORT), machine
    try:
        aside.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(aside, error) from error
    layout = opened(image.folder / OCI)
    known = hold(engine, layout, local_name(image.line, image.version), aside)
    return engine.foreground(known, host, port, tcp_port(image.facts)), machine
