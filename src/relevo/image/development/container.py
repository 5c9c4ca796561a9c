"""A container in place of a venv: the line's base image, with the project's folder shared and its packages in it.

The folder is at `/NAME`, and what is written there stays. The rest, see `devcontents`, is of no value, and is made anew
when what it was made from has changed. The container is found again by its name, which follows from the line and the
folder.
"""

import hashlib
import json
import re
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relevo.core.errors import UsageError
from relevo.core.message import N_, Message
from relevo.core.ports import Progress
from relevo.core.settings import Settings
from relevo.image.development.contents import OURS, Contents, Python
from relevo.image.engine import ENGINES, LONG, Engine, refused
from relevo.tools.runlock import hold

#: Whose it is, and what it was made from, as a JSON object.
LINE, MADE_FROM = "relevo.development.line", "relevo.development.made-from"
#: Every command gets it with a value of its own, by which it and what it starts are found again. It does not begin with
#: `RELEVO_`, because the service refuses what is none of its settings there.
MARK = "_RELEVO_COMMAND"
#: Folders of every system, which a project's folder may not hide.
_SYSTEM = re.compile(r"bin|boot|dev|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var")
#: Keeps the container running and ends at once when it is told to, which `sleep` does not as the first process of all;
#: what commands leave behind when they end is cleared away. One line, so that it is one in the engine's lists.
_STAY = (
    "import signal as s; s.signal(s.SIGCHLD, s.SIG_IGN); s.pthread_sigmask(s.SIG_BLOCK, [s.SIGTERM]); "
    "s.sigwait([s.SIGTERM])"
)
#: Ends all that has the mark: as Ctrl-C does, and what is there five seconds later by force.
_END = """
import os, signal, sys, time
def marked():
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/environ", "rb") as file:
                if sys.argv[1].encode() in file.read().split(b"\\0"):
                    yield int(number)
        except OSError:
            pass
for sent in (signal.SIGINT, signal.SIGKILL):
    for number in marked():
        try:
            os.kill(number, sent)
        except OSError:
            pass
    end = time.monotonic() + 5
    while any(marked()) and time.monotonic() < end:
        time.sleep(0.05)
"""
_PROMPT = "command -v bash >/dev/null && exec bash; exec sh"


@dataclass(frozen=True, slots=True)
class _Found:
    """A container of ours, as the engine has it."""

    status: str
    made_from: Mapping[str, str]

    @property
    def whole(self) -> bool:
        """Whether it ever ran: starting it is the last step of making it."""
        return self.status not in {"created", "initialized"}

    def runs(self, wanted: Mapping[str, str]) -> bool:
        return self.status == "running" and self.made_from == wanted

    def changed(self, wanted: Mapping[str, str]) -> str:
        """The names of the parts that are others now."""
        names = {*wanted, *self.made_from} if self.whole else ()
        return ", ".join(sorted(name for name in names if wanted.get(name) != self.made_from.get(name)))


class DevContainer:
    """The development container of the line in `root`. Its methods raise OutsideError with the engine's own words, and
    UsageError when its name belongs to a container of somebody else's."""

    def __init__(self, engine: Engine, root: Path, settings: Settings) -> None:
        """Raises UsageError when the engine is on another machine."""
        if engine.remote:
            raise UsageError(
                "folder-not-shared",
                N_("{variable} names an engine on another machine, and no folder can be shared with that one"),
                hint=N_("run this on that machine, or unset {variable} to use an engine of this one"),
                variable=ENGINES[engine.program],
            )
        self._engine = engine
        self._root = root
        self._run_args = settings.image.run_args
        self._base = settings.image.base
        self._contents = Contents(engine, root, settings)
        line = settings.line.name
        self.name = f"relevo-{line}-{hashlib.sha256(str(root).encode()).hexdigest()[:8]}"
        #: where the project's folder is in it
        self.folder = f"/srv/{line}" if _SYSTEM.fullmatch(line) else f"/{line}"

    def ready(self, progress: Progress) -> Message | None:
        """Make or start it where it does not run as the line wants it now. Says what was done, None for nothing.

        Raises UsageError when the base has no Python, when a package cannot be had, or when it must be made anew and
        commands still run in it.
        """
        wanted = self._contents.parts(progress)
        if (found := self._find()) and found.runs(wanted):
            return None
        with hold(self._root / ".relevo" / "container.lock", wait=True):
            if (found := self._find()) and found.runs(wanted):
                return None  # another call has just made it
            if found and found.whole and found.made_from == wanted:
                self._engine("start", self.name)
                return Message(N_("started the container `{name}`"), {"name": self.name})
            return self._renew(found, wanted, progress)

    def run(self, command: Sequence[str], where: Path, *, terminal: bool) -> int:
        """Run `command` in the folder `where` of the project, on our stdin, stdout and stderr; its exit code.

        `terminal`: all three are one. What interrupts us ends the command, and raises KeyboardInterrupt.
        """
        mark = f"{MARK}={secrets.token_hex(8)}"
        inside = f"{self.folder}/{where.relative_to(self._root).as_posix()}".removesuffix("/.")
        options = ["--interactive", *(["--tty"] if terminal else []), "--workdir", inside, "--env", mark]
        return self._engine.attend(["exec", *options, self.name, *command], lambda: self._end(mark))

    def prompt(self, where: Path) -> int:
        """A shell in the folder `where` of the project, on our terminal; its exit code."""
        return self.run(["sh", "-c", _PROMPT], where, terminal=True)

    def remove(self) -> bool:
        """Stop it, with all that runs in it, and remove it. Whether there was one."""
        if self._find() is None:
            return False
        self._engine("rm", "--force", "--volumes", self.name)
        return True

    def _end(self, mark: str) -> None:
        self._engine("exec", self.name, "python3", "-c", _END, mark, check=False)

    def _find(self) -> _Found | None:
        asked = '{"status": {{json .State.Status}}, "labels": {{json .Config.Labels}}}'
        done = self._engine("container", "inspect", "--format", asked, self.name, check=False)
        if done.returncode != 0:
            if "no such container" in done.stderr.lower():
                return None
            raise refused(self._engine.program, "container inspect", done)
        told: dict[str, Any] = json.loads(done.stdout)
        labels = told["labels"] or {}
        if labels.get(LINE) != str(self._root):
            raise UsageError(
                "container-foreign",
                N_("a container that is not of this line has the name `{name}`"),
                hint=N_("rename it, or remove it: {program} rm {name}"),
                name=self.name,
                program=self._engine.program,
            )
        return _Found(told["status"], json.loads(labels[MADE_FROM]))

    def _renew(self, found: _Found | None, wanted: Mapping[str, str], progress: Progress) -> Message:
        """Make it, in place of `found`, which stays until the packages for the new one are there."""
        changed = found.changed(wanted) if found else ""
        if found and found.status == "running" and self._in_use():
            raise UsageError(
                "container-in-use",
                N_("the container `{name}` must be made anew, because of {changed}, and commands still run in it"),
                hint=N_("wait for them to end, or end them with it: relevo shell --stop"),
                name=self.name,
                changed=changed,
            )
        progress.step(Message(N_("making the container `{name}`"), {"name": self.name}))
        with tempfile.TemporaryDirectory(prefix="relevo-") as aside:
            ours = Path(aside) / "ours"
            python = self._contents.python(wanted["base"])
            self._contents.lay_out(python, wanted["base"], ours, progress)
            self.remove()
            progress.step(Message(N_("filling the container `{name}`"), {"name": self.name}))
            self._make(ours, python, wanted)
        params = {"name": self.name, "base": self._base, "changed": changed}
        if changed:
            return Message(N_("made the container `{name}` anew, because these changed: {changed}"), params)
        return Message(N_("made the container `{name}` from `{base}`"), params)

    def _in_use(self) -> bool:
        """Whether more runs in it than what keeps it running; the first line is the heading of the list."""
        return len(self._engine("top", self.name).stdout.splitlines()) > 2

    def _make(self, ours: Path, python: Python, wanted: Mapping[str, str]) -> None:
        """Create, fill and start it; nothing of it is left when that fails or is interrupted."""
        # What is made in the folder belongs to whose the folder is; without root, the engine's root is the user.
        user = "0:0" if self._engine.rootless else wanted["owner"]
        labels = {LINE: str(self._root), MADE_FROM: json.dumps(wanted, sort_keys=True)}
        # Quoted, because a path may hold a comma. SELinux would not let the container see the folder.
        volume = ("--mount", f'type=bind,"source={self._root}",target={self.folder}', "--security-opt", "label=disable")
        options = ["--name", self.name, "--user", user, *volume, "--workdir", self.folder]
        options += [word for name, value in python.environment().items() for word in ("--env", f"{name}={value}")]
        options += [word for name, value in labels.items() for word in ("--label", f"{name}={value}")]
        options += [*self._run_args, "--entrypoint", "python3"]
        try:
            self._engine("create", *options, wanted["base"], "-c", _STAY)
            self._engine("cp", f"{ours}/.", f"{self.name}:{OURS}", timeout=LONG)
            self._engine("start", self.name)
        except BaseException:
            self._engine("rm", "--force", "--volumes", self.name, check=False)
            raise
