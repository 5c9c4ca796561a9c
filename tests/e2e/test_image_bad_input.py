"""What can go wrong around an image: one clear error, nothing published, and nothing left in the engine."""

import io
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from engines import forget_images, no_working_container, podman, podman_service

from relevo.image.oci.archive import compress, pack, written
from relevo.image.oci.layout import write
from relevo.tools.process import run

if TYPE_CHECKING:
    from tests.e2e.conftest import Project

pytestmark = [pytest.mark.slow, pytest.mark.container, pytest.mark.git]
RELEVO = Path(sys.executable).with_name("relevo")
DOCKERFILE = "image/Dockerfile"
NOWHERE = "localhost/relevo-nowhere:1"


@pytest.fixture
def label() -> str:
    """For all images of a test, also those between two steps."""
    return f"relevo.test={secrets.token_hex(6)}"


@pytest.fixture
def line(image_line: "Project", label: str) -> Iterator["Project"]:
    """A line whose image is to be made again."""
    image_line.edit(DOCKERFILE, "FROM ${BASE}\n", f"FROM ${{BASE}}\nLABEL {label}\n")
    yield image_line
    assert not forget_images(label), "a build left an image behind"


def refused(line: "Project", expect: int) -> str:
    """The error with which `relevo run image` ends, and its hint; nothing is published."""
    said = line.relevo("run", "image", expect=expect).stderr
    assert "Traceback" not in said
    assert "defect" not in said
    assert line.versions("image") == ["1.0.0"]
    assert line.lock()["image"] == "1.0.0"
    assert not (line.root / ".relevo/work").exists()
    line.relevo("verify")
    error = said[said.index("error: ") :]
    print(error)
    return error


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """only("git"): nothing but these programs is on the PATH; the folder where they are."""

    def only(*programs: str) -> Path:
        folder = tmp_path / "programs"
        folder.mkdir()
        for name in programs:
            found = shutil.which(name)
            assert found
            (folder / name).symlink_to(found)
        monkeypatch.setenv("PATH", str(folder))
        return folder

    yield only
    monkeypatch.undo()


def test_no_engine(line: "Project", only: Callable[..., Path]) -> None:
    only("git")
    error = refused(line, 3)
    assert "no container engine answers" in error
    assert "`podman` is not installed" in error
    assert "hint: install podman" in error


def test_an_engine_that_refuses(line: "Project", only: Callable[..., Path]) -> None:
    programs = only("git")
    (programs / "podman").write_text("#!/bin/sh\necho 'Error: no subuid ranges found for user' >&2\nexit 125\n")
    (programs / "podman").chmod(0o755)
    assert "`podman info` ended with 125: Error: no subuid ranges found for user" in refused(line, 3)


def test_an_engine_on_a_machine_that_is_down(line: "Project", monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("CONTAINER_HOST", address)
        elsewhere.setenv("DOCKER_HOST", address)
        error = refused(line, 3)
    assert "connection refused" in error
    assert "CONTAINER_HOST and DOCKER_HOST name an engine on another machine" in error


def test_no_base(line: "Project", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEVO_BASE", NOWHERE)
    error = refused(line, 3)
    assert f"the base image `{NOWHERE}` is not here and cannot be fetched" in error
    assert "RELEVO_BASE" in error


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """load("arm64"): the engine gets an image for that processor, with a single file in it; its name."""
    name = f"localhost/relevo-test/{secrets.token_hex(6)}:1"

    def load(architecture: str) -> str:
        member = tarfile.TarInfo("etc/motd")
        layer = compress(written([(member, io.BytesIO())]), tmp_path / "tiny")
        rootfs = {"type": "layers", "diff_ids": [layer.diff_id]}
        layout = write(
            tmp_path / "tiny",
            {"architecture": architecture, "os": "linux", "config": {}, "rootfs": rootfs},
            [layer],
            name,
        )
        pack(layout, tmp_path / "tiny.tar", name)
        podman("load", "--quiet", "--input", str(tmp_path / "tiny.tar"))
        return name

    yield load
    podman("rmi", "--force", name, check=False)


def test_a_base_for_another_processor(
    line: "Project", load: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = podman("info", "--format", "{{.Host.Arch}}")
    other = "amd64" if ours == "arm64" else "arm64"
    name = load(other)
    monkeypatch.setenv("RELEVO_BASE", name)
    assert f"the base image `{name}` is for {other}, and here images are built for {ours}" in refused(line, 2)


def test_a_base_without_python(line: "Project", load: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    name = load(podman("info", "--format", "{{.Host.Arch}}"))
    monkeypatch.setenv("RELEVO_BASE", name)
    error = refused(line, 2)
    assert f"the base image `{name}` has no `python3` on its PATH" in error
    assert "python:3.12-slim" in error


def test_a_package_without_a_wheel(line: "Project", monkeypatch: pytest.MonkeyPatch) -> None:
    """Its source is at hand, but nothing is built while an image is."""
    wheels = line.root / "image/wheels"
    wheels.mkdir()
    source = wheels / "relevo_nowhere-1.0.tar.gz"
    with tarfile.open(source, "w:gz") as tar:
        said = b"Metadata-Version: 2.1\nName: relevo-nowhere\nVersion: 1.0\n"
        member = tarfile.TarInfo("relevo_nowhere-1.0/PKG-INFO")
        member.size = len(said)
        tar.addfile(member, io.BytesIO(said))
    digest = run(["sha256sum", str(source)], timeout=10).stdout.split()[0]
    (line.root / "image/requirements.txt").write_text(f"relevo-nowhere==1.0 --hash=sha256:{digest}\n")
    monkeypatch.setenv("UV_NO_INDEX", "1")
    error = refused(line, 2)
    assert "requirements.txt`: `relevo-nowhere` has no wheel for this Python and platform" in error
    assert "pip wheel relevo-nowhere" in error


def test_a_dockerfile_that_does_not_build(line: "Project") -> None:
    line.edit(DOCKERFILE, "\n# Any user", "\nRUN echo the-reason >&2; exit 3\n\n# Any user")
    with no_working_container():
        error = refused(line, 1)
    assert "`podman` cannot build the Dockerfile: the-reason" in error
    assert 'building at STEP "RUN echo the-reason >&2; exit 3"' in error


@pytest.fixture
def small_disk(line: "Project") -> Iterator[Callable[[int], None]]:
    """Puts .relevo on a disk on which so many MB are free; needs the right to mount."""
    home, kept = line.root / ".relevo", line.root.parent / "kept"
    used = run(["du", "--summarize", "--bytes", str(home)], timeout=10).stdout.split()[0]
    mounted = False

    def resize(free: int) -> None:
        nonlocal mounted
        size = f"size={int(used) + free * 1_000_000}"
        if mounted:
            run(["mount", "-o", f"remount,{size}", str(home)], timeout=10)
            return
        home.rename(kept)
        home.mkdir()
        done = run(["mount", "-t", "tmpfs", "-o", size, "none", str(home)], timeout=10, check=False)
        if done.returncode:
            pytest.skip(f"no right to mount a small disk: {done.stderr.strip()}")
        mounted = True
        shutil.copytree(kept, home, dirs_exist_ok=True)

    yield resize
    if mounted:
        run(["umount", str(home)], timeout=10)


def test_a_full_disk(line: "Project", small_disk: Callable[[int], None]) -> None:
    """While the packages are laid out, while the engine saves the image, while its layers are compressed."""
    says = []
    for free in (3, 30, 150, 320):
        small_disk(free)
        with no_working_container():
            says.append(refused(line, 3))
        assert "no space left on device" in says[-1].lower()
    assert len(set(says)) > 2, "the disk was full at several places"


def ended(
    line: "Project", step: str, after: float, kind: signal.Signals = signal.SIGINT, when: Callable[[], object] = bool
) -> tuple[int, str]:
    """`relevo run image` with a signal so many seconds after it says `step` and what `when` waits for; its exit code
    and what it said."""
    with subprocess.Popen(
        [RELEVO, "run", "image"],
        cwd=line.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **line.environment},
        text=True,
    ) as running:
        assert running.stderr is not None
        said = []
        for text in running.stderr:
            said.append(text)
            if text.startswith(step):
                when()
                time.sleep(after)
                running.send_signal(kind)
                step = "never again"
    return running.returncode, "".join(said)


MOMENTS = [
    ("looking at the base image", 0.0),
    ("bringing the packages together", 0.3),
    ("building the image with podman", 0.1),
    ("building the image with podman", 0.7),
    ("building the image with podman", 1.5),
    ("building the image with podman", 2.5),
    ("compressing the layers", 0.3),
    ("checking image: any-uid", 0.0),
    ("checking image: any-uid", 0.5),
    ("checking image: boots", 0.7),
]


def test_ctrl_c_leaves_nothing_behind(line: "Project") -> None:
    """Neither a container of a gate nor one of the build, neither an image nor a file of an artifact."""
    with no_working_container():
        for step, after in MOMENTS:
            code, said = ended(line, step, after)
            assert code == 130, said
            assert "Traceback" not in said
            assert said.endswith("interrupted; `relevo run` goes on from here\n")
            assert line.containers() == []
            assert line.versions("image") == ["1.0.0"]
            assert not (line.root / ".relevo/work").exists()
    line.relevo("verify")


@pytest.mark.parametrize("builder", ["podman", "buildah"])
def test_ctrl_c_ends_a_step_that_takes_its_time(line: "Project", label: str, builder: str) -> None:
    line.edit("relevo.toml", "[image]\n", f'[image]\nbuilder = "{builder}"\n')
    line.edit(DOCKERFILE, "\n# Any user", "\nRUN sleep 601.25\n\n# Any user")
    begun = time.monotonic()
    with no_working_container():
        code, _ = ended(line, "building the image", 4)
    assert code == 130
    assert time.monotonic() - begun < 60
    assert "sleep 601.25" not in run(["ps", "-eo", "args"], timeout=10).stdout
    if builder == "buildah":
        forget_images(label)  # it does not say what it made until then


def test_ctrl_c_does_not_wait_for_an_engine_on_another_machine(
    line: "Project", label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which ends the step that it is at, and then cleans up."""
    line.edit(DOCKERFILE, "\n# Any user", "\nRUN sleep 12\n\n# Any user")
    with podman_service() as address, no_working_container(), monkeypatch.context() as elsewhere:
        elsewhere.setenv("CONTAINER_HOST", address)
        code, _ = ended(line, "building the image", 7)
    assert code == 130
    forget_images(label)


def test_what_a_killed_run_left_is_swept_by_the_next(line: "Project", run_image: Callable[..., dict[str, Any]]) -> None:
    def started() -> None:
        until = time.monotonic() + 20
        while not line.containers() and time.monotonic() < until:
            time.sleep(0.05)

    code, _ = ended(line, "checking image: drains", 0, signal.SIGKILL, started)
    assert code == -signal.SIGKILL
    assert len(line.containers()) == 1
    line.relevo("verify")
    assert run_image(line, "boots")["published"] == ["image@1.0.1"]
    assert line.containers() == []
