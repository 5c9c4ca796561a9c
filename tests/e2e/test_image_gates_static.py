"""The gates that look at an image without starting it, through `relevo run`: planted bad images are refused.

The defects are planted in the user's Dockerfile, and in files beside it; the other gates are left out, for time.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relevo import registry
from relevo.cli.main import main
from relevo.line import Line

pytestmark = [pytest.mark.slow, pytest.mark.container]

GATES = ("contents", "interface", "secrets", "vulnerabilities")
COPIED = "# The service, then the model"
#: Put together here, so that whoever looks for secrets in this repository finds none.
GITLAB = "glpat-" + "ab_9-" * 4
SETTINGS = 'host = "db"\npass' + 'word = "sesamo-abrete"\n'

Run = Callable[..., dict[str, Any]]


def looking(start: Path) -> Line:
    """The line with those gates alone."""
    line = Line.open(start)
    return replace(line, gates=lambda stage: [gate for gate in registry.gates(stage) if gate.name in GATES])


@pytest.fixture
def run(image_line: Any, capsys: pytest.CaptureFixture[str]) -> Run:
    """run({old: new, …}, "--advisories", …): the JSON of `relevo run image` after that edit of the Dockerfile."""

    def run(edits: dict[str, str], *arguments: str) -> dict[str, Any]:
        path = image_line.root / "image/Dockerfile"
        text = path.read_text(encoding="utf-8")
        for old, new in edits.items():
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        capsys.readouterr()
        code = main(["-C", str(image_line.root), "run", "image", "--json", *arguments], looking)
        return {"exit": code, **json.loads(capsys.readouterr().out)}

    return run


def said(result: dict[str, Any], gate: str) -> list[str]:
    """The evidence of `gate`, which alone refused the image, so that nothing was published."""
    assert (result["exit"], result["outcome"], result["published"]) == (1, "failed", [])
    outcomes = {verdict["gate"]: verdict["outcome"] for verdict in result["verdicts"]["image"]}
    assert outcomes == {**dict.fromkeys(GATES, "passed"), gate: "failed"}
    (verdict,) = (verdict for verdict in result["verdicts"]["image"] if verdict["gate"] == gate)
    return [message["text"].format_map(message["params"]) for message in verdict["evidence"]]


def line_of(root: Path, text: str) -> int:
    """The line of the Dockerfile that begins with `text`."""
    lines = (root / "image/Dockerfile").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(text))


def test_the_image_of_a_new_line_passes_them(imaged: Any) -> None:
    verdicts = {verdict["gate"]: verdict for verdict in imaged.result["verdicts"]["image"] if verdict["gate"] in GATES}
    assert {gate: verdict["outcome"] for gate, verdict in verdicts.items()} == dict.fromkeys(GATES, "passed")
    assert verdicts["interface"]["measured"] == verdicts["interface"]["limit"]
    (warning,) = verdicts["vulnerabilities"]["warnings"]
    assert warning["text"].startswith("not checked: no file of advisories was given")


def test_contents_refuses_what_only_builds_and_tests_need(run: Run, image_line: Any) -> None:
    site = "/usr/local/lib/python3.11/site-packages"
    planted = (
        f"RUN mkdir -p {site}/pip && touch {site}/pip/__init__.py /usr/bin/gcc\n"
        "RUN PYTHONPATH=/opt/relevo/dependencies python3 -c 'import h11'\n"
    )
    told = said(run({COPIED: planted + COPIED}), "contents")
    first, second = line_of(image_line.root, "RUN mkdir"), line_of(image_line.root, "RUN PYTHONPATH")
    assert told[:3] == [
        f"`{site}/pip` is for installing packages: image/Dockerfile:{first}",
        f"`/usr/bin/gcc` is for compiling: image/Dockerfile:{first}",
        "`/opt/relevo/dependencies/h11/__pycache__` holds the time of its source, so that no two builds are equal: "
        f"image/Dockerfile:{second}",
    ]
    assert told[3].endswith(f"&& rm -rf {site}/pip /usr/bin/gcc /opt/relevo/dependencies/h11/__pycache__")


def test_interface_refuses_an_image_that_nobody_can_rely_on(run: Run, image_line: Any) -> None:
    told = said(
        run({
            "\nUSER 10001:0": "\nUSER root\nHEALTHCHECK CMD true\nVOLUME /opt/relevo",
            "\nEXPOSE 8080": "\nEXPOSE 8080 9090",
            "\nENTRYPOINT [": "\nENTRYPOINT exec python3 -m relevo_runtime serve /opt/relevo/service\n# [",
            ' \\\n      relevo.variables.required=""': "",
        }),
        "interface",
    )  # fmt: skip
    lines = {
        name: line_of(image_line.root, name)
        for name in ("USER", "EXPOSE", "ENTRYPOINT", "HEALTHCHECK", "LABEL", "VOLUME")
    }
    assert [message.split(": ")[0] for message in told] == [f"image/Dockerfile:{line}" for line in lines.values()]


def test_secrets_refuses_what_is_written_out_and_what_was_deleted(run: Run, image_line: Any) -> None:
    (image_line.root / "image/settings.py").write_text(SETTINGS)
    planted = (
        "COPY settings.py /opt/relevo/settings.py\n"
        "RUN touch /opt/relevo/.env\n"
        "RUN rm /opt/relevo/.env /opt/relevo/settings.py\n"
        f"ENV API_TOKEN={GITLAB}\n"
        "# relevo: not-a-secret\n"
        "ENV OTHER_TOKEN=abcd1234efgh\n"
    )
    result = run({COPIED: planted + COPIED})
    told = said(result, "secrets")
    copied, touched, token = (line_of(image_line.root, text) for text in ("COPY settings", "RUN touch", "ENV API"))
    assert told[:3] == [
        f"/opt/relevo/settings.py:2 (image/Dockerfile:{copied}): a password or a key is written out, `ses…`",
        f"`/opt/relevo/.env` is for secrets, by its name: image/Dockerfile:{touched}",
        f"image/Dockerfile:{token}: a key of GitLab, `glpa…`",
    ]
    assert len(told) == 5
    assert "abrete" not in json.dumps(result)
    assert GITLAB not in json.dumps(result["verdicts"])


def advisory(name: str, ecosystem: str, package: str, fixed: str) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]
    affected = {"package": {"ecosystem": ecosystem, "name": package}, "ranges": ranges}
    return {"id": name, "modified": "2026-01-01T00:00:00Z", "affected": [affected]}


def test_vulnerabilities_refuses_a_package_that_an_advisory_names(run: Run, image_line: Any) -> None:
    known = [advisory("GHSA-1", "PyPI", "h11", "99"), advisory("DSA-1", "Debian:12", "glibc", "99")]
    (image_line.root / "osv.jsonl").write_text("\n".join(map(json.dumps, known)))
    told = said(run({COPIED: f"# \n{COPIED}"}, "--advisories", "osv.jsonl"), "vulnerabilities")
    assert told[0].startswith("`h11` 0.")
    assert told[0].endswith(": GHSA-1, mended in 99")
    assert told[1].startswith("`glibc (")
    assert told[1].endswith(": DSA-1, mended in 99")


def test_advisories_that_no_new_image_was_held_against_are_not_passed_over(run: Run, image_line: Any) -> None:
    (image_line.root / "osv.json").write_text("[]")
    result = run({}, "--advisories", "osv.json")
    assert (result["exit"], result["outcome"]) == (0, "idle")
    assert result["notes"][-1]["text"] == "no new image was made, so none was held against {file}"


@pytest.mark.parametrize(("content", "said"), [(None, "`{file}` does not exist"), ("{}", "`{file}`, line 1: not an")])
def test_a_file_that_is_no_advisory_is_a_wrong_call(image_line: Any, run: Run, content: str | None, said: str) -> None:
    file = image_line.root / "osv.json"
    if content is not None:
        file.write_text(content)
    result = run({}, "--advisories", "osv.json")
    assert result["exit"] == 2
    assert said.format(file=file) in result["error"]["message"]
