"""A program on our own terminal: its streams, its end, and ours."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import alive

#: Attends the program in its first argument; when interrupted, the one in its second ends it.
ATTENDS = """
import signal, sys
from relevo.tools.foreground import attend
from relevo.tools.process import run

def interrupt():
    print("told", flush=True)
    run([sys.executable, "-ISc", sys.argv[2]], timeout=10)

try:
    code = attend([sys.executable, "-ISc", sys.argv[1]], interrupt)
except KeyboardInterrupt:
    code = 130
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
sys.exit(code)
"""


def attends(code: str, interrupt: str = "") -> "subprocess.Popen[str]":
    argv = [sys.executable, "-c", ATTENDS, code, interrupt]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0)


def test_one_that_is_attended_has_our_streams_and_our_process_group() -> None:
    with attends("import os, sys; print(sys.stdin.read(), os.getpgid(0)); sys.exit(7)") as attending:
        assert attending.communicate("hola", timeout=30)[0] == f"hola {attending.pid}\n"
    assert attending.returncode == 7


def test_one_that_a_signal_ended_has_the_code_of_a_shell() -> None:
    with attends("import os; os.kill(os.getpid(), 9)") as attending:
        assert attending.wait(30) == 137


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_interrupts_us_ends_the_one_that_is_attended(number: signal.Signals, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = (
        f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); print('begun', flush=True); time.sleep(60)"
    )
    with attends(code, f"import os; os.kill(int(open({str(pid)!r}).read()), 15)") as attending:
        assert attending.stdout
        assert attending.stdout.readline() == "begun\n"
        attending.send_signal(number)
        assert attending.communicate(timeout=30)[0] == "told\n"
    assert attending.returncode == 130
    assert not alive(int(pid.read_text()))


def test_one_that_does_not_end_when_told_is_told_again_and_killed() -> None:
    with attends("import os, time; print(os.getpid(), flush=True); time.sleep(60)") as attending:
        assert attending.stdout
        pid = int(attending.stdout.readline())
        attending.send_signal(signal.SIGINT)
        assert attending.communicate(timeout=30)[0] == "told\ntold\n"
    assert attending.returncode == 130
    assert not alive(pid)


def test_what_a_terminal_sends_reaches_both() -> None:
    code = """
import time
try:
    print("begun", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("heard", flush=True)
"""
    with attends(code) as attending:
        assert attending.stdout
        assert attending.stdout.readline() == "begun\n"
        os.killpg(attending.pid, signal.SIGINT)
        assert sorted(attending.communicate(timeout=30)[0].split()) == ["heard", "told"]
    assert attending.returncode == 130
