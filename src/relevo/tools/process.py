"""The only place that starts other programs: argument lists, a time limit, and nothing left running."""

import atexit
import os
import shutil
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from relevo.core.errors import OutsideError
from relevo.core.message import N_

if TYPE_CHECKING:
    import queue
    import subprocess
    import threading

#: How many of a program's own last lines are shown when it fails.
LAST_LINES = 5

#: Asks Linux to kill the program when the one that started it is gone, even by SIGKILL; then becomes the program.
#: A process of its own, because code between fork and exec is not safe beside the threads of DuckDB and numpy.
_TIED = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[3:])
"""


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program that ended left behind. `returncode` is negative when a signal ended it."""

    returncode: int
    stdout: str
    stderr: str


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while a program ran to its end. `stdout` is what it had said; "" where it had to be killed."""

    def __init__(self, stdout: str) -> None:
        super().__init__()
        self.stdout = stdout


def run(  # noqa: PLR0913  each is a property of one call
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str | None] | None = None,
    timeout: float,
    input: bytes | None = None,
    check: bool = True,
    grace: float = 0,
) -> Completed:
    """Run a program to its end. `timeout` is in seconds; `env` is added to this process's environment, None removes.

    Where it takes longer, or Ctrl-C comes, it and its children are killed; before that it has `grace` seconds to clean
    up, with its children told to end. Raises OutsideError when the program is missing or cannot be started, when it
    takes too long, and, with `check`, when it ends with anything but 0; Interrupted at Ctrl-C.
    """
    from subprocess import DEVNULL, PIPE, TimeoutExpired

    process = popen(argv, cwd, env, stdin=DEVNULL if input is None else PIPE, stdout=PIPE, stderr=PIPE)
    try:
        stdout, stderr = process.communicate(input, timeout=timeout)
    except KeyboardInterrupt:
        raise Interrupted(_let_go(process, grace)) from None
    except TimeoutExpired:
        _let_go(process, grace)
        raise OutsideError(
            "program-too-slow",
            N_("`{command}` did not end within {timeout} s and was stopped"),
            command=" ".join(argv[:2]),  # what follows may hold a password
            timeout=timeout,
        ) from None
    finally:
        _kill(process)
    done = Completed(process.returncode, stdout.decode(errors="replace"), stderr.decode(errors="replace"))
    if check and done.returncode != 0:
        raise OutsideError(
            "program-failed",
            N_("`{command}` ended with {returncode}: {last}"),
            command=" ".join(argv),
            returncode=done.returncode,
            last=_last((done.stderr.strip() or done.stdout.strip()).splitlines()),
        )
    return done


def surely(clean_up: Callable[[], object]) -> None:
    """Clean up, and once more where Ctrl-C came into it."""
    try:
        clean_up()
    except KeyboardInterrupt:
        clean_up()
        raise


def start(argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str | None] | None = None) -> "Running":
    """Start a program that goes on by itself, a server for example, in a process group of its own.

    It ends with `Running.stop`, with this process, and on Linux also with the thread that called this. `env` is as in
    `run`. Raises OutsideError when the program is missing or cannot be started.
    """
    from subprocess import DEVNULL, PIPE

    if sys.platform == "linux":
        tie = [sys.executable, "-ISc", _TIED, str(os.getpid()), _found(argv[0])]
        process = popen([*tie, *argv], cwd, env, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    else:
        process = popen(argv, cwd, env, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    return Running(list(argv), process)


class Running:
    """A program that was started and goes on. As a context manager it is stopped at the end of the block.

    with start([sys.executable, "-m", "http.server", "0"]) as server:
        first = server.readline(timeout=10)
    """

    def __init__(self, argv: list[str], process: "subprocess.Popen[bytes]") -> None:
        from queue import SimpleQueue

        self.argv = argv
        self._process = process
        self._lines: queue.SimpleQueue[str | None] = SimpleQueue()
        self._errors: deque[str] = deque(maxlen=LAST_LINES)
        # Both streams are read at all times, so that a talkative program never waits for us.
        self._readers = (
            _reader(process.stdout, self._lines.put, end=lambda: self._lines.put(None)),
            _reader(process.stderr, self._errors.append),
        )
        self._stopped = False
        atexit.register(self.stop, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    @property
    def errors(self) -> str:
        """Its last lines on stderr: all of them up to LAST_LINES once it has ended, what has come so far before."""
        if self.returncode is not None:
            self._readers[1].join(1)
        return _last(self._errors)

    def readline(self, timeout: float) -> str | None:
        """The next line of its stdout without the line end; None when there will be no more.

        Raises OutsideError when nothing comes for `timeout` seconds.
        """
        from queue import Empty

        try:
            line = self._lines.get(timeout=timeout)
        except Empty:
            raise OutsideError(
                "program-silent",
                N_("`{command}` said nothing for {timeout} s: {last}"),
                command=" ".join(self.argv),
                timeout=timeout,
                last=self.errors,
            ) from None
        if line is None:
            self._lines.put(None)
        return line

    def stop(self, grace: float = 5) -> int:
        """End it: SIGTERM to its process group, SIGKILL after `grace` seconds. Its return code; again: the same."""
        from subprocess import TimeoutExpired

        if not self._stopped:
            if self._process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGTERM)
                with suppress(TimeoutExpired):
                    self._process.wait(grace)
            _kill(self._process, *self._readers)
            self._stopped = True
            atexit.unregister(self.stop)
        return self._process.returncode


def popen(
    argv: Sequence[str],
    cwd: Path | None,
    env: Mapping[str, str | None] | None,
    process_group: int | None = 0,
    **streams: Any,
) -> "subprocess.Popen[bytes]":
    from subprocess import Popen

    program = _found(argv[0])
    environment = {name: value for name, value in {**os.environ, **(env or {})}.items() if value is not None}
    try:
        return Popen(list(argv), executable=program, cwd=cwd, env=environment, process_group=process_group, **streams)
    except OSError as error:
        raise OutsideError(
            "program-not-started",
            N_("cannot start `{program}` in `{folder}`: {reason}"),
            program=argv[0],
            folder=str(cwd or Path.cwd()),
            reason=error.strerror or str(error),
        ) from error


def _found(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise OutsideError(
            "program-missing",
            N_("the program `{program}` is not installed, or not on the PATH"),
            hint=N_("install `{program}`, or add its folder to PATH, and run again"),
            program=program,
        )
    return found


def _let_go(process: "subprocess.Popen[bytes]", grace: float) -> str:
    """Tell its children to end until it has ended itself, for `grace` seconds at most. What it said, when it has.

    The program is not told: podman, which cleans up when a step of a build fails, would end without doing so.
    """
    from subprocess import TimeoutExpired
    from time import monotonic

    until = monotonic() + grace
    while monotonic() < until:
        for child in _children(process.pid):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGTERM)
        with suppress(TimeoutExpired):
            stdout, _ = process.communicate(timeout=0.2)  # reads on, so that it never waits for us
            return str(stdout, errors="replace")
    return ""


def _children(pid: int) -> Iterator[int]:
    """The processes that `pid` started and that still run; none where the system does not tell."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
            if int(status.read_text(errors="replace").rpartition(")")[2].split()[1]) == pid:
                yield int(status.parent.name)


def _kill(process: "subprocess.Popen[bytes]", *readers: "threading.Thread") -> None:
    """Whatever is left of the process group, and our ends of its pipes."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for reader in readers:
        reader.join(1)
    if any(reader.is_alive() for reader in readers):
        return  # a child in a session of its own still holds the other end, and closing a stream that is read blocks
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with suppress(BrokenPipeError):
                stream.close()


def _reader(
    stream: IO[bytes] | None, each: Callable[[str], object], end: Callable[[], object] = lambda: None
) -> "threading.Thread":
    from threading import Thread

    def read() -> None:
        for line in stream or ():
            each(line.decode(errors="replace").rstrip("\r\n"))
        end()

    thread = Thread(target=read, daemon=True)
    thread.start()
    return thread


def _last(lines: Iterable[str]) -> str:
    return "\n".join(deque((line for line in lines if line.strip()), LAST_LINES))
