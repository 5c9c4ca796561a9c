"""The installed runtime: the files of the package that serves, found without importing it."""

import importlib.util
from pathlib import Path

from relevo.calls.names import RUNTIME
from relevo.core.artifact import files_digest
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.tools import sources


def digest() -> str:
    """The digest of its files. Raises UsageError when the runtime is not installed."""
    return files_digest(sources.digests(files()))


def files() -> dict[str, Path]:
    """Relative path → where it is. Raises UsageError when the runtime is not installed."""
    spec = importlib.util.find_spec(RUNTIME)
    if spec is None or spec.origin is None:
        raise UsageError(
            "runtime-missing",
            N_("the package `relevo-runtime`, which serves the model, is not installed"),
            hint=N_("install it beside relevo: pip install relevo-runtime"),
        )
    return {name: file for name, file in sources.files(Path(spec.origin).parent).items() if file.suffix != ".pyc"}
