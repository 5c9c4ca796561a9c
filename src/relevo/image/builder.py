"""Who turns a build context into an image: the port, and how one is chosen.

A builder of another package is one class and one entry point of the group `relevo.builders`:

    class Kiln:
        name = "kiln"

        def __init__(self, arguments): ...
        def health(self): run(["kiln", "info"], timeout=10)
        def architecture(self): return "amd64"
        def base(self, reference): return run(["kiln", "pull", reference], timeout=900).stdout.strip()
        def build(self, context, base, aside): return run(["kiln", "build", str(context)], timeout=900).stdout.strip()
        def save(self, image, archive): run(["kiln", "save", image, str(archive)], timeout=900)
        def forget(self, image): run(["kiln", "rmi", image], timeout=60)
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from relevo.core.errors import OutsideError
from relevo.core.message import N_
from relevo.tools.plugins import load

#: In this order a builder is looked for when relevo.toml names none.
BUILDERS = ("podman", "docker", "buildah")
DOCKERFILE = "Dockerfile"
#: A base that lies in a folder, as an OCI layout, is called by its path behind this.
FOLDER = "oci:"


class Builder(Protocol):
    """Built as `cls(arguments)`: further arguments of its own for the build. Raises OutsideError with its own words."""

    name: ClassVar[str]

    def __init__(self, arguments: Sequence[str]) -> None: ...

    def health(self) -> None:
        """Raises OutsideError when it cannot build here, saying what is missing."""

    def architecture(self) -> str:
        """What it builds for, as images call it: `amd64`, `arm64`."""

    def base(self, reference: str) -> str:
        """The id of the base image, brought here when it is not. Raises OutsideError when it cannot be had."""

    def build(self, context: Path, base: str, aside: Path) -> str:
        """Build `context`, whose Dockerfile takes the argument BASE; the id of the image. `aside` is a scratch folder.

        No network is needed. Raises FailureError when the Dockerfile cannot be built.
        """

    def save(self, image: str, archive: Path) -> None:
        """Write the image to `archive`, as `docker save` does."""

    def forget(self, image: str) -> None:
        """Remove an image that was built; nothing when that is not possible."""


def choose(name: str, arguments: Sequence[str] = ()) -> Builder:
    """The builder called `name`; for "" the first that works here. Raises UsageError or OutsideError."""
    reasons = []
    for each in [name] if name else BUILDERS:
        builder: Builder = load("builders", each)(arguments)
        try:
            builder.health()
        except OutsideError as error:
            if name:
                raise
            reasons.append(error.message)
        else:
            return builder
    raise OutsideError(
        "no-builder",
        N_("nothing here can build an image: {reasons}"),
        hint=N_('install podman or buildah, or start docker\'s service; `builder = "oci"` in [image] needs no engine'),
        reasons=reasons,
    )
