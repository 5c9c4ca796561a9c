"""Files that are there whole or not at all, and their digests."""

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from relevo.core.errors import OutsideError
from relevo.core.message import N_

_HINTS = {
    errno.ENOSPC: N_("make room on that disk, then run again"),
    errno.EDQUOT: N_("make room in your quota, then run again"),
    errno.EFBIG: N_("raise the limit on the size of files (`ulimit -f`), then run again"),
    errno.EACCES: N_("you need the right to write there"),
    errno.EPERM: N_("you need the right to write there"),
    errno.EROFS: N_("that disk is read-only: mount it writable, or work elsewhere"),
}


def unwritable(path: Path, error: OSError) -> OutsideError:
    """What to say when `path` cannot be written."""
    return OutsideError(
        "cannot-write",
        N_("cannot write `{path}`: {reason}"),
        hint=_HINTS.get(error.errno or 0, ""),
        path=str(path),
        reason=error.strerror or str(error),
    )


def unreadable(path: Path, error: OSError) -> OutsideError:
    """What to say when `path` cannot be read."""
    return OutsideError(
        "cannot-read", N_("cannot read `{path}`: {reason}"), path=str(path), reason=error.strerror or str(error)
    )


def walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """(relative path with `/`, path) of everything below `folder` that is no directory, in sorted order.

    Links are not followed: a link to a directory is one entry. Raises OSError.
    """
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            for below, file in walk(path):
                yield f"{entry.name}/{below}", file
        else:
            yield entry.name, path


def is_plain(path: Path) -> bool:
    """Whether `path` is a regular file: no link, pipe, socket or device."""
    return path.is_file() and not path.is_symlink()


def sha256(path: Path) -> str:
    """The SHA-256 of the content, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """Relative path → SHA-256 of every file below `folder`.

    Raises OutsideError when there is something else than plain files and folders, or when one cannot be read.
    """
    found = {}
    try:
        for name, path in walk(folder):
            if not is_plain(path):
                raise not_plain(path)
            found[name] = sha256(path)
    except OSError as error:
        raise unreadable(Path(error.filename or folder), error) from error
    return found


def not_plain(path: Path) -> OutsideError:
    """What to say when a link, pipe, socket or device is where only files may be."""
    return OutsideError(
        "not-a-plain-file",
        N_("`{path}` is no plain file: an artifact holds no links, pipes or devices"),
        hint=N_("put a copy of the file in its place"),
        path=str(path),
    )


def sync(path: Path) -> None:
    """Wait until the file or folder at `path` is on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # what some network file systems say to a folder: they need no telling
            raise
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Replace the file at `path` by `text` (UTF-8): after a kill at any moment it is the old one or the new one.

    Its folder is made when it is missing. Raises OutsideError.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        sync(path.parent)
        for left in path.parent.glob(f".{path.name}.*.tmp"):
            if not _alive(left):
                left.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def _alive(aside: Path) -> bool:
    """Whether the process that the name of a temporary file ends with is still there."""
    try:
        os.kill(int(aside.suffixes[-2].removeprefix(".")), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):  # somebody else's process, or no file of ours
        return True
    return True
