"""A service artifact's folder as a process, and the one place that knows the runtime's command line."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from relevo.calls.names import RUNTIME
from relevo.calls.rows import LONGEST
from relevo.core.errors import FailureError
from relevo.core.message import N_
from relevo.tools import process

HOST = "127.0.0.1"
START_SECONDS = 60.0
#: What a service may still take to end once it is asked to, in seconds; here it need not drain.
STOP_SECONDS = 10.0
#: The limits that the calls try: the runtime's own defaults, whatever the environment of this machine says.
MOST_ROWS, MOST_BYTES = 1_000, 1_048_576
#: The runtime's settings as the calls expect them of whatever they are made to.
LIMITS = {
    "RELEVO_MAX_ROWS": str(MOST_ROWS),
    "RELEVO_MAX_BODY_BYTES": str(MOST_BYTES),
    "RELEVO_MAX_TEXT_CHARS": str(LONGEST),
}
_FIXED = {"RELEVO_DRAIN_SECONDS": "0", **LIMITS, "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True, slots=True)
class Address:
    """A service that answers.

    `pid` is its process and process group, None where they cannot be seen from here, as on another machine.
    """

    host: str
    port: int
    pid: int | None = None


def command(folder: Path, host: str = HOST, port: int = 0, *, constant: bool = False) -> list[str]:
    """The command that serves the artifact in `folder`; port 0 takes a free one."""
    serve = [*runtime_command("serve", folder), "--host", host, "--port", str(port)]
    return [*serve, "--constant-model"] if constant else serve


def runtime_command(verb: str, folder: Path) -> list[str]:
    """The command that does `verb` with the artifact in `folder`; -P: the current folder's code is not what is run."""
    return [sys.executable, "-P", "-m", RUNTIME, verb, str(folder)]


def environment() -> dict[str, str | None]:
    """What is fixed, and none of the settings that happen to be in this environment."""
    return {**{name: None for name in os.environ if name.startswith("RELEVO_")}, **_FIXED}


@contextmanager
def running(folder: Path, *, constant: bool = False) -> Iterator[Address]:
    """The artifact in `folder` as a process on a free port, from ready to stopped. Nothing is written to `folder`.

    Raises FailureError when it does not become ready.
    """
    with process.start(command(folder, constant=constant), env=environment()) as server:
        try:
            yield Address(HOST, _port(server), server.pid)
        finally:
            server.stop(STOP_SECONDS)


def _port(server: process.Running) -> int:
    """Waits for the line that says where it listens."""
    until = monotonic() + START_SECONDS
    while monotonic() < until:
        line = server.readline(until - monotonic())
        if line is None:
            server.stop()
            raise FailureError(
                "service-not-started",
                N_("the service ended with {returncode} before it was ready: {reason}"),
                returncode=server.returncode,
                reason=server.errors,
            )
        try:
            event = json.loads(line)
        except ValueError:  # what the user's own code prints
            continue
        if isinstance(event, dict) and event.get("event") == "ready":
            return int(event["port"])
    raise FailureError("service-not-ready", N_("the service was not ready within {seconds} s"), seconds=START_SECONDS)
