"""What only images need, and what is said when it is not installed."""

import sys
from pathlib import Path

import pytest

from relevo.core.errors import OutsideError
from relevo.image import extra


def alone(monkeypatch: pytest.MonkeyPatch, folder: Path, *programs: str) -> None:
    """Only these programs are installed, beside Python."""
    for name in programs:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python3"))
    monkeypatch.setenv("PATH", str(folder / "nothing"))


def test_here_everything_is_installed() -> None:
    extra.need()
    assert Path(extra.program("uv")).is_file()


@pytest.mark.parametrize("missing", extra.PROGRAMS)
def test_a_missing_program_is_named_with_what_installs_it(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone(monkeypatch, tmp_path, *(name for name in extra.PROGRAMS if name != missing))
    with pytest.raises(OutsideError, match=rf"`{missing}`(?s:.*)pip install 'relevo\[image\]'") as refused:
        extra.need()
    assert refused.value.code == "image-extra-missing"


@pytest.mark.parametrize("missing", extra.MODULES)
def test_a_missing_package_is_named(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name == missing else object())
    with pytest.raises(OutsideError, match=f"`{missing}`"):
        extra.need()


def test_a_program_beside_python_goes_before_one_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch, tmp_path, "uv")
    other = tmp_path / "other"
    other.mkdir()
    alone(monkeypatch, other, "uv", "hadolint")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    monkeypatch.setenv("PATH", str(other))
    assert extra.program("uv") == str(tmp_path / "uv")
    assert extra.program("hadolint") == str(other / "hadolint")
