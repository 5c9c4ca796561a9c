"""One at a time: a lock that the system takes back by itself when its holder ends, however it ends."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relevo.core.errors import OutsideError
from relevo.core.message import N_
from relevo.tools.clock import Clock, SystemClock
from relevo.tools.files import unwritable


@contextmanager
def hold(path: Path, clock: Clock | None = None, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock at `path` within the block; its file says who holds it and stays when it is given back.

    Raises OutsideError when another process holds it and we are not to `wait`, or when `path` cannot be written.
    """
    since = (clock or SystemClock()).now()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise unwritable(path, error) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(path) from None
        try:
            file.truncate(0)
            json.dump({"pid": os.getpid(), "host": socket.gethostname(), "since": since}, file)
            file.flush()
        except OSError as error:
            raise unwritable(path, error) from error
        yield


def _held(path: Path) -> OutsideError:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        named = {"pid": int(holder["pid"]), "host": str(holder["host"]), "since": str(holder["since"])}
    except (OSError, ValueError, KeyError, TypeError):  # it is being written at this moment
        named = {"pid": "?", "host": "?", "since": "?"}
    return OutsideError(
        "run-in-progress",
        N_("another run is at work in this line: process {pid} on {host}, since {since}"),
        hint=N_("wait for it to end; if nobody needs it, stop that process"),
        path=str(path),
        **named,
    )
