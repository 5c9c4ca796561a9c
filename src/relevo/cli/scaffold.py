"""The files of a new line, and how they come into being: all of them at once, or none."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from string import Template

from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.settings import VARIABLES, Kind
from relevo.settings import NAME
from relevo.tools import toml
from relevo.tools.files import unwritable

TEMPLATES = Path(__file__).parent / "templates"
_IGNORED_BY_GIT = ".relevo/\n__pycache__/\n"


def check_name(name: str) -> None:
    """Raises UsageError when `name` cannot be part of an address."""
    if not NAME.fullmatch(name):
        raise UsageError(
            "bad-name",
            N_("`{name}` cannot be the name of a line: it becomes part of the address of its service"),
            hint=N_("use lower-case letters, digits and hyphens, a letter first"),
            name=name,
        )


def check_free(folder: Path) -> None:
    """Raises UsageError when there is something at `folder` already."""
    if folder.is_dir():
        found = next(folder.iterdir(), None)
        if found is None:
            return
    elif folder.exists() or folder.is_symlink():
        found = folder
    else:
        return
    raise UsageError(
        "folder-taken",
        N_("`{file}` is there already, and init overwrites nothing"),
        hint=N_("choose another name, or another place with -C DIR"),
        file=str(found),
    )


def files(name: str, columns: Mapping[str, Kind], language: str) -> dict[str, str]:
    """Relative path → content of everything but the data. `language` is that of the comments: "es", else English."""
    templates = TEMPLATES / ("es" if language == "es" else "en")
    variables = {header: kind for header, kind in columns.items() if kind in VARIABLES}
    text = next(header for header, kind in columns.items() if kind == "text")
    values = {
        "name": name,
        "columns": "\n".join(f'{toml.key(header)} = "{kind}"' for header, kind in columns.items()),
        "imports": ", ".join(sorted({"text", *variables.values()})),
        "fields": "\n        ".join(
            f"{kind}({toml.text(header)})," for header, kind in [(text, "text"), *variables.items()]
        ),
    }

    def filled(template: str) -> str:
        return Template((templates / template).read_text(encoding="utf-8")).substitute(values)

    return {
        "relevo.toml": filled("relevo.toml.txt"),
        "service/app.py": filled("app.py.txt"),
        "README.md": filled("README.md.txt"),
        ".gitignore": _IGNORED_BY_GIT,
    }


def create(folder: Path, contents: Mapping[str, str], data: Path, data_name: str) -> None:
    """Make `folder` with `contents` and a copy of the file `data`; after a failure or a kill there is no such folder.

    Raises UsageError when the folder is taken, OutsideError when it cannot be written.
    """
    check_free(folder)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as aside:
            made = Path(aside) / folder.name
            for name, content in contents.items():
                path = made / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
            copy = made / data_name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(data, copy)
            made.rename(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
