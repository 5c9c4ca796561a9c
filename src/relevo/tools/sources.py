"""The files that a stage is made from: which there are in a folder, and their digests."""

from collections.abc import Mapping
from pathlib import Path

from relevo.tools.files import is_plain, sha256, unreadable, walk


def files(folder: Path) -> dict[str, Path]:
    """Every plain file below `folder` but for byte code and what is hidden: relative path → where it is.

    Raises OutsideError when the folder cannot be read.
    """
    try:
        return {
            name: path
            for name, path in walk(folder)
            if is_plain(path) and not any(part.startswith(".") or part == "__pycache__" for part in name.split("/"))
        }
    except OSError as error:
        raise unreadable(Path(error.filename or folder), error) from error


def digests(found: Mapping[str, Path]) -> dict[str, str]:
    """Name → SHA-256. Raises OutsideError for a file that cannot be read."""
    summed = {}
    for name, path in found.items():
        try:
            summed[name] = sha256(path)
        except OSError as error:
            raise unreadable(path, error) from error
    return summed
