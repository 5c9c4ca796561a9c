"""The command that runs an image in the foreground, on this machine or where its engine is."""

from pathlib import Path

from relevo.core.artifact import Artifact
from relevo.core.settings import Settings
from relevo.image.engine import find
from relevo.image.layout import Layout
from relevo.image.running import hold
from relevo.image.stage import OCI, local_name

#: Where an image listens that is not from the store, unless it was told something else.
PORT = 8080


def command(image: Artifact | str, settings: Settings, host: str, port: int, aside: Path) -> list[str]:
    """The command that runs `image`: an artifact, or a name that the engine knows or can fetch.

    `aside` is a folder for scratch files.
    Raises OutsideError when no engine answers, or when it refuses the image.
    """
    engine = find(settings.image.builder, settings.image.run_args)
    if isinstance(image, str):
        return engine.foreground(image, host, port, PORT)
    layout = Layout(image.folder / OCI)
    hold(engine, layout, local_name(image.line, image.version), aside)
    inner = int(image.facts["ports"][0].partition("/")[0])
    return engine.foreground(layout.image_id, host, port, inner)
