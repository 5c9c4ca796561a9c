"""The folder that a builder builds: everything that goes into the image, in the order in which it changes.

    Dockerfile        the user's, with whatever else lies in its folder
    dependencies/     the packages of requirements.txt, laid out
    runtime/          what answers requests
    service/          the user's service code
    model/            what every version of the data changes: the model, and what tells the versions

Rights and times are the same whoever makes it, so that they do not show in the layers.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from relevo.calls import runtime
from relevo.calls.names import MODEL, OPENAPI, RUNTIME, SERVICE
from relevo.core.artifact import Artifact
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.image import dependencies
from relevo.image.base import Base
from relevo.image.builder import DOCKERFILE
from relevo.tools import sources

REQUIREMENTS, WHEELS = "requirements.txt", "wheels"
#: The folders of a context that relevo fills.
OURS = ("dependencies", "runtime", "service", "model")


@dataclass(frozen=True, slots=True)
class Sources:
    """The user's part of an image: the folder of the Dockerfile. `shown` is how messages call that folder."""

    folder: Path
    dockerfile: Path
    shown: str

    @classmethod
    def of(cls, root: Path, dockerfile: str) -> "Sources":
        """Raises UsageError when the Dockerfile or the locked list is missing, or a name of ours is taken."""
        path = root / dockerfile
        found = cls(path.parent, path, str(Path(dockerfile).parent))
        for needed in (path, path.parent / REQUIREMENTS):
            if not needed.is_file():
                raise UsageError(
                    "image-source-missing",
                    N_("`{file}`, which the image is made from, is not there"),
                    hint=N_("make one to start from: relevo init --add image"),
                    file=str(needed.relative_to(root)),
                )
        for name in OURS:
            if (path.parent / name).exists():
                raise UsageError(
                    "image-name-taken",
                    N_("`{file}` is in the way: in the image relevo fills a folder of that name"),
                    hint=N_("rename it, and what the Dockerfile says of it"),
                    file=f"{found.shown}/{name}",
                )
        return found

    def files(self) -> dict[str, Path]:
        """Relative path → file of everything that lies in the folder."""
        return sources.files(self.folder)

    def digests(self) -> dict[str, str]:
        """Path as messages call it → SHA-256."""
        return {f"{self.shown}/{name}": its for name, its in sources.digests(self.files()).items()}


def assemble(user: Sources, service: Artifact, base: Base, target: Path) -> dict[str, str]:
    """Fill the empty folder `target`; the version of each package that was laid out.

    Raises UsageError or OutsideError when the packages cannot be had.
    """
    for name, path in user.files().items():
        if not name.startswith(f"{WHEELS}/"):
            _copy(path, target / name)
    if user.dockerfile.name != DOCKERFILE:
        (target / user.dockerfile.name).rename(target / DOCKERFILE)
    laid_out = target / "dependencies"
    laid_out.mkdir()
    dependencies.install(
        [user.folder / REQUIREMENTS],
        user.folder / WHEELS,
        base.python,
        dependencies.platform(base.architecture, base.musl),
        laid_out,
    )
    for name, path in runtime.files().items():
        _copy(path, target / "runtime" / RUNTIME / name)
    for name in service.files:
        _copy(service.folder / name, target / ("model" if _changes_with_the_data(name) else "service") / name)
    _even_out(target)
    return dependencies.packages(laid_out)


def _changes_with_the_data(name: str) -> bool:
    return name in {OPENAPI, SERVICE} or name.startswith(f"{MODEL}/")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if os.access(source, os.X_OK):
        target.chmod(0o755)


def _even_out(folder: Path) -> None:
    """Readable by everybody, writable by nobody else, and as old as the world."""
    for path in (*folder.rglob("*"), folder):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
        os.utime(path, (0, 0))
