"""What only images need, and relevo does without where there are none: `pip install 'relevo[image]'`."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from relevo.core.errors import OutsideError
from relevo.core.message import N_

PROGRAMS, MODULES = ("uv", "hadolint"), ("cyclonedx", "packaging")


def need() -> None:
    """Raises OutsideError when something of it is missing, before anything is made."""
    for name in PROGRAMS:
        program(name)
    for name in MODULES:
        if find_spec(name) is None:
            raise _missing(name)


def program(name: str) -> str:
    """The program, beside this Python or on the PATH. Raises OutsideError when it is not installed."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise _missing(name)
    return found


def _missing(name: str) -> OutsideError:
    return OutsideError(
        "image-extra-missing",
        N_("`{name}`, which images need, is not installed"),
        hint=N_("install it beside relevo: pip install 'relevo[image]'"),
        name=name,
    )
