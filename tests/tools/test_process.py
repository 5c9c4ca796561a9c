"""Other programs are run to their end, or started and stopped; none is left behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import alive

from relevo.core.errors import OutsideError
from relevo.tools.process import run, start, surely


def python(code: str, *more: str) -> list[str]:
    return [sys.executable, "-ISc", code, *more]


def soon(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_output_and_return_code() -> None:
    done = run(python("import sys; print('ñ'); print('é', file=sys.stderr)"), timeout=10)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ñ\n", "é\n")


def test_input_and_folder(tmp_path: Path) -> None:
    done = run(python("import os, sys; print(sys.stdin.read(), os.getcwd())"), cwd=tmp_path, input=b"hola", timeout=10)
    assert done.stdout == f"hola {tmp_path}\n"


def test_the_environment_is_added_to_and_taken_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLD", "1")
    monkeypatch.setenv("KEPT", "2")
    code = "import os; print(*(os.environ.get(name) for name in ('OLD', 'KEPT', 'NEW')))"
    assert run(python(code), env={"OLD": None, "NEW": "3"}, timeout=10).stdout == "None 2 3\n"


def test_nobody_reads_the_arguments_but_the_program() -> None:
    assert run(["printf", "%s", "$HOME; ls *"], timeout=10).stdout == "$HOME; ls *"


def test_without_input_a_program_that_reads_gets_the_end_of_file() -> None:
    assert run(["cat"], timeout=10).stdout == ""


def test_a_failure_shows_the_last_lines_of_the_program() -> None:
    code = "import sys; print(*range(9), sep='\\n', file=sys.stderr); sys.exit(3)"
    with pytest.raises(OutsideError) as caught:
        run(python(code), timeout=10)
    assert caught.value.code == "program-failed"
    assert caught.value.message.params["returncode"] == 3
    assert str(caught.value).endswith("ended with 3: 4\n5\n6\n7\n8")


def test_a_failure_that_is_expected_is_an_answer() -> None:
    assert run(["false"], timeout=10, check=False).returncode == 1


def test_a_missing_program_is_named_with_a_hint() -> None:
    for begin in (lambda argv: run(argv, timeout=1), start):
        with pytest.raises(OutsideError, match=r"`relevo-nowhere` is not installed.*\nhint: install `relevo-nowhere`"):
            begin(["relevo-nowhere"])


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"in `.*gone`: No such file"):
        run(["true"], cwd=tmp_path / "gone", timeout=1)


def test_after_the_time_limit_the_program_and_its_children_are_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = "import os, sys, time; os.fork(); open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
    with pytest.raises(OutsideError, match="did not end within 1 s") as caught:
        run(python(code, str(pids)), timeout=1)
    assert caught.value.code == "program-too-slow"
    both = [int(pid) for pid in pids.read_text().split()]
    assert len(both) == 2
    assert soon(lambda: not any(map(alive, both)))


def test_lines_come_while_it_runs_and_stopping_is_polite() -> None:
    code = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7))\n"
        "print('ready\\nlate', flush=True); time.sleep(60)"
    )
    with start(python(code)) as running:
        assert running.readline(10) == "ready"
        assert running.returncode is None
        assert alive(running.pid)
        assert running.stop(grace=10) == 7
        assert running.stop() == 7
        assert [running.readline(1) for _ in range(3)] == ["late", None, None]
    assert not alive(running.pid)


def test_what_ignores_the_request_to_end_is_killed_with_its_children() -> None:
    code = "import os, signal, time; signal.signal(15, signal.SIG_IGN); os.fork(); print(os.getpid(), flush=True)"
    with start(python(f"{code}; time.sleep(60)")) as running:
        pids = [int(running.readline(10) or 0) for _ in range(2)]
        assert running.stop(grace=0.1) == -signal.SIGKILL
    assert soon(lambda: not any(map(alive, pids)))


def test_children_of_one_that_ended_by_itself_do_not_stay() -> None:
    code = "import os, time; pid = os.fork(); pid or time.sleep(60); print(pid, flush=True)"
    with start(python(code)) as running:
        child = int(running.readline(10) or 0)
        assert soon(lambda: running.returncode == 0)
    assert soon(lambda: not alive(child))


def test_silence_is_an_error_with_its_last_words() -> None:
    code = "import sys, time; print('waiting for the model', file=sys.stderr, flush=True); time.sleep(60)"
    with start(python(code)) as running:
        assert soon(lambda: running.errors != "")
        with pytest.raises(OutsideError, match=r"said nothing for 0\.1 s: waiting for the model"):
            running.readline(0.1)


def test_one_that_ends_by_itself_leaves_its_code_and_errors() -> None:
    with start(python("import sys; sys.exit('no such folder')")) as running:
        assert running.readline(10) is None
        assert soon(lambda: running.returncode == 1)
        assert running.errors == "no such folder"


def test_a_program_that_talks_without_end_is_never_held_up() -> None:
    code = "import sys; sys.stderr.write('x\\n' * 10**6); print('done', flush=True)"
    with start(python(code)) as running:
        assert running.readline(20) == "done"


@pytest.mark.parametrize("death", ["exit", "kill"])
def test_it_ends_with_the_one_that_started_it(death: str) -> None:
    last = {"exit": "sys.exit()", "kill": "os.kill(os.getpid(), 9)"}[death]
    code = (
        "import os, sys; from relevo.tools.process import start\n"
        f"running = start(['sleep', '60']); print(running.pid, flush=True); {last}"
    )
    done = run([sys.executable, "-c", code], timeout=30, check=False)
    assert done.returncode in (0, -signal.SIGKILL)
    assert soon(lambda: not alive(int(done.stdout)))


INTERRUPTED = """
import sys
from relevo.tools.process import Interrupted, run
try:
    run(["sh", "-c", sys.argv[1]], timeout=60, grace=float(sys.argv[2]))
except Interrupted as stopped:
    print("told:", stopped.stdout.split())
"""


@pytest.mark.parametrize(
    ("grace", "told", "cleaned"), [("10", "['begun', 'cleaned']", True), ("0", "[]", False)], ids=["grace", "none"]
)
def test_an_interrupted_program_cleans_up_when_its_step_is_ended(
    grace: str, told: str, cleaned: bool, tmp_path: Path
) -> None:
    begun, done = tmp_path / "begun", tmp_path / "done"
    # Half a second, so that the caller has come to wait for it.
    script = f"echo begun; sleep 0.5; : > '{begun}'; sleep 60; : > '{done}'; echo cleaned"
    caller = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, script, grace], stdout=subprocess.PIPE, text=True, process_group=0
    )
    assert soon(begun.exists)
    caller.send_signal(signal.SIGINT)
    assert caller.communicate(timeout=30)[0] == f"told: {told}\n"
    assert done.exists() is cleaned


def test_a_clean_up_that_is_interrupted_is_done_once_more() -> None:
    calls = []

    def clean_up() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        surely(clean_up)
    assert len(calls) == 2


def test_a_program_that_is_too_slow_is_named_without_its_arguments() -> None:
    with pytest.raises(OutsideError) as stopped:
        run(["sh", "-c", "sleep 60", "secret"], timeout=0.1)
    assert "`sh -c`" in str(stopped.value)
    assert "secret" not in str(stopped.value)
