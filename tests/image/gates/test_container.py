"""What the gates share that start the image: a failure shows the container's last words, and none outlives its gate."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from fake_engine import FakeProgram
from small_image import draft, file, laid_out, tar

from relevo.calls.asking import get
from relevo.calls.serving import Address
from relevo.core.artifact import Draft
from relevo.core.errors import FailureError, OutsideError
from relevo.core.message import Message
from relevo.core.settings import DeploySettings
from relevo.core.verdict import Outcome, Verdict
from relevo.image.engine import Container
from relevo.image.gates.any_uid import AnyUid
from relevo.image.gates.boots import INSTALLERS, Boots
from relevo.image.gates.container import ContainerGate, limits
from relevo.image.gates.drains import Drains
from relevo.image.gates.performance import Performance
from relevo.image.gates.right_calls import RightCalls
from relevo.image.gates.wrong_calls import WrongCalls

Engines = Callable[[str], FakeProgram]


class Quick(ContainerGate):
    """As the docstring of the module has it."""

    name: ClassVar[str] = "quick"

    def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:
        return Verdict.of(self.name, get(address, "/docs").status == 200)


@pytest.fixture
def answers() -> Iterator[dict[str, int]]:
    """Path → status of what runs in the container; 404 for every other path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses.get(self.path, 404))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    statuses = {"/health/ready": 200, "/docs": 200, "port": server.server_address[1]}
    yield statuses
    server.shutdown()
    server.server_close()


@pytest.fixture
def made(tmp_path: Path) -> Draft:
    laid_out(tmp_path / "draft" / "oci", tar(file("a")))
    return draft(tmp_path / "line", tmp_path / "draft")


@pytest.fixture
def podman(engines: Engines, answers: dict[str, int]) -> FakeProgram:
    """An engine whose containers answer, and say two lines."""
    podman = engines("podman").when("port", f"127.0.0.1:{answers['port']}\n").when("inspect", "true 0 false 1\n")
    return podman.when("logs", "starting\n", "listening\n")


def test_a_gate_that_passes_has_no_last_words(podman: FakeProgram, made: Draft) -> None:
    verdict = Quick().check(made)
    assert (verdict.outcome, verdict.evidence) == (Outcome.PASSED, ())
    assert len(podman.called("run")) == len(podman.called("rm")) == 1


def test_a_gate_that_fails_shows_the_last_words(podman: FakeProgram, made: Draft, answers: dict[str, int]) -> None:
    answers["/docs"] = 500
    verdict = Quick().check(made)
    assert verdict.outcome is Outcome.FAILED
    assert [str(message) for message in verdict.evidence] == ["its last log lines:\nstarting\nlistening"]
    assert len(podman.called("rm")) == 1


def test_what_the_gate_says_goes_before_the_last_words(podman: FakeProgram, made: Draft) -> None:
    class Says(Quick):
        def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:
            return Verdict.of("quick", False, measured=3, evidence=(Message("mine"),))

    verdict = Says().check(made)
    assert [str(message).splitlines()[0] for message in verdict.evidence] == ["mine", "its last log lines:"]
    assert verdict.measured == 3


@pytest.mark.parametrize("error", [FailureError, OutsideError])
def test_a_container_that_stops_answering_has_failed(error: type[Any], podman: FakeProgram, made: Draft) -> None:
    class Breaks(Quick):
        def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:
            raise error("no-answer", "GET /docs got no answer")

    verdict = Breaks().check(made)
    assert verdict.outcome is Outcome.FAILED
    assert [str(message).splitlines()[0] for message in verdict.evidence] == [
        "GET /docs got no answer",
        "its last log lines:",
    ]


def test_a_defect_of_the_gate_is_no_verdict_and_leaves_no_container(podman: FakeProgram, made: Draft) -> None:
    class Broken(Quick):
        def ask(self, draft: Draft, container: Container, address: Address) -> Verdict:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Broken().check(made)
    assert len(podman.called("rm")) == 1


def test_an_image_without_a_port_has_failed_before_it_was_started(podman: FakeProgram, made: Draft) -> None:
    verdict = Quick().check(replace(made, facts={**made.facts, "ports": []}))
    assert verdict.outcome is Outcome.FAILED
    assert "EXPOSE" in str(verdict.evidence[0])
    assert podman.called("run") == []


def test_without_an_engine_there_is_no_verdict(engines: Engines, made: Draft) -> None:
    with pytest.raises(OutsideError, match="no container engine answers"):
        Quick().check(made)


def test_an_engine_that_does_not_start_it_is_no_fault_of_the_image(engines: Engines, made: Draft) -> None:
    podman = engines("podman").when("run", err="cannot set up the network", code=125)
    with pytest.raises(OutsideError, match="cannot set up the network"):
        Quick().check(made)
    assert len(podman.called("rm")) == 1


def started_with(gate: ContainerGate, made: Draft, podman: FakeProgram) -> Sequence[str]:
    """What the engine is told beyond what every gate tells it."""
    gate.check(made)
    (run,) = podman.called("run")
    return run[run.index("--publish") + 2 : -1]


@pytest.mark.parametrize(
    ("rootless", "uid"), [("false", "1000650000:0"), ("true", "54321:0")], ids=["as OpenShift does", "without root"]
)
def test_any_uid_closes_everything_that_openshift_closes(
    rootless: str, uid: str, podman: FakeProgram, made: Draft
) -> None:
    podman.when("info --format {{.Host.Security.Rootless}}", f"{rootless}\n")
    assert AnyUid().arguments(made) == [
        *["--user", uid, "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
        "--read-only-tmpfs=false",
    ]


def test_docker_mounts_nothing_writable_by_itself(engines: Engines, made: Draft) -> None:
    engines("docker").when("info", "[name=seccomp]")
    assert "--read-only" in AnyUid().arguments(made)
    assert "--read-only-tmpfs=false" not in AnyUid().arguments(made)


@pytest.mark.parametrize(
    ("deploy", "cpus", "memory"),
    [
        ({}, "0.5", "268435456"),
        ({"test": DeploySettings(cpu="2", memory="1Gi")}, "2.0", "1073741824"),
        ({"test": DeploySettings(cpu="250m")}, "0.25", "268435456"),
        ({"production": DeploySettings(cpu="8", memory="8Gi")}, "0.5", "268435456"),
    ],
    ids=["the defaults", "its own", "one of them", "of another environment"],
)
def test_performance_is_measured_in_the_limits_of_the_test_environment(
    deploy: dict[str, DeploySettings], cpus: str, memory: str, made: Draft
) -> None:
    limited = replace(made, settings=replace(made.settings, deploy=deploy))
    assert Performance().arguments(limited) == ("--cpus", cpus, "--memory", memory)


def test_drains_gives_the_container_time(made: Draft) -> None:
    assert Drains().arguments(made) == ("--env", "RELEVO_DRAIN_SECONDS=3")


@pytest.mark.parametrize("gate", [RightCalls, WrongCalls])
def test_calls_are_made_under_the_limits_that_they_expect(gate: type[ContainerGate], made: Draft) -> None:
    told = gate().arguments(made)
    assert told == limits(made)
    assert told[::2] == ["--env"] * (len(told) // 2)
    assert {entry.partition("=")[0] for entry in told[1::2]} == {
        "RELEVO_MAX_ROWS",
        "RELEVO_MAX_BODY_BYTES",
        "RELEVO_MAX_TEXT_CHARS",
    }


def test_arguments_of_a_gate_have_the_last_word(podman: FakeProgram, made: Draft) -> None:
    class With(Quick):
        def arguments(self, draft: Draft) -> Sequence[str]:
            return ("--read-only",)

    image = replace(made.settings.image, run_args=("--cgroups=disabled",))
    of_line = replace(made, settings=replace(made.settings, image=image))
    assert started_with(With(), of_line, podman) == ["--cgroups=disabled", "--read-only"]


def test_an_image_that_boots_without_an_installer_passes(podman: FakeProgram, made: Draft) -> None:
    podman.when("exec", err="ModuleNotFoundError: No module named 'pip'", code=1)
    verdict = Boots().check(made)
    assert (verdict.outcome, verdict.evidence, verdict.unit) == (Outcome.PASSED, (), "s")
    assert 0 <= verdict.measured < verdict.limit
    assert [call[-1] for call in podman.called("exec")] == [f"import {name}" for name in INSTALLERS]


def test_an_image_that_can_install_something_is_refused(podman: FakeProgram, made: Draft) -> None:
    podman.when("exec * import setuptools", code=1).when("exec", "")
    verdict = Boots().check(made)
    assert verdict.outcome is Outcome.FAILED
    assert [str(message).split(" works")[0] for message in verdict.evidence[:-1]] == [
        "`import pip`",
        "`import ensurepip`",
    ]
