"""The files that a service is made of besides the model: the user's code, and the runtime's."""

from pathlib import Path

from relevo.calls.names import APP
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.tools.files import unreadable
from relevo.tools.sources import files


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
    return {name: file for name, file in files(path.parent).items() if file.suffix == ".py"}


def app_source(path: Path) -> bytes:
    """The text of `app.py`. Raises OutsideError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
