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
from pathlib import Path

from relevo.calls import runtime
from relevo.calls.names import MODEL, OPENAPI, RUNTIME, SERVICE
from relevo.core.artifact import Artifact
from relevo.image.base import Base
from relevo.image.builder import DOCKERFILE
from relevo.image.packages import dependencies
from relevo.image.sources import REQUIREMENTS, WHEELS, Sources


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
    dependencies.prune(laid_out)
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
