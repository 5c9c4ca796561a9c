"""podman, docker and buildah as programs: what they are told, and what their answers mean."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import FakeProgram
from small_image import put

from relevo.core.errors import FailureError, OutsideError
from relevo.image.builder import Builder, choose

Engines = Callable[[str], FakeProgram]
PROGRAMS = ("podman", "docker", "buildah")
ID = "sha256:" + "a" * 64
#: How each says which image a name stands for.
LOOK = {"podman": "image inspect", "docker": "image inspect", "buildah": "inspect"}

programs = pytest.mark.parametrize("name", PROGRAMS)


def builder(name: str, *arguments: str) -> Builder:
    return choose(name, arguments)


@pytest.fixture
def context(tmp_path: Path) -> Path:
    return put(tmp_path / "context", {"Dockerfile": "ARG BASE\nFROM ${BASE}\n"})


@programs
@pytest.mark.parametrize("said", [f"{ID}\n", ID.removeprefix("sha256:") + "\n"], ids=["with sha256:", "without"])
def test_a_base_that_is_here_is_not_fetched(name: str, said: str, engines: Engines) -> None:
    program = engines(name).when(LOOK[name], said.removeprefix("sha256:") if name == "buildah" else said)
    assert builder(name).base("python:3.12-slim") == ID
    assert program.called("pull") == []


@programs
def test_a_base_that_is_not_here_is_fetched(name: str, engines: Engines, tmp_path: Path) -> None:
    there = tmp_path / "there"
    program = engines(name).when("pull", then=f": > {there}")
    program.when(LOOK[name], "a" * 64, then=f"[ -e {there} ] || exit 1")
    assert builder(name).base("python:3.12-slim") == ID
    assert [call[-1] for call in program.called("pull")] == ["python:3.12-slim"]


@programs
def test_a_base_that_cannot_be_fetched_says_why_in_the_last_words(name: str, engines: Engines) -> None:
    program = engines(name).when(LOOK[name], code=1)
    program.when("pull", err="Trying to pull\ntime 2\nError: connection refused\n", code=125)
    with pytest.raises(OutsideError) as refused:
        builder(name).base("python:3.12-slim")
    assert refused.value.code == "base-missing"
    assert "`python:3.12-slim` is not here and cannot be fetched" in str(refused.value.message)
    assert str(refused.value.message).endswith("Error: connection refused")
    assert "RELEVO_BASE" in str(refused.value.hint)


@programs
def test_a_build_needs_no_network_and_takes_the_arguments_of_the_line(
    name: str, engines: Engines, context: Path, tmp_path: Path
) -> None:
    iid = tmp_path / "image.id"
    program = engines(name).when("build", then=f'printf %s {"b" * 64} > "{iid}"')
    assert builder(name, "--squash").build(context, ID, tmp_path) == "sha256:" + "b" * 64
    (told,) = program.called("build")
    assert told[told.index("--network") + 1] == "none"
    name = f"localhost/relevo/base:{'a' * 12}"
    assert program.called("tag") == [["tag", ID, name]]
    assert told[told.index("--build-arg") + 1] == f"BASE={name}"
    assert told[told.index("--file") + 1] == str(context / "Dockerfile")
    assert told[-2:] == ["--squash", str(context)]


@programs
def test_a_step_that_fails_is_the_dockerfiles_fault_and_told_in_the_words_of_the_builder(
    name: str, engines: Engines, context: Path, tmp_path: Path
) -> None:
    words = "STEP 3/9: RUN false\nError: building: exit status 1"
    engines(name).when("build", err=words, code=1)
    with pytest.raises(FailureError) as refused:
        builder(name).build(context, ID, tmp_path)
    assert refused.value.code == "does-not-build"
    assert str(refused.value.message) == f"`{name}` cannot build the Dockerfile: {words}"


@programs
def test_a_full_disk_is_not_the_dockerfiles_fault(name: str, engines: Engines, context: Path, tmp_path: Path) -> None:
    engines(name).when("build", err="write /x: no space left on device", code=125)
    with pytest.raises(OutsideError) as refused:
        builder(name).build(context, ID, tmp_path)
    assert "make room on that disk" in str(refused.value.hint)


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("podman", "info --format {{.Host.Arch}}", "amd64\n"),
        ("docker", "version", "arm64\n"),
        ("buildah", "info", '{"host": {"arch": "amd64"}}'),
    ],
)
def test_what_it_builds_for(name: str, asked: str, said: str, engines: Engines) -> None:
    engines(name).when(asked, said)
    assert builder(name).architecture() in said


@programs
def test_an_image_that_cannot_be_forgotten_is_no_failure(name: str, engines: Engines) -> None:
    program = engines(name).when("rmi", err="image is in use", code=2)
    builder(name).forget(ID)
    assert program.called("rmi")[0][-1] == ID


@programs
def test_an_image_that_cannot_be_saved_is_the_outside_world(name: str, engines: Engines, tmp_path: Path) -> None:
    engines(name).when("save", err="no such image", code=125).when("push", err="no such image", code=125)
    with pytest.raises(OutsideError, match="no such image"):
        builder(name).save(ID, tmp_path / "image.tar")


def test_podman_on_another_machine_is_told_so(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    podman = engines("podman")
    monkeypatch.setenv("CONTAINER_HOST", "tcp://build.example.org:8888")
    builder("podman")
    assert podman.calls[0][:2] == ["--remote", "info"]
