"""One run at a time, and nobody keeps the lock who is gone."""

import json
import os
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from relevo.core.errors import OutsideError
from relevo.testing import FixedClock
from relevo.tools.process import start
from relevo.tools.runlock import hold

HOLD = """
import sys, time
from pathlib import Path
from relevo.tools.runlock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_file_says_who_holds_it_since_when(tmp_path: Path) -> None:
    path = tmp_path / ".relevo" / "run.lock"
    with hold(path, FixedClock("2026-03-01T09:30:00Z")):
        assert json.loads(path.read_text()) == {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": "2026-03-01T09:30:00Z",
        }


def test_it_can_be_held_again_and_again(tmp_path: Path) -> None:
    for since in ("2026-03-01T09:30:00Z", "2026-03-01T09:31:00Z"):
        with hold(tmp_path / "run.lock", FixedClock(since)):
            assert json.loads((tmp_path / "run.lock").read_text())["since"] == since


def test_the_second_learns_who_was_first_and_the_first_may_be_killed(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with start([sys.executable, "-c", HOLD, str(path)]) as first:
        assert first.readline(10) == "held"
        with pytest.raises(OutsideError) as caught, hold(path):
            pass
        assert caught.value.code == "run-in-progress"
        assert f"process {first.pid} on {socket.gethostname()}, since 20" in str(caught.value)
        os.kill(first.pid, signal.SIGKILL)
        assert first.readline(10) is None
        with hold(path):
            pass


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError, match=r"cannot write `.*/file/run\.lock`"), hold(tmp_path / "file" / "run.lock"):
        pass


def test_who_is_to_wait_gets_it_when_the_first_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with start([sys.executable, "-c", HOLD, str(path)]) as first, ThreadPoolExecutor() as pool:
        assert first.readline(10) == "held"

        def second() -> int:
            with hold(path, wait=True):
                return int(json.loads(path.read_text())["pid"])

        waiting = pool.submit(second)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        os.kill(first.pid, signal.SIGKILL)
        assert waiting.result(timeout=10) == os.getpid()
