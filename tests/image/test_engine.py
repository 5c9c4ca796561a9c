"""podman or docker: which is found, where it is, what it is told, and what is said when it does not do it."""

from collections.abc import Callable
from pathlib import Path
from socket import gethostname

import pytest
from fake_engine import FakeProgram

from relevo.core.errors import FailureError, OutsideError
from relevo.core.message import Message
from relevo.image.engine import LABEL, LAST_LINES, Container, Engine, State, find

Engines = Callable[[str], FakeProgram]
NO_SERVICE = "Cannot connect to the Docker daemon. Is the docker daemon running?"


@pytest.mark.parametrize(
    ("installed", "broken", "builder", "found"),
    [
        (["podman", "docker"], [], "", "podman"),
        (["docker"], [], "", "docker"),
        (["podman", "docker"], ["podman"], "", "docker"),
        (["podman", "docker"], [], "docker", "docker"),
        (["podman", "docker"], [], "podman", "podman"),
        (["podman", "docker"], [], "buildah", "podman"),
        (["docker"], [], "oci", "docker"),
    ],
)
def test_the_engine_that_goes_with_the_builder_is_taken_else_the_first_that_answers(
    installed: list[str], broken: list[str], builder: str, found: str, engines: Engines
) -> None:
    for name in installed:
        engines(name).when("info", "{}", code=1 if name in broken else 0)
    assert find(builder).program == found


def test_without_an_engine_it_is_said_what_to_install(engines: Engines) -> None:
    with pytest.raises(OutsideError) as refused:
        find("")
    assert refused.value.code == "no-engine"
    assert "`podman` is not installed" in str(refused.value.message)
    assert "`docker` is not installed" in str(refused.value.message)
    assert "install podman" in str(refused.value.hint)
    assert all(isinstance(reason, Message) for reason in refused.value.message.params["reasons"]), "in any language"


def test_an_engine_that_does_not_answer_is_heard(engines: Engines) -> None:
    engines("docker").when("info", err=NO_SERVICE, code=1)
    with pytest.raises(OutsideError) as refused:
        find("")
    assert NO_SERVICE in str(refused.value.message)


def test_a_builder_that_was_named_is_not_replaced_by_another_engine(engines: Engines) -> None:
    engines("docker").when("info", err=NO_SERVICE, code=1)
    engines("podman").when("info", "{}")
    with pytest.raises(OutsideError) as refused:
        find("docker")
    assert "podman" not in str(refused.value.message)


@pytest.mark.parametrize(
    ("program", "where", "host", "remote", "command"),
    [
        ("podman", None, "127.0.0.1", False, ["podman"]),
        ("podman", "", "127.0.0.1", False, ["podman"]),
        ("podman", "unix:///run/podman.sock", "127.0.0.1", False, ["podman", "--remote"]),
        ("podman", "tcp://127.0.0.1:8888", "127.0.0.1", True, ["podman", "--remote"]),
        ("podman", "tcp://build.example.org:8888", "build.example.org", True, ["podman", "--remote"]),
        ("podman", "ssh://ana@build:22/run/podman.sock", "build", True, ["podman", "--remote"]),
        ("docker", None, "127.0.0.1", False, ["docker"]),
        ("docker", "unix:///var/run/docker.sock", "127.0.0.1", False, ["docker"]),
        ("docker", "tcp://10.0.0.7:2376", "10.0.0.7", True, ["docker"]),
        ("docker", "ssh://ana@build.example.org", "build.example.org", True, ["docker"]),
        ("docker", "tcp://[2001:db8::1]:2375", "2001:db8::1", True, ["docker"]),
    ],
)
def test_where_an_engine_is(  # noqa: PLR0917
    program: str, where: str | None, host: str, remote: bool, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {"podman": "CONTAINER_HOST", "docker": "DOCKER_HOST"}
    for variable in variables.values():
        monkeypatch.delenv(variable, raising=False)
    if where is not None:
        monkeypatch.setenv(variables[program], where)
    engine = Engine(program)
    assert (engine.host, engine.remote, engine.command) == (host, remote, command)


def test_the_address_of_one_engine_is_none_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTAINER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_HOST", "tcp://build.example.org:2376")
    assert (Engine("podman").host, Engine("podman").remote) == ("127.0.0.1", False)


@pytest.mark.parametrize(
    ("program", "said", "rootless"),
    [
        ("podman", "true\n", True),
        ("podman", "false\n", False),
        ("docker", "[name=seccomp,profile=builtin name=rootless]\n", True),
        ("docker", "[name=seccomp,profile=builtin]\n", False),
    ],
)
def test_whether_an_engine_has_the_rights_of_root(program: str, said: str, rootless: bool, engines: Engines) -> None:
    engines(program).when("info", said)
    assert Engine(program).rootless is rootless


def test_what_an_engine_refuses_is_told_in_its_own_last_words(engines: Engines) -> None:
    words = [f"line {number}" for number in range(20)]
    engines("podman").when("load", out="loading\n", err="\n".join(words) + "\n\n", code=125)
    with pytest.raises(OutsideError) as refused:
        Engine("podman").load(Path("image.tar"))
    assert refused.value.code == "engine-refused"
    assert str(refused.value.message) == f"`podman load` ended with 125: {chr(10).join(words[-LAST_LINES:])}"
    assert "`podman info`" in str(refused.value.hint)


def test_an_engine_that_is_silent_on_stderr_is_heard_on_stdout(engines: Engines) -> None:
    engines("docker").when("load", out="no such file", code=1)
    with pytest.raises(OutsideError, match="`docker load` ended with 1: no such file"):
        Engine("docker").load(Path("image.tar"))


def test_a_full_disk_is_no_riddle(engines: Engines) -> None:
    engines("podman").when("load", err="Error: write /var/x: No space left on device", code=125)
    with pytest.raises(OutsideError) as refused:
        Engine("podman").load(Path("image.tar"))
    assert str(refused.value.hint) == "make room on that disk, then run again"


@pytest.mark.parametrize(("code", "there"), [(0, True), (1, False), (125, False)])
def test_whether_it_has_an_image(code: int, there: bool, engines: Engines) -> None:
    podman = engines("podman").when("image inspect", code=code)
    assert Engine("podman").has("sha256:0") is there
    assert podman.calls[0][-1] == "sha256:0"


def test_what_a_killed_run_of_this_line_left_behind_is_taken_away(engines: Engines) -> None:
    podman = engines("podman").when("ps", "0123\n4567\n")
    Engine("podman").sweep("/home/ana/my line")
    assert podman.calls[0][-1] == f"label={LABEL}={gethostname()}:/home/ana/my line"
    assert "--all" in podman.calls[0]
    (removed,) = podman.called("rm")
    assert removed[-2:] == ["0123", "4567"]


def test_where_nothing_was_left_nothing_is_taken_away(engines: Engines) -> None:
    podman = engines("podman").when("ps", "\n")
    Engine("podman").sweep("/home/ana/line")
    assert [call[0] for call in podman.calls] == ["ps"]


@pytest.mark.parametrize(
    ("host", "port", "published"),
    [
        ("127.0.0.1", 8080, "127.0.0.1:8080:80"),
        ("0.0.0.0", 9090, "0.0.0.0:9090:80"),
        ("127.0.0.1", 0, "127.0.0.1::80"),
        ("localhost", 8080, "127.0.0.1:8080:80"),
        ("::1", 8080, "[::1]:8080:80"),
        ("::", 0, "[::]::80"),
    ],
)
def test_the_command_that_runs_an_image_in_the_foreground(host: str, port: int, published: str) -> None:
    engine = Engine("docker", ["--cgroupns=host"])
    assert engine.foreground("sha256:0", host, port, 80) == [
        "docker",
        "run",
        "--rm",
        "--publish",
        published,
        "--cgroupns=host",
        "sha256:0",
    ]


def test_a_container_is_started_for_its_line_with_the_arguments_of_the_line(engines: Engines) -> None:
    podman = engines("podman")
    with Engine("podman", ["--cgroups=disabled"]).container(
        "sha256:0", "/line", 8080, ["--user", "1"], ["serve"]
    ) as container:
        (started,) = podman.called("run")
    name = container.name
    assert started == [
        *["run", "--detach", "--name", name, "--label", f"{LABEL}={gethostname()}:/line"],
        *["--publish", "127.0.0.1::8080", "--cgroups=disabled", "--user", "1", "sha256:0", "serve"],
    ]
    (removed,) = podman.called("rm")
    assert removed[-1] == name
    assert "--force" in removed


def test_on_another_machine_the_port_of_a_container_is_published_to_us(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    podman = engines("podman")
    monkeypatch.setenv("CONTAINER_HOST", "tcp://build.example.org:8888")
    with Engine("podman").container("sha256:0", "/line", 8080):
        pass
    started = podman.calls[0]
    assert started[:2] == ["--remote", "run"]
    assert started[started.index("--publish") + 1] == "8080"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_container_is_gone_whatever_happens(error: type[BaseException], engines: Engines) -> None:
    podman = engines("podman")
    with pytest.raises(error), Engine("podman").container("sha256:0", "/line", 8080):
        raise error
    assert len(podman.called("rm")) == 1


def test_what_was_half_started_is_gone_too(engines: Engines) -> None:
    podman = engines("podman").when("run", err="Error: no such network", code=125)
    with (
        pytest.raises(OutsideError, match="`podman run` ended with 125: Error: no such network"),
        Engine("podman").container("sha256:0", "/line", 8080),
    ):
        raise AssertionError("it never ran")
    assert len(podman.called("rm")) == 1


@pytest.mark.parametrize("code", [126, 127])
def test_a_command_that_cannot_be_called_is_the_images_fault(code: int, engines: Engines) -> None:
    engines("podman").when("run", err="Error: python4: not found", code=code)
    with (
        pytest.raises(FailureError, match="cannot be started: Error: python4: not found"),
        Engine("podman").container("sha256:0", "/line", 8080),
    ):
        raise AssertionError("it never ran")


def test_what_the_engine_leaves_in_its_folder_is_not_left_in_ours(
    engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines("podman").when("run", then=": > oom")
    monkeypatch.chdir(tmp_path)
    with Engine("podman").container("sha256:0", "/line", 8080):
        pass
    assert not (tmp_path / "oom").exists()


def test_the_machine_that_docker_was_told_by_its_context_is_asked(engines: Engines) -> None:
    engines("docker").when("context", "ssh://ana@build.example.org\n")
    engine = Engine("docker")
    assert (engine.host, engine.remote) == ("build.example.org", True)


def test_that_a_container_cannot_be_taken_away_hides_nothing(engines: Engines) -> None:
    engines("podman").when("rm", err="busy", code=2)
    with pytest.raises(RuntimeError, match="mine"), Engine("podman").container("sha256:0", "/line", 8080):
        raise RuntimeError("mine")


def test_two_containers_have_two_names(engines: Engines) -> None:
    engines("podman")
    engine = Engine("podman")
    with engine.container("i", "/line", 1) as one, engine.container("i", "/line", 1) as other:
        assert one.name != other.name


@pytest.mark.parametrize(
    "said", ["127.0.0.1:43210\n", "0.0.0.0:43210\n[::]:43210\n", "[::1]:43210\n"], ids=["one", "two", "IPv6"]
)
def test_the_port_of_a_container_is_asked_for_once(said: str, engines: Engines) -> None:
    podman = engines("podman").when("port", said)
    container = Container(Engine("podman"), "x", 8080)
    assert (container.port, container.port) == (43210, 43210)
    assert podman.calls == [["port", "x", "8080/tcp"]]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("true 0 false 4321\n", State(running=True, exit_code=0, oom=False, pid=4321)),
        ("false 137 true 0\n", State(running=False, exit_code=137, oom=True, pid=None)),
        ("false 0 false 0\n", State(running=False, exit_code=0, oom=False, pid=None)),
    ],
)
def test_the_state_of_a_container(said: str, state: State, engines: Engines) -> None:
    engines("podman").when("inspect", said)
    assert Container(Engine("podman"), "x", 8080).state() == state


def test_a_process_of_another_machine_is_none_of_ours(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    engines("docker").when("inspect", "true 0 false 4321")
    monkeypatch.setenv("DOCKER_HOST", "tcp://build.example.org:2376")
    assert Container(Engine("docker"), "x", 8080).state().pid is None


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("true 0 false 1", ["its last log lines:\none\ntwo"]),
        ("false 3 false 0", ["the container ended with 3", "its last log lines:\none\ntwo"]),
        ("false 137 true 0", ["the container ran out of memory: see `memory` in [deploy.test]", "one\ntwo"]),
    ],
)
def test_the_evidence_of_a_container_is_what_became_of_it_and_its_last_words(
    state: str, said: list[str], engines: Engines
) -> None:
    engines("podman").when("inspect", state).when("logs", "one\n", "two\n")
    found = [str(message) for message in Container(Engine("podman"), "x", 8080).evidence()]
    assert len(found) == len(said)
    assert all(words in message for words, message in zip(said, found, strict=True))


def test_a_container_that_said_nothing_has_no_last_words(engines: Engines) -> None:
    engines("podman").when("inspect", "true 0 false 1").when("logs", "\n")
    assert list(Container(Engine("podman"), "x", 8080).evidence()) == []


def test_only_so_many_lines_of_a_container_are_shown(engines: Engines) -> None:
    lines = [f"line {number}" for number in range(30)]
    podman = engines("podman").when("logs", "\n".join(lines))
    assert Container(Engine("podman"), "x", 8080).logs().splitlines() == lines[-LAST_LINES:]
    assert podman.calls == [["logs", "--tail", str(LAST_LINES), "x"]]


def test_a_command_in_a_container_may_fail(engines: Engines) -> None:
    podman = engines("podman").when("exec", "out", "err", code=1)
    done = Container(Engine("podman"), "x", 8080).ask("python3", "-c", "import pip")
    assert (done.returncode, done.stdout, done.stderr) == (1, "out", "err")
    assert podman.calls == [["exec", "x", "python3", "-c", "import pip"]]


def test_a_container_is_sent_a_signal(engines: Engines) -> None:
    podman = engines("podman")
    Container(Engine("podman"), "x", 8080).signal("TERM")
    assert podman.calls == [["kill", "--signal", "TERM", "x"]]
