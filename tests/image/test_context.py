"""The folder that a builder builds: what lands where, with the same rights and times whoever makes it."""

import os
from pathlib import Path

import pytest
from small_image import no_index, put, service, wheel

from relevo.calls import runtime
from relevo.core.artifact import Artifact
from relevo.image.base import Base
from relevo.image.context import assemble
from relevo.image.sources import OURS, Sources

BASE = Base("base:1", "sha256:0", "amd64", (), {}, "3.12", "debian 12", musl=False, packages={})


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    no_index(monkeypatch, tmp_path / "uv")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A line whose image has one package, which lies beside its list."""
    root = tmp_path / "line"
    listed = wheel(root / "image" / "wheels", "tiny", files={"tiny/tests/test_tiny.py": b"", "tiny/words.py": b""})
    return put(root, {"image/Dockerfile": "FROM ${BASE}\n", "image/requirements.txt": listed})


@pytest.fixture
def made(tmp_path: Path) -> Artifact:
    return service(tmp_path / "service")


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def context(root: Path, made: Artifact, target: Path, dockerfile: str = "image/Dockerfile") -> Path:
    target.mkdir()
    assemble(Sources.of(root, dockerfile), made, BASE, target)
    return target


def test_everything_lands_in_its_folder(root: Path, made: Artifact, tmp_path: Path) -> None:
    found = contents(context(root, made, tmp_path / "context"))
    runtimes = {f"runtime/relevo_runtime/{name}" for name in runtime.files()}
    assert "runtime/relevo_runtime/app.py" in runtimes
    assert {name for name in found if not name.startswith(("runtime/", "dependencies/tiny-1.0.dist-info/"))} == {
        "Dockerfile",
        "requirements.txt",
        "dependencies/tiny/__init__.py",
        "dependencies/tiny/words.py",
        "service/app.py",
        "service/own/words.py",
        "model/openapi.json",
        "model/service.json",
        "model/model/model.json",
        "model/model/weights.bin",
    }
    assert {name for name in found if name.startswith("runtime/")} == runtimes


def test_it_says_the_version_of_each_package(root: Path, made: Artifact, tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    user = Sources.of(root, "image/Dockerfile")
    assert assemble(user, made, BASE, tmp_path / "context") == {"tiny": "1.0"}


def test_what_a_new_model_changes_lies_in_one_folder(root: Path, made: Artifact, tmp_path: Path) -> None:
    one = context(root, made, tmp_path / "one")
    other = context(root, service(tmp_path / "other-service", weights=b"2"), tmp_path / "other")
    assert contents(one) == contents(other)
    changed = {name for name in contents(one) if (one / name).read_bytes() != (other / name).read_bytes()}
    assert changed == {"model/model/weights.bin"}


def test_what_lies_beside_the_dockerfile_comes_along(root: Path, made: Artifact, tmp_path: Path) -> None:
    own = {
        "image/etc/own.conf": "a",
        "image/wheelhouse/x": "b",
        "image/.env": "SECRET=1",
        "image/.git/config": "c",
        "image/__pycache__/x.pyc": "d",
    }
    put(root, own)
    (root / "image" / "link").symlink_to("/etc/passwd")
    before = {"Dockerfile", "requirements.txt"}
    found = {name for name in contents(context(root, made, tmp_path / "context")) if name.split("/")[0] not in OURS}
    assert found == before | {"etc/own.conf", "wheelhouse/x"}
    assert (tmp_path / "context/etc/own.conf").read_text() == "a"


def test_a_dockerfile_of_another_name_is_called_as_builders_look_for_it(
    root: Path, made: Artifact, tmp_path: Path
) -> None:
    (root / "image" / "Dockerfile").rename(root / "image" / "Containerfile")
    target = context(root, made, tmp_path / "context", "image/Containerfile")
    assert (target / "Dockerfile").read_text() == "FROM ${BASE}\n"
    assert not (target / "Containerfile").exists()


def test_rights_and_times_are_the_same_whoever_made_the_files(root: Path, made: Artifact, tmp_path: Path) -> None:
    put(root, {"image/start": "#!", "image/secret": "", "image/deep/er/x": ""})
    for name, mode in (("start", 0o700), ("secret", 0o600), ("Dockerfile", 0o664), ("deep", 0o700)):
        (root / "image" / name).chmod(mode)
    os.utime(root / "image" / "start", (1, 2))
    target = context(root, made, tmp_path / "context")
    modes = {path.relative_to(target).as_posix(): path.stat().st_mode & 0o7777 for path in target.rglob("*")}
    folders = {name for name in modes if (target / name).is_dir()}
    assert {name for name, mode in modes.items() if mode != 0o644} == {*folders, "start"}
    assert {modes[name] for name in (*folders, "start")} == {0o755}
    assert {path.stat().st_mtime for path in (target, *target.rglob("*"))} == {0}
