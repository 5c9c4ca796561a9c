"""Killed or interrupted at any moment, a line goes on: `relevo verify` is clean at once, `relevo run` ends the work.

Most moments are tried on a line of its data alone, because all of them run through the same publishing: every fsync and
rename of it, and 45 random moments. 5 more strike a line with a model; a whole line is struck while its server runs.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Project

pytestmark = [pytest.mark.slow, pytest.mark.git]
Make = Callable[..., "Project"]
RELEVO = Path(sys.executable).with_name("relevo")


def whole(line: "Project", stages: tuple[str, ...], count: int) -> None:
    """So many versions of each stage, all published, tagged and as they were published; the newest set is locked."""
    line.relevo("verify")
    newest = f"1.{count - 1}.0"
    for stage in stages:
        assert line.versions(stage) == sorted(f"1.{n}.0" for n in range(count))
        assert {f"{stage}@v1.{n}.0" for n in range(count)} <= set(line.tags())
    assert line.lock() == dict.fromkeys(stages, newest)
    assert not (line.root / ".relevo/work").exists()
    assert list(line.root.glob(".relevo/store/.incoming/*")) == []
    assert line.git("status", "--porcelain") in ("?? relevo.lock", "M relevo.lock")
    line.commit(f"lock {newest}")


def at_work(line: "Project") -> list[str]:
    """The commands of all processes that run in the line's folder, or were told of it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(line.root) in command or (process / "cwd").readlink().is_relative_to(line.root):
                found.append(command)
        except OSError:
            continue
    return found


def soon(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT])
def test_right_after_each_fsync_and_rename(make: Make, kind: signal.Signals) -> None:
    line = make("data")
    for calls in range(1, 100):
        line.add_row(f"queja {calls}")
        line.commit()
        done = line.killed_after(calls, "run", signal=kind)
        if done.returncode == 0:
            break
        assert done.returncode == (-signal.SIGKILL if kind is signal.SIGKILL else 130), done.stderr
        assert "Traceback" not in done.stderr
        line.relevo("verify")
        line.relevo("run")
        whole(line, ("data",), calls)
    assert calls == 10  # killed after rows, folder, manifest, folder, rename, stage; lock, rename, line
    whole(line, ("data",), calls)


def test_killed_between_two_stages_the_lock_stays_at_the_set_that_passed(make: Make) -> None:
    stages = ("data", "model")
    line = make(*stages)
    line.relevo("run")
    whole(line, stages, 1)
    line.add_row("una queja más")
    line.commit()
    assert line.killed_after(6, "run").returncode == -signal.SIGKILL  # all of the data, nothing of the model
    line.relevo("verify")
    assert [line.versions(stage) for stage in stages] == [["1.0.0", "1.1.0"], ["1.0.0"]]
    assert line.lock() == {"data": "1.0.0", "model": "1.0.0"}
    line.relevo("run")
    whole(line, stages, 2)


def interrupted(line: "Project", stage: str, step: int) -> int:
    """`relevo run STAGE` with Ctrl-C when it says its step-th step; its exit code."""
    with subprocess.Popen(
        [RELEVO, "run", stage],
        cwd=line.root,
        stderr=subprocess.PIPE,
        env={**os.environ, "RELEVO_LANG": "en"},
        text=True,
    ) as running:
        assert running.stderr is not None
        said = []
        for text in running.stderr:
            said.append(text)
            step -= not text.startswith(" ")  # the verdicts of the gates are no steps
            if step == 0:
                running.send_signal(signal.SIGINT)
    assert "Traceback" not in "".join(said)
    if running.returncode == 130:
        assert said[-1] == "interrupted; `relevo run` goes on from here\n"
    return running.returncode


def test_interrupted_at_each_step_of_each_stage(make: Make) -> None:
    stages = ("data", "model", "service")
    line = make(*stages)
    for stage in stages:
        step = 1
        while (code := interrupted(line, stage, step)) == 130:
            line.relevo("verify")
            step += 1
        # At its very end Python has let go of its handler, and the signal itself ends it: all is done by then.
        assert code in (0, -signal.SIGINT)
        assert step > 5
        assert line.versions(stage) == ["1.0.0"]
    line.relevo("run")
    whole(line, stages, 1)
    assert at_work(line) == []


@pytest.mark.parametrize(
    ("stages", "kills"),
    [(("data",), 45), (("data", "model"), 5)],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else str(value),
)
def test_killed_at_random_moments(make: Make, stages: tuple[str, ...], kills: int) -> None:
    line = make(*stages)
    begin = time.monotonic()
    line.relevo("run")
    seconds = time.monotonic() - begin
    whole(line, stages, 1)
    moments = random.Random(7)
    killed = 0
    for number in range(1, kills + 1):
        line.add_row(f"queja {number}")
        line.commit()
        running = subprocess.Popen([RELEVO, "run"], cwd=line.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, seconds))
        running.kill()
        killed += running.wait() == -signal.SIGKILL
        line.relevo("verify")
        line.relevo("run")
        whole(line, stages, number + 1)
    assert killed > kills * 0.7  # the others had ended before their moment came


def test_killed_while_the_service_is_measured_no_server_stays(make: Make) -> None:
    stages = ("data", "model", "service")
    line = make(*stages)
    line.relevo("run")
    whole(line, stages, 1)
    line.add_row("una queja más")
    line.commit()
    with subprocess.Popen(
        [RELEVO, "run"], cwd=line.root, stderr=subprocess.PIPE, env={**os.environ, "RELEVO_LANG": "en"}, text=True
    ) as running:
        assert running.stderr is not None
        for said in running.stderr:
            if said.startswith("checking service: integration-performance"):
                break
        assert soon(lambda: any("relevo_runtime" in command for command in at_work(line)))
        running.kill()
    assert soon(lambda: at_work(line) == [])
    line.relevo("verify")
    line.relevo("run")
    whole(line, stages, 2)
