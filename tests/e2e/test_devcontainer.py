"""The development container on a real engine. Whatever happens, no container of a test is left."""

import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from relevo.tools.process import Completed, run, start

pytestmark = [pytest.mark.slow, pytest.mark.container]
RELEVO = str(Path(sys.executable).with_name("relevo"))
TOML = '[line]\nname = "quejas"\n[data]\npath = "quejas.csv"\n[data.columns]\ntexto = "text"\ngrupo = "label"\n'
#: Locked as `init --add image` has it.
LOCK = Path(__file__).parents[2] / "src" / "relevo" / "cli" / "templates" / "requirements.txt"
#: Says that it has begun, and how it was ended.
SLEEPS = """
import sys, time
print("begun", flush=True)
try:
    time.sleep(60)
except KeyboardInterrupt:
    print("heard", flush=True)
    sys.exit(9)
"""


class Project:
    """A line in a folder, which nobody ran yet."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        (root / "relevo.toml").write_text(TOML, encoding="utf-8")
        self.environment = {"RELEVO_LANG": "en", "RELEVO_BASE": os.environ["RELEVO_TEST_BASE"]}

    def relevo(self, *arguments: str, expect: int = 0, input: bytes = b"", **more: str) -> Completed:
        """One command; its exit code must be `expect`."""
        argv, environment = [RELEVO, *arguments], {**self.environment, **more}
        done = run(argv, cwd=self.root, env=environment, input=input, timeout=300, check=False)
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    def begun(self, *arguments: str, **streams: int) -> "subprocess.Popen[bytes]":
        """One command that goes on, in a process group of its own."""
        environment = {**os.environ, **self.environment}
        return subprocess.Popen([RELEVO, *arguments], cwd=self.root, env=environment, process_group=0, **streams)  # type: ignore[call-overload, no-any-return]

    def containers(self) -> list[str]:
        label = f"label=relevo.development.line={self.root}"
        return run(["podman", "ps", "--all", "--quiet", "--filter", label], timeout=60).stdout.split()

    def processes(self) -> int:
        """How many processes are in the container."""
        return len(run(["podman", "top", *self.containers(), "pid"], timeout=60).stdout.splitlines()) - 1


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "quejas")
    try:
        yield project
    finally:
        if left := project.containers():
            run(["podman", "rm", "--force", *left], timeout=60)


def soon(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


def test_a_command_has_the_files_the_streams_and_the_packages_of_the_project(project: Project) -> None:
    (project.root / "image").mkdir()
    shutil.copyfile(LOCK, project.root / "image" / "requirements.txt")
    (project.root / "modelo.py").write_text(
        "import sys, numpy, relevo_runtime\n"
        "open('hecho.txt', 'w').write(sys.stdin.read())\n"
        "print(numpy.__version__)\n"
        "print('falló', file=sys.stderr)\n"
        "sys.exit(7)\n",
        encoding="utf-8",
    )
    done = project.relevo("exec", "--", "python", "modelo.py", input="año".encode(), expect=7)
    assert f"numpy=={done.stdout.strip()} " in LOCK.read_text(encoding="utf-8")
    assert done.stderr.endswith("falló\n")
    made = project.root / "hecho.txt"
    assert made.read_text(encoding="utf-8") == "año"
    assert made.stat().st_uid == project.root.stat().st_uid


def test_it_is_used_again_made_anew_when_a_list_changed_and_removed(project: Project) -> None:
    assert "made the container" in project.relevo("exec", "true").stderr
    (first,) = project.containers()
    (project.root / "sub").mkdir()
    again = project.relevo("-C", "sub", "exec", "pwd")
    assert (again.stdout, again.stderr) == ("/quejas/sub\n", "")
    assert project.containers() == [first]
    run(["podman", "stop", first], timeout=60)
    assert "started the container" in project.relevo("exec", "true").stderr

    (project.root / "requirements.txt").write_text("h11\n", encoding="utf-8")
    changed = project.relevo("exec", "--", "python", "-c", "import h11; print(h11.__file__)")
    assert "anew, because these changed: requirements.txt" in changed.stderr
    assert changed.stdout.startswith("/opt/relevo/dependencies/h11/")
    assert project.containers() != [first]

    assert "runs, with the project in /quejas" in project.relevo("shell").stdout
    project.relevo("shell", "--stop")
    assert project.containers() == []


def test_what_is_made_belongs_to_whose_the_folder_is(project: Project) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give the folder to somebody else")
    os.chown(project.root, 12345, 12345)
    project.relevo("exec", "--", "sh", "-c", "touch made && mkdir -p $HOME/x")
    assert (project.root / "made").stat().st_uid == 12345


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_and_not_the_container(number: signal.Signals, project: Project) -> None:
    project.relevo("shell")
    with project.begun("exec", "--", "python", "-c", SLEEPS, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as going:
        assert going.stdout
        assert going.stdout.readline() == b"begun\n"
        going.send_signal(number)
        out, errors = going.communicate(timeout=60)
    assert (going.returncode, out) == (130, b"heard\n")
    assert errors.strip() == b"interrupted"
    assert project.processes() == 1


def test_what_does_not_listen_to_a_terminal_without_one_is_ended_by_force(project: Project) -> None:
    project.relevo("shell")
    code = "trap '' INT; echo begun; while :; do sleep 1; done"
    with project.begun("exec", "--", "sh", "-c", code, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as going:
        assert going.stdout
        assert going.stdout.readline() == b"begun\n"
        os.killpg(going.pid, signal.SIGINT)
        going.communicate(timeout=60)
    assert going.returncode == 130
    assert project.processes() == 1


def in_terminal(project: Project, keys: list[bytes], *arguments: str) -> tuple[int, str]:
    """The exit code and the screen of one command, on whose terminal `keys` are typed, each when it has said more."""
    pid, screen = pty.fork()
    if pid == 0:
        os.chdir(project.root)
        os.environ.update(project.environment)
        os.execv(RELEVO, [RELEVO, *arguments])
    shown = b""
    for key in keys:
        shown += os.read(screen, 10000)
        time.sleep(1)
        os.write(screen, key)
    try:
        while more := os.read(screen, 10000):
            shown += more
    except OSError:  # how Linux says that nobody has the other end any more
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forking beside threads
def test_on_a_terminal_there_is_a_prompt_and_ctrl_c_goes_to_the_command(project: Project) -> None:
    project.relevo("shell")
    code, screen = in_terminal(project, [b"tty; pwd\r", b"exit 5\r"], "shell")
    assert code == 5
    assert "/dev/pts/" in screen
    assert "\n/quejas" in screen
    code, screen = in_terminal(project, [b"\x03"], "exec", "--", "python", "-c", SLEEPS)
    assert (code, "heard" in screen) == (9, True)
    assert project.processes() == 1


def test_interrupted_while_it_is_made_leaves_nothing(project: Project) -> None:
    (project.root / "requirements.txt").write_text("h11\n", encoding="utf-8")
    with project.begun("shell", stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as going:
        assert going.stderr
        while b"filling" not in going.stderr.readline():
            pass
        os.killpg(going.pid, signal.SIGINT)
        assert b"Traceback" not in going.stderr.read()
    assert going.returncode == 130
    assert project.containers() == []


def test_a_program_that_is_not_there_is_127_in_the_words_of_the_engine(project: Project) -> None:
    assert "nowhere" in project.relevo("exec", "nowhere", expect=127).stderr


def test_a_base_that_cannot_be_had_is_3(project: Project) -> None:
    done = project.relevo("exec", "true", expect=3, RELEVO_BASE="127.0.0.1:1/nowhere:1")
    assert "`127.0.0.1:1/nowhere:1` is not here and cannot be fetched" in done.stderr


def test_a_container_of_somebody_elses_is_left_alone(project: Project) -> None:
    name = project.relevo("shell").stdout.split("`")[1]
    project.relevo("shell", "--stop")
    run(["podman", "create", "--name", name, project.environment["RELEVO_BASE"], "true"], timeout=60)
    try:
        assert f"podman rm {name}" in project.relevo("exec", "true", expect=2).stderr
        project.relevo("shell", "--stop", expect=2)
    finally:
        run(["podman", "rm", name], timeout=60)


def test_an_engine_on_another_machine_is_refused(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with start(["podman", "system", "service", "--time", "0", address]):
        assert soon(
            lambda: run(["podman", "--remote", "--url", address, "info"], timeout=60, check=False).returncode == 0
        )
        done = project.relevo("shell", expect=2, CONTAINER_HOST=address)
    assert "unset CONTAINER_HOST" in done.stderr
