"""podman or docker, as far as containers are run with it: load an image, start it, look at it, end it.

The engine may be on another machine: `CONTAINER_HOST` (podman) and `DOCKER_HOST` (docker) say where. What it publishes
is then asked for there, and no folder can be shared with it.
"""

import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from relevo.core.errors import FailureError, OutsideError
from relevo.core.message import N_, Message
from relevo.tools.foreground import attend
from relevo.tools.process import Completed, run, surely

#: In this order an engine is looked for; each with the variable that says where its service is.
ENGINES: Mapping[str, str] = {"podman": "CONTAINER_HOST", "docker": "DOCKER_HOST"}
LOOPBACK = "127.0.0.1"
#: Seconds for whatever should be quick, and for what moves a whole image.
QUICK, LONG = 60.0, 900.0
#: Which line a container was started for, so that what a killed run left behind is found again.
LABEL = "relevo.gate"
#: What a container ends with that the kernel killed; not every engine finds out why.
KILLED = 137
#: What an engine ends with when the command of an image is not there, or may not be called.
_NOT_CALLED = (126, 127)
#: So many of a container's own last lines are shown when something is wrong with it.
LAST_LINES = 8


@dataclass(frozen=True, slots=True)
class State:
    """Whether a container runs; if not, what it ended with. `oom`: the kernel ended it for want of memory."""

    running: bool
    exit_code: int
    oom: bool
    pid: int | None


class Engine:
    """One engine. Its methods raise OutsideError with the engine's own words."""

    def __init__(self, program: str, run_args: Sequence[str] = ()) -> None:
        self.program = program
        self._run_args = run_args

    @property
    def _where(self) -> str:
        """The address of its service, "" where it was not told one."""
        told = os.environ.get(ENGINES[self.program]) or (self._context if self.program == "docker" else "")
        return told if "://" in told or not told else f"tcp://{told}"

    @cached_property
    def _context(self) -> str:
        """The address that `docker context use` chose."""
        return self("context", "inspect", "--format", "{{.Endpoints.docker.Host}}", check=False).stdout.strip()

    @property
    def host(self) -> str:
        """Where the ports are that it publishes."""
        return urlsplit(self._where).hostname or LOOPBACK

    @property
    def remote(self) -> bool:
        """Whether it runs on another machine, or may do so, so that neither folders nor processes are shared."""
        return urlsplit(self._where).scheme not in {"", "unix"}

    @cached_property
    def rootless(self) -> bool:
        """Whether it runs without root, and has few user ids to give."""
        if self.program == "podman":
            return self("info", "--format", "{{.Host.Security.Rootless}}").stdout.strip() == "true"
        return "rootless" in self("info", "--format", "{{.SecurityOptions}}").stdout

    @property
    def command(self) -> list[str]:
        """The program, and how it is told where its service is."""
        return [self.program, "--remote"] if self.program == "podman" and self._where else [self.program]

    def __call__(
        self, *arguments: str, timeout: float = QUICK, check: bool = True, cwd: Path | None = None
    ) -> Completed:
        """Run one command of the engine."""
        done = run([*self.command, *arguments], timeout=timeout, check=False, cwd=cwd)
        if check and done.returncode != 0:
            raise refused(self.program, arguments[0], done)
        return done

    def attend(self, arguments: Sequence[str], interrupt: Callable[[], object]) -> int:
        """Run one command of the engine on our own stdin, stdout and stderr, as `tools.foreground.attend` does."""
        return attend([*self.command, *arguments], interrupt)

    def health(self) -> None:
        """Raises OutsideError when it cannot be used."""
        self("info", "--format", "{{json .}}")

    def has(self, image: str) -> bool:
        return self("image", "inspect", "--format", "{{.Id}}", image, check=False).returncode == 0

    def load(self, archive: Path) -> None:
        self("load", "--quiet", "--input", str(archive), timeout=LONG)

    def sweep(self, line: str) -> None:
        """Remove the containers that a killed run of this line left behind."""
        left = self("ps", "--all", "--quiet", "--filter", f"label={_label(line)}").stdout.split()
        if left:
            self.remove(*left)

    def remove(self, *containers: str, check: bool = True) -> None:
        """Kill them and take them away; they are not asked, because a service takes its time to drain."""
        at_once = ("--time", "0") if self.program == "podman" else ()  # docker never asks
        self("rm", "--force", *at_once, "--volumes", *containers, check=check)

    def foreground(self, image: str, host: str, port: int, inner: int) -> list[str]:
        """The command that runs `image` until a signal ends it, its port `inner` being at `host`:`port`.

        On another machine it is at every address of that one, because `host` is one of ours.
        """
        if self.host == LOOPBACK:
            address = f"[{host}]" if ":" in host else LOOPBACK if host == "localhost" else host  # podman takes no names
            publish = f"{address}:{port or ''}:{inner}"
        else:
            publish = f"{port}:{inner}" if port else str(inner)
        return [*self.command, "run", "--rm", "--publish", publish, *self._run_args, image]

    @contextmanager
    def container(
        self, image: str, line: str, port: int, extra: Sequence[str] = (), command: Sequence[str] = ()
    ) -> Iterator["Container"]:
        """A container of `image`, whose `port` is published; it is gone after the block, whatever happens in it.

        Raises FailureError when the image names a command that cannot be called.
        """
        name = f"relevo-{secrets.token_hex(6)}"
        publish = f"{LOOPBACK}::{port}" if self.host == LOOPBACK else str(port)
        arguments = ["--detach", "--name", name, "--label", _label(line), "--publish", publish]
        try:
            # conmon may leave a file `oom` in its folder when the memory ends: this folder is gone by then.
            with tempfile.TemporaryDirectory() as cwd:
                options = [*arguments, *self._run_args, *extra]  # what a gate asks for is the last word
                done = self("run", *options, image, *command, check=False, cwd=Path(cwd))
            if done.returncode in _NOT_CALLED:
                words = _last(done)
                raise FailureError("not-started", N_("the container cannot be started: {words}"), words=words)
            if done.returncode != 0:
                raise refused(self.program, "run", done)
            yield Container(self, name, port)
        finally:
            surely(lambda: self.remove(name, check=False))


def _label(line: str) -> str:
    """Of containers for the line in the folder `line` of this machine; the engine may serve others, too."""
    return f"{LABEL}={socket.gethostname()}:{line}"


@dataclass(frozen=True)
class Container:
    """One container that was started; it may have ended since."""

    engine: Engine
    name: str
    inner_port: int

    @cached_property
    def port(self) -> int | None:
        """Where `inner_port` is published; None when it has ended."""
        published = self.engine("port", self.name, f"{self.inner_port}/tcp", check=False).stdout.split()
        return int(published[0].rpartition(":")[2]) if published else None

    def state(self) -> State:
        asked = "{{.State.Running}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.State.Pid}}"
        running, code, oom, pid = self.engine("inspect", "--format", asked, self.name).stdout.split()
        here = running == "true" and not self.engine.remote
        return State(running == "true", int(code), oom == "true", int(pid) if here else None)

    def logs(self) -> str:
        """Its last lines, stdout and stderr together."""
        done = self.engine("logs", "--tail", str(LAST_LINES), self.name, check=False)
        return "\n".join((done.stdout + done.stderr).strip().splitlines()[-LAST_LINES:])

    def ask(self, *command: str) -> Completed:
        """Run a command in it."""
        return self.engine("exec", self.name, *command, check=False)

    def signal(self, name: str) -> None:
        self.engine("kill", "--signal", name, self.name)

    def evidence(self) -> Iterator[Message]:
        """What became of it, and its last words."""
        state = self.state()
        if state.oom:
            yield Message(N_("the container ran out of memory: see `memory` in [deploy.test]"))
        elif not state.running and state.exit_code == KILLED:
            yield Message(
                N_("the container was killed, as it is when it runs out of memory: see `memory` in [deploy.test]")
            )
        elif not state.running:
            yield Message(N_("the container ended with {code}"), {"code": state.exit_code})
        if logs := self.logs():
            yield Message(N_("its last log lines:\n{lines}"), {"lines": logs})


def find(builder: str, run_args: Sequence[str] = ()) -> Engine:
    """The engine that goes with `builder`, else the first that answers. Raises OutsideError when none does."""
    names = [name for name in ENGINES if name == builder] or list(ENGINES)
    words: list[OutsideError] = []
    for name in names:
        engine = Engine(name, run_args)
        try:
            engine.health()
        except OutsideError as error:
            words.append(error)
        else:
            return engine
    raise OutsideError(
        "no-engine",
        N_("no container engine answers: {reasons}"),
        hint=N_(
            "install podman, or start docker's service; CONTAINER_HOST and DOCKER_HOST name an engine on another "
            "machine"
        ),
        reasons=[error.message for error in words],
    )


def refused(program: str, verb: str, done: Completed) -> OutsideError:
    """An engine did not do what it was told."""
    words = _last(done)
    full = "no space left on device" in words.lower()
    return OutsideError(
        "engine-refused",
        N_("`{program} {verb}` ended with {code}: {words}"),
        hint=N_("make room on that disk, then run again")
        if full
        else N_("those are the words of {program}; `{program} info` says how it is set up"),
        program=program,
        verb=verb,
        code=done.returncode,
        words=words,
    )


def base_missing(reference: str, words: str | Message) -> OutsideError:
    """A base image that is not here could not be brought here; `words` say why: of an engine its last line, since those
    before it tell of the attempts."""
    return OutsideError(
        "base-missing",
        N_("the base image `{reference}` is not here and cannot be fetched: {words}"),
        hint=N_("bring it here, or name another: `base` in [image], or the variable RELEVO_BASE"),
        reference=reference,
        words=words,
    )


def _last(done: Completed) -> str:
    """The last words of the engine."""
    return "\n".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-LAST_LINES:])
