"""The rules of hadolint on the user's Dockerfile, with the line that breaks one."""

from pathlib import Path

import pytest
from small_image import draft, put

from relevo.core.errors import OutsideError
from relevo.core.verdict import Outcome
from relevo.image.gates import lint
from relevo.image.gates.lint import Lint


def image(root: Path, dockerfile: str) -> object:
    return draft(put(root, {"image/Dockerfile": dockerfile}), root)


def test_an_error_and_a_warning_fail_with_their_line(tmp_path: Path) -> None:
    verdict = Lint().check(image(tmp_path, "FROM python:latest\n# a comment\nRUN cd /opt\nUSER 1\nCOPY a b\n"))
    assert verdict.outcome is Outcome.FAILED
    said = [str(message) for message in verdict.evidence]
    assert (verdict.measured, verdict.limit, verdict.unit) == (len(said), 0, "findings")
    assert any(message.startswith("`image/Dockerfile`, line 1: DL3007 ") for message in said)
    assert any(message.startswith("`image/Dockerfile`, line 3: DL3003 ") for message in said)


def test_what_is_a_matter_of_style_is_only_said(tmp_path: Path) -> None:
    verdict = Lint().check(image(tmp_path, "FROM python:3.12\nRUN true\nRUN true\n"))
    assert (verdict.outcome, verdict.evidence) == (Outcome.PASSED, ())
    assert [str(message).split(" ")[:4] for message in verdict.warnings] == [
        ["`image/Dockerfile`,", "line", "3:", "DL3059"]
    ]


def test_a_comment_excuses_the_line_below_it(tmp_path: Path) -> None:
    verdict = Lint().check(image(tmp_path, "# hadolint ignore=DL3007\nFROM python:latest\n"))
    assert (verdict.outcome, verdict.evidence, verdict.warnings) == (Outcome.PASSED, (), ())


def test_what_is_no_dockerfile_fails_with_its_line(tmp_path: Path) -> None:
    verdict = Lint().check(image(tmp_path, "FROM python:3.12\nFORM x\n"))
    assert verdict.outcome is Outcome.FAILED
    assert "`image/Dockerfile`, line 2: DL1000" in str(verdict.evidence[0])


def test_without_hadolint_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match=r"`hadolint`(?s:.*)relevo\[image\]"):
        lint.hadolint(tmp_path / "Dockerfile", tmp_path)


@pytest.mark.parametrize(
    "place", ["here/.hadolint.yaml", "home/.config/hadolint.yaml", "home/.hadolint.yaml", "xdg/hadolint.yaml"]
)
def test_settings_of_whoever_asks_do_not_count(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {place: "ignored: [DL3007]\n", "here/x": ""})
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ("xdg" if place.startswith("xdg") else "home/.config")))
    verdict = Lint().check(image(tmp_path / "line", "FROM python:latest\n"))
    assert [message.params["rule"] for message in verdict.evidence] == ["DL3007"]


def test_variables_of_whoever_asks_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HADOLINT_IGNORE", "DL3007")
    monkeypatch.setenv("HADOLINT_OVERRIDE_INFO", "DL3007")
    verdict = Lint().check(image(tmp_path, "FROM python:latest\n"))
    assert [message.params["rule"] for message in verdict.evidence] == ["DL3007"]


def test_settings_in_the_folder_of_the_line_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"line/.hadolint.yaml": "ignored: [DL3007]\n"})
    monkeypatch.chdir(tmp_path)
    verdict = Lint().check(image(Path("line"), "FROM python:latest\n"))
    assert (verdict.outcome, verdict.evidence, verdict.warnings) == (Outcome.PASSED, (), ())
