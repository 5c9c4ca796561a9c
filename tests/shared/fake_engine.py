"""Programs that answer as podman or docker would: real ones, found on a PATH where there are no others."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest


class FakeProgram:
    """`when` says what it answers; `calls` are the arguments of every call, in order."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._path = folder / name
        self._heard = folder / f".{name}.calls"
        self._cases: list[str] = []
        self._write()

    def when(self, start: str, out: str = "", err: str = "", code: int = 0, then: str = "") -> "FakeProgram":
        """Arguments that begin with `start` (a pattern of the shell) get this answer, after the shell has run `then`.

        The first that fits wins, and what fits none is answered by nothing and 0.
        """
        said = f"printf %s {shlex.quote(out)}; printf %s {shlex.quote(err)} >&2; exit {code}"
        pattern = "".join(letter if letter in "*[]|" else shlex.quote(letter) for letter in start)
        self._cases.append(f"{pattern}*) {then or ':'}; {said};;")
        self._write()
        return self

    def _write(self) -> None:
        heard = shlex.quote(str(self._heard))
        lines = ["#!/bin/sh", f'(for word; do printf "%s\\n" "$word"; done; echo) >> {heard}', 'case "$*" in']
        self._path.write_text("\n".join([*lines, *self._cases, "esac\n"]), encoding="utf-8")
        self._path.chmod(0o755)

    @property
    def calls(self) -> list[list[str]]:
        if not self._heard.exists():
            return []
        return [call.split("\n") for call in self._heard.read_text(encoding="utf-8").removesuffix("\n\n").split("\n\n")]

    def called(self, *start: str) -> list[list[str]]:
        """Those calls that begin so."""
        return [call for call in self.calls if call[: len(start)] == list(start)]

    def forget(self) -> None:
        """The calls so far."""
        self._heard.unlink(missing_ok=True)


@pytest.fixture
def engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], FakeProgram]:
    """engines("podman"): that program is installed, and none of the others."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("CONTAINER_HOST", "DOCKER_HOST"):
        monkeypatch.delenv(name, raising=False)
    return lambda name: FakeProgram(folder, name)
