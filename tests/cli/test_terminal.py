"""What goes where, seen from outside: a real process with real pipes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = "import sys; from relevo.cli.main import main; sys.exit(main())"


def relevo(*args: str, **environment: str) -> "subprocess.Popen[bytes]":
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**base, "RELEVO_LANG": "en", **environment},
    )


def test_a_pipe_gets_no_colour() -> None:
    with relevo("plan", "--rules") as process:
        out, err = process.communicate()
    assert process.returncode == 0
    assert b"\x1b" not in out + err
    assert out.startswith(b"data.label-corrected")
    assert err.startswith(b"a line changes one")


def test_an_error_goes_to_stderr_without_colour(tmp_path: Path) -> None:
    with relevo("-C", str(tmp_path), "plan") as process:
        out, err = process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert err.startswith(b"error: no relevo.toml in")


def test_a_reader_that_goes_away_is_no_error() -> None:
    with relevo("plan", "--rules") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 0
    assert b"Broken" not in err
    assert b"Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize("args", [["--help"], ["--version"], ["plan", "--rules", "--json"]])
def test_output_that_cannot_be_written_is_3(args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            [sys.executable, "-c", MAIN, *args], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert process.returncode == 3
    assert process.stderr == b"error: cannot write the output: No space left on device\n"


def test_what_the_encoding_lacks_is_spelled_out() -> None:
    with relevo("plan", "--help", PYTHONIOENCODING="ascii") as process:
        out, _err = process.communicate()
    assert process.returncode == 0
    assert rb"\u2265" in out


MOVES = """
import sys
from relevo.cli.progress import watch
from relevo.core.message import Message
with watch() as progress:
    assert "rich" not in sys.modules
    if sys.argv[1:]:
        progress.step(Message("reading the data"), 1, 2)
"""


@pytest.mark.parametrize("steps", [[], ["one"]])
def test_on_a_terminal_progress_moves_from_the_first_step_on(steps: list[str]) -> None:
    master, slave = os.openpty()
    subprocess.run([sys.executable, "-c", MOVES, *steps], stderr=slave, check=True, timeout=60)
    os.write(slave, b".")
    os.close(slave)
    shown = os.read(master, 10_000)
    os.close(master)
    assert (b"reading the data" in shown) is bool(steps)


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colour_unless_no_color_says_no(
    environment: dict[str, str], coloured: bool, tmp_path: Path
) -> None:
    master, slave = os.openpty()
    process = subprocess.run(
        [sys.executable, "-c", MAIN, "-C", str(tmp_path), "plan"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=slave,
        env={"PATH": os.environ["PATH"], "RELEVO_LANG": "en", **environment},
        check=False,
        timeout=60,
    )
    os.close(slave)
    shown = os.read(master, 10_000)
    os.close(master)
    assert process.returncode == 2
    assert (b"\x1b[" in shown) is coloured
