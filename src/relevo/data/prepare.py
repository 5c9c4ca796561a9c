"""The project's own preprocessing: `prepare = "module:function"` in `[data]`, with the module below the line's folder.

    # data/preparation.py, for prepare = "data.preparation:prepare"
    def prepare(source: Path, target: Path) -> None:
        target.write_text(source.read_text().replace(";", ","))

It writes a CSV file. It runs in a process of its own, in the line's folder, with a fixed hash seed so that the order
of a set is the same each time. Its code, which is every `*.py` in and below the module's folder (only in it, when that
is the line's own), is part of the recipe.
"""

import sys
from pathlib import Path

from relevo.core.artifact import files_digest
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.tools.files import sha256, unreadable
from relevo.tools.process import LAST_LINES, run

#: Seconds.
TIME_LIMIT = 3600.0

#: The line's folder comes first on the path, where Python puts the folder of a script.
_RUNNER = """
import importlib, pathlib, sys
root, module, function, source, target = sys.argv[1:]
sys.path.insert(0, root)
getattr(importlib.import_module(module), function)(pathlib.Path(source), pathlib.Path(target))
"""


def code_digest(root: Path, spec: str) -> str:
    """The digest of the code of `spec`. Raises UsageError when it names no module below `root`."""
    folder = _file(root, spec).parent
    files = sorted(folder.glob("*.py") if folder == root else folder.rglob("*.py"))
    try:
        return files_digest({path.relative_to(root).as_posix(): sha256(path) for path in files})
    except OSError as error:
        raise unreadable(Path(error.filename or folder), error) from error


def prepare(root: Path, spec: str, source: Path, target: Path) -> None:
    """Let the project's code make the CSV file `target` from `source`.

    Raises UsageError with its own last lines when it fails or writes nothing, OutsideError when it does not end.
    """
    _file(root, spec)
    module, _, function = spec.partition(":")
    argv = [sys.executable, "-c", _RUNNER, str(root), module, function, str(source), str(target)]
    env = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    done = run(argv, cwd=root, env=env, timeout=TIME_LIMIT, check=False)
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise UsageError(
            "prepare-failed",
            N_("`{spec}` failed:\n{lines}"),
            hint=N_("mend it in `{file}`, then run again"),
            spec=spec,
            lines="\n".join(lines[-LAST_LINES:]),
            file=str(_file(root, spec).relative_to(root)),
        )
    if not target.is_file():
        raise UsageError(
            "prepare-wrote-nothing",
            N_("`{spec}` ended well, but did not write the file it was given as target"),
            hint=N_("def prepare(source: Path, target: Path) -> None must write a CSV file to `target`"),
            spec=spec,
        )


def _file(root: Path, spec: str) -> Path:
    """The file of the module."""
    module, colon, function = spec.partition(":")
    if not (colon and function.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        raise UsageError(
            "prepare-not-a-function",
            N_("[data] prepare is `{spec}`, which does not name a function"),
            hint=N_('write it as "module:function", for example "data.preparation:prepare"'),
            spec=spec,
        )
    place = root.joinpath(*module.split("."))
    for file in (place.with_name(f"{place.name}.py"), place / "__init__.py"):
        if file.is_file():
            return file
    raise UsageError(
        "prepare-missing",
        N_("[data] prepare is `{spec}`, but there is no `{file}`"),
        hint=N_("the module's path starts at the folder of relevo.toml"),
        spec=spec,
        file=place.with_name(f"{place.name}.py").relative_to(root).as_posix(),
    )
