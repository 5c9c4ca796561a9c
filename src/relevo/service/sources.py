"""The files that a service is made of besides the model: the user's code, and the runtime's."""

import importlib.util
from pathlib import Path

from relevo.calls.names import APP, RUNTIME
from relevo.core.artifact import files_digest
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.tools.files import is_plain, sha256, unreadable, walk


def code(root: Path, app: str) -> dict[str, Path]:
    """`app.py` and every other Python file of its folder: path relative to that folder → where it is.

    `app` is the setting, relative to `root`. Raises UsageError when it is missing or has another name.
    """
    path = root / app
    if path.name != APP:
        raise UsageError(
            "app-name",
            N_("`app` in [service] is `{app}`, but the file that declares the service is called `app.py`"),
            hint=N_("rename it; other Python files of its folder go along with it"),
            app=app,
        )
    if not path.is_file():
        raise UsageError(
            "app-missing",
            N_("`{file}`, which declares the service, is not there"),
            hint=N_("`relevo init` makes one to start from; `app` in [service] says where it is"),
            file=app,
        )
    return {name: file for name, file in _files(path.parent).items() if file.suffix == ".py"}


def app_source(path: Path) -> bytes:
    """The text of `app.py`. Raises OutsideError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def digests(files: dict[str, Path]) -> dict[str, str]:
    """Name → SHA-256. Raises OutsideError for a file that cannot be read."""
    found = {}
    for name, path in files.items():
        try:
            found[name] = sha256(path)
        except OSError as error:
            raise unreadable(path, error) from error
    return found


def runtime() -> str:
    """The digest of the installed runtime's files, found without importing it: what serves is part of the recipe.

    Raises UsageError when it is not installed.
    """
    spec = importlib.util.find_spec(RUNTIME)
    if spec is None or spec.origin is None:
        raise UsageError(
            "runtime-missing",
            N_("the package `relevo-runtime`, which serves the model, is not installed"),
            hint=N_("install it beside relevo: pip install relevo-runtime"),
        )
    files = {name: file for name, file in _files(Path(spec.origin).parent).items() if file.suffix != ".pyc"}
    return files_digest(digests(files))


def _files(folder: Path) -> dict[str, Path]:
    """Every plain file below `folder` but for byte code and what is hidden."""
    try:
        return {
            name: path
            for name, path in walk(folder)
            if is_plain(path) and not any(part.startswith(".") or part == "__pycache__" for part in name.split("/"))
        }
    except OSError as error:
        raise unreadable(Path(error.filename or folder), error) from error
