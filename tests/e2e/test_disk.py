"""Disks that are full or read-only, and stores that hands have touched: one clear error, and nothing half-done."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relevo.tools.process import run

if TYPE_CHECKING:
    from tests.e2e.conftest import Project

pytestmark = pytest.mark.slow
RELEVO = Path(sys.executable).with_name("relevo")
Make = Callable[..., "Project"]


@pytest.fixture
def line(make: Make) -> "Project":
    """A line of its data alone, whose 1.0.0 is published and whose next version waits."""
    project = make("data", git=False)
    project.relevo("run")
    project.add_row("otra queja")
    return project


def still_works(line: "Project") -> None:
    """What was published is as it was, and the run goes on once there is room again."""
    line.relevo("verify")
    assert line.lock() == {"data": "1.0.0"}
    line.relevo("run")
    line.relevo("verify")
    assert line.versions() == ["1.0.0", "1.1.0"]
    assert line.lock() == {"data": "1.1.0"}


def refused(line: "Project", *wrapper: str) -> str:
    """What `relevo run` says when the outside world fails it."""
    done = run([*wrapper, str(RELEVO), "run"], cwd=line.root, timeout=60, check=False)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "defect" not in done.stderr
    return done.stderr


def as_anybody() -> list[str]:
    """Wraps a command so that the rights of files count for it, although the tests may run as root."""
    if os.getuid() != 0:
        return []
    wrapper = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if not shutil.which("setpriv") or run([*wrapper, "true"], timeout=10, check=False).returncode:
        pytest.skip("root that may not give up its rights: no folder is read-only for it")
    return wrapper


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], None]]:
    folders: list[Path] = []

    def close(folder: Path) -> None:
        folders.append(folder)
        folder.chmod(0o555)

    yield close
    for folder in folders:
        folder.chmod(0o755)


@pytest.mark.parametrize("part", [".relevo/store/data", ".relevo/store", ".relevo"])
def test_a_read_only_store_is_named(line: "Project", read_only: Callable[[Path], None], part: str) -> None:
    read_only(line.root / part)
    said = refused(line, *as_anybody())
    assert f"cannot write `{line.root / part}" in said
    assert "Permission denied" in said
    assert "hint: you need the right to write there" in said
    (line.root / part).chmod(0o755)
    still_works(line)


def test_a_line_whose_lock_cannot_be_written_is_locked_by_the_next_run(
    line: "Project", read_only: Callable[[Path], None]
) -> None:
    read_only(line.root)
    assert f"cannot write `{line.root}/relevo.lock`: Permission denied" in refused(line, *as_anybody())
    assert line.versions() == ["1.0.0", "1.1.0"]  # published: only the lock is missing
    assert line.lock() == {"data": "1.0.0"}
    line.root.chmod(0o755)
    line.relevo("run")
    assert line.versions() == ["1.0.0", "1.1.0"]
    assert line.lock() == {"data": "1.1.0"}


@pytest.fixture
def small_disk(line: "Project") -> Iterator[Callable[[str], None]]:
    """Puts .relevo on a disk of that size, then changes the size; needs the right to mount."""
    home, kept = line.root / ".relevo", line.root.parent / "kept"
    mounted = False

    def resize(size: str) -> None:
        nonlocal mounted
        if mounted:
            run(["mount", "-o", f"remount,size={size}", str(home)], timeout=10)
            return
        home.rename(kept)
        home.mkdir()
        done = run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(home)], timeout=10, check=False)
        if done.returncode:
            pytest.skip(f"no right to mount a small disk: {done.stderr.strip()}")
        mounted = True
        shutil.copytree(kept, home, dirs_exist_ok=True)

    yield resize
    if mounted:
        run(["umount", str(home)], timeout=10)


def test_on_a_full_disk_there_is_one_error_wherever_it_strikes_and_nothing_half_done(
    line: "Project", small_disk: Callable[[str], None]
) -> None:
    small_disk("10m")
    statistics = os.statvfs(line.root / ".relevo")
    used = (statistics.f_blocks - statistics.f_bavail) * statistics.f_frsize // 1024
    free, says = 0, []
    while True:
        small_disk(f"{used + free}k")
        done = run([str(RELEVO), "run"], cwd=line.root, timeout=60, check=False)
        if done.returncode == 0:
            break
        assert done.returncode == 3, done.stderr
        error = next(row for row in done.stderr.splitlines() if row.startswith("error: "))
        assert "defect" not in error
        says.append(error)
        line.relevo("verify")
        assert line.lock() == {"data": "1.0.0"}
        free += 4  # the smallest piece of a tmpfs: one page
    print(*says, sep="\n")
    assert len(set(says)) > 2, "the disk was full at several places"
    line.relevo("verify")
    assert line.versions() == ["1.0.0", "1.1.0"]
    assert line.lock() == {"data": "1.1.0"}


def test_a_file_that_may_not_grow_is_one_error(line: "Project") -> None:
    assert "File too large" in refused(line, "prlimit", "--fsize=1000")
    still_works(line)


def test_a_store_touched_by_hand_is_named_with_both_digests(line: "Project") -> None:
    rows = line.root / ".relevo/store/data/1.0.0/rows.parquet"
    whole = rows.read_bytes()
    rows.write_bytes(whole + b" ")
    said = line.relevo("verify", expect=1).stdout
    assert "data@1.0.0" in said
    assert "`rows.parquet` has digest " in said
    rows.write_bytes(whole)
    line.relevo("verify")


def test_a_manifest_touched_by_hand_is_named(line: "Project") -> None:
    manifest = line.root / ".relevo/store/data/1.0.0/manifest.json"
    manifest.write_text(manifest.read_text().replace('"passed"', '"failed"', 1))
    assert "manifest.json was changed after it was published" in line.relevo("verify", expect=1).stdout


def test_a_manifest_that_is_none_any_more_is_an_error_that_names_it(line: "Project") -> None:
    manifest = line.root / ".relevo/store/data/1.0.0/manifest.json"
    manifest.write_text("{")
    for verb in ("plan", "run", "log"):
        assert f"`{manifest}` is no manifest" in line.relevo(verb, expect=3).stderr
    assert "is no manifest" in line.relevo("verify", expect=1).stdout


def test_of_two_runs_at_once_the_second_says_who_is_at_work(line: "Project") -> None:
    first = subprocess.Popen([RELEVO, "run"], cwd=line.root, stderr=subprocess.PIPE, text=True)
    assert first.stderr is not None
    with first:
        first.stderr.readline()
        os.kill(first.pid, signal.SIGSTOP)
        said = refused(line)
        assert f"another run is at work in this line: process {first.pid} on {os.uname().nodename}" in said
        assert line.versions() == ["1.0.0"]
        line.relevo("plan")  # looking is allowed
        os.kill(first.pid, signal.SIGCONT)
        first.stderr.read()
    assert first.returncode == 0
    line.relevo("run")
    assert line.versions() == ["1.0.0", "1.1.0"]
