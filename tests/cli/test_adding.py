"""A stage is added to a line that is there: its files, and what relevo.toml says of it."""

import re
import tomllib
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from small_image import put, python_base

from relevo.cli import adding, scaffold
from relevo.core.errors import OutsideError, UsageError
from relevo.core.settings import DeploySettings, ImageSettings
from relevo.image.builders.oci import Oci
from relevo.image.dockerfile import layered, parse
from relevo.image.gates.lint import hadolint
from relevo.image.oci.layout import Layout
from relevo.image.packages.dependencies import LOCK_COMMAND
from relevo.settings import parse as settings_of

BASE = "python:3.12-slim@sha256:" + "a" * 64
LANGUAGES = ["en", "es"]
TOML = """\
# The line of the complaints.
[line]  # who it is
name = "quejas"

# Why no other columns: see the wiki.
[data]
path   = "data/quejas.csv"   # aligned by hand
[data.columns]
texto = "text"
grupo = "label"

[service]
limit_ms = 100
"""

languages = pytest.mark.parametrize("language", LANGUAGES)


def lines(text: str) -> list[str]:
    return text.splitlines()


@languages
def test_what_relevo_toml_said_it_still_says_word_for_word(language: str) -> None:
    found = adding.settings(TOML, "image", BASE, language)
    kept, added = [], []
    for line in lines(found):
        (kept if line in lines(TOML) else added).append(line)
    assert [line for line in kept if line] == [line for line in lines(TOML) if line]
    assert 'stages = ["data", "model", "service", "image"]' in added
    assert lines(found).index('stages = ["data", "model", "service", "image"]') < lines(found).index("[data]")


@languages
def test_the_line_has_the_stage_and_its_settings_now(language: str) -> None:
    found = settings_of(adding.settings(TOML, "image", BASE, language))
    assert found.line.stages == ("data", "model", "service", "image")
    assert found.image == ImageSettings(base=BASE)
    assert found.deploy == {"test": DeploySettings()}
    assert found.service == settings_of(TOML).service


@pytest.mark.parametrize(
    ("line", "stages"),
    [
        ('[line]\nname = "quejas"\n', ["data", "model", "service", "image"]),
        (
            '[line]\nstages = ["data", "model", "service"] # all\nname = "quejas"\n',
            ["data", "model", "service", "image"],
        ),
        ('[line]\nname = "quejas"\nstages = [\n  "service",\n]\n', ["service", "image"]),
        ('line = { name = "quejas" }\n', ["data", "model", "service", "image"]),
        ('line.name = "quejas"\n', ["data", "model", "service", "image"]),
        ('"line"."name" = "quejas"\n', ["data", "model", "service", "image"]),
    ],
)
def test_however_the_stages_are_written(line: str, stages: list[str]) -> None:
    text = line + '[data]\npath = "x.csv"\n[data.columns]\na = "text"\nb = "label"\n'
    assert tomllib.loads(adding.settings(text, "image", BASE, "en"))["line"]["stages"] == stages


@pytest.mark.parametrize(
    ("more", "image", "deploy"),
    [
        ("[image]\nmaximum_mb = 40\n", {"maximum_mb": 40}, {"test": {"cpu": "500m", "memory": "256Mi"}}),
        (
            '[deploy.production]\ncpu = "2"\n',
            {"base": BASE, "maximum_mb": 25},
            {"production": {"cpu": "2"}},
        ),
        ('[image]\n[deploy.test]\ncpu = "1"\n', {}, {"test": {"cpu": "1"}}),
    ],
    ids=["the section", "limits of another environment", "both"],
)
def test_a_section_that_is_there_already_is_left_alone(
    more: str, image: dict[str, Any], deploy: dict[str, Any]
) -> None:
    found = adding.settings(f"{TOML}\n{more}", "image", BASE, "en")
    assert tomllib.loads(found)["image"] == image
    assert tomllib.loads(found)["deploy"] == deploy
    assert found.endswith("\n")
    assert not found.endswith("\n\n")


def test_line_ends_stay_as_they_are() -> None:
    found = adding.settings(TOML.replace("\n", "\r\n"), "image", BASE, "en")
    assert found.startswith("# The line of the complaints.\r\n[line]  # who it is\r\n")
    assert settings_of(found).image.base == BASE


@languages
def test_the_scaffolded_file_of_a_new_line_can_be_added_to(language: str) -> None:
    columns: Any = {"texto": "text", "grupo": "label"}
    text = scaffold.files("quejas", columns, language)["relevo.toml"]
    found = adding.settings(text, "image", BASE, language)
    assert found.startswith(text.split("[line]")[0])
    assert settings_of(found).image.base == BASE


@pytest.mark.parametrize(
    ("text", "stage", "code", "said"),
    [
        (TOML, "imagen", "cannot-add", "`imagen` is nothing that can be added to a line\nhint: known here: image"),
        (TOML, "service", "cannot-add", "`service` is nothing that can be added"),
        (adding.settings(TOML, "image", BASE, "en"), "image", "stage-there", "has the stage `image` already"),
        (
            TOML.replace('name = "quejas"', 'name = "quejas"\nstages = ["data", "model"]'),
            "image",
            "stage-missing",
            "stage `image` takes `service`",
        ),
    ],
    ids=["unknown", "not to be added", "there already", "without the one before"],
)
def test_what_cannot_be_added_is_refused_with_the_reason(text: str, stage: str, code: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        adding.check(text, stage)
    assert refused.value.code == code
    assert said in str(refused.value)


def test_what_can_be_added_is_not_refused() -> None:
    adding.check(TOML, "image")


@pytest.fixture
def contents() -> dict[str, str]:
    return adding.files("quejas", BASE, "en")


def test_the_files_are_made_and_relevo_toml_is_replaced(tmp_path: Path, contents: dict[str, str]) -> None:
    put(tmp_path, {"relevo.toml": TOML})
    made, kept = adding.add(tmp_path, contents, "new")
    assert (made, kept) == (["image/Dockerfile", "image/requirements.in", "image/requirements.txt"], [])
    assert {name: (tmp_path / name).read_text() for name in made} == contents
    assert (tmp_path / "relevo.toml").read_text() == "new"


def test_a_file_that_is_there_is_kept_as_it_is(tmp_path: Path, contents: dict[str, str]) -> None:
    put(tmp_path, {"relevo.toml": TOML, "image/Dockerfile": "FROM mine\n", "image/own.conf": "mine"})
    made, kept = adding.add(tmp_path, contents, "new")
    assert (made, kept) == (["image/requirements.in", "image/requirements.txt"], ["image/Dockerfile"])
    assert (tmp_path / "image/Dockerfile").read_text() == "FROM mine\n"
    assert (tmp_path / "image/own.conf").read_text() == "mine"


@pytest.mark.parametrize("written", [0, 1, 2, 3])
def test_after_a_kill_between_the_files_and_relevo_toml_the_same_call_goes_on(
    written: int, tmp_path: Path, contents: dict[str, str]
) -> None:
    before = dict(list(contents.items())[:written])
    put(tmp_path, {"relevo.toml": TOML, **before})
    document = adding.settings(TOML, "image", BASE, "en")
    adding.check((tmp_path / "relevo.toml").read_text(), "image")
    made, kept = adding.add(tmp_path, contents, document)
    assert (kept, [*kept, *made]) == ([*before], [*contents])
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {*contents, "relevo.toml"}
    assert (tmp_path / "relevo.toml").read_text() == document


def test_what_cannot_be_written_leaves_relevo_toml_alone(tmp_path: Path, contents: dict[str, str]) -> None:
    put(tmp_path, {"relevo.toml": TOML, "image": "a file in the way"})
    with pytest.raises(OutsideError, match="cannot write"):
        adding.add(tmp_path, contents, "new")
    assert (tmp_path / "relevo.toml").read_text() == TOML


def dockerfile(language: str) -> str:
    return adding.files("quejas", BASE, language)["image/Dockerfile"]


def test_the_dockerfile_says_the_same_in_both_languages() -> None:
    english, spanish = (parse(dockerfile(language)) for language in LANGUAGES)
    assert [str(each) for each in english] == [str(each) for each in spanish]
    assert len(english) > 10
    comments = [[line for line in lines(dockerfile(language)) if line.startswith("#")] for language in LANGUAGES]
    assert {*comments[0]}.isdisjoint(comments[1])
    assert "`quejas`" not in dockerfile("es"), "the name stands in the quotes of each language"
    assert "«quejas»" in dockerfile("es")


@languages
def test_the_dockerfile_begins_with_the_base_and_ends_with_the_model(language: str) -> None:
    found = parse(dockerfile(language))
    assert (found[0].name, found[0].text) == ("ARG", f"BASE={BASE}")
    assert (found[1].name, found[1].text) == ("FROM", "${BASE}")
    assert [str(each).split()[:2] for each in layered(found)] == [
        ["RUN", "rm"],
        ["COPY", "dependencies/"],
        ["COPY", "runtime/"],
        ["COPY", "service/"],
        ["COPY", "model/"],
    ]


@languages
def test_the_dockerfile_is_not_longer_than_lines_may_be(language: str) -> None:
    assert [line for line in lines(dockerfile(language)) if len(line) > 120] == []
    assert "$name" not in dockerfile(language)


@languages
def test_the_dockerfile_keeps_the_rules_of_hadolint(language: str, tmp_path: Path) -> None:
    put(tmp_path, {"Dockerfile": dockerfile(language)})
    assert hadolint(tmp_path / "Dockerfile", tmp_path) == []


@languages
def test_the_dockerfile_needs_no_engine(language: str, tmp_path: Path) -> None:
    base = python_base(tmp_path / "base")
    names = ("dependencies/a.py", "runtime/b.py", "service/app.py", "model/model.json")
    context = put(tmp_path / "context", {"Dockerfile": dockerfile(language), **dict.fromkeys(names, "")})
    builder = Oci(())
    image = builder.build(context, builder.base(f"oci:{base.folder}"), tmp_path)
    config = Layout(tmp_path / "built").config
    assert Layout(tmp_path / "built").image_id == image
    assert config["config"] == {
        "Env": [
            *base.config["config"]["Env"],
            "PYTHONPATH=/opt/relevo/runtime:/opt/relevo/dependencies",
            "PYTHONDONTWRITEBYTECODE=1",
            "RELEVO_HOST=0.0.0.0",
            "RELEVO_PORT=8080",
        ],
        "Labels": {
            "relevo.health.live": "/health/live",
            "relevo.health.ready": "/health/ready",
            "relevo.variables.required": "",
        },
        "User": "10001:0",
        "WorkingDir": "/opt/relevo",
        "ExposedPorts": {"8080/tcp": {}},
        "Entrypoint": ["python3", "-P", "-m", "relevo_runtime", "serve", "/opt/relevo/service"],
    }


RUNTIME = Path(__file__).parents[2] / "runtime" / "pyproject.toml"


def listed(text: str) -> list[str]:
    """Each requirement of a list on one line, without comments."""
    joined = text.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def locked() -> dict[str, tuple[Requirement, list[str]]]:
    found = {}
    for line in listed(adding.files("quejas", BASE, "en")["image/requirements.txt"]):
        written, *hashes = line.split(" --hash=")
        requirement = Requirement(written.strip())
        found[requirement.name] = requirement, [each.strip() for each in hashes]
    return found


@languages
def test_the_packages_of_an_image_are_those_of_the_runtime(language: str) -> None:
    asked = listed(adding.files("quejas", BASE, language)["image/requirements.in"])
    assert asked == tomllib.loads(RUNTIME.read_text())["project"]["dependencies"]


def test_the_list_says_how_it_is_locked_anew() -> None:
    found = adding.files("quejas", BASE, "en")
    assert LOCK_COMMAND in lines(found["image/requirements.txt"])[1]
    assert LOCK_COMMAND in found["image/requirements.in"]


def test_every_package_is_pinned_with_the_hashes_of_its_files() -> None:
    assert len(locked()) >= 5
    for name, (requirement, hashes) in locked().items():
        assert [each.operator for each in requirement.specifier] == ["=="], name
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), name
        assert len(hashes) == len({*hashes}), name


def test_the_locked_list_has_what_is_asked_for_and_what_that_needs() -> None:
    found = locked()
    wanted = [Requirement(line) for line in listed(adding.files("quejas", BASE, "en")["image/requirements.in"])]
    seen = set()
    while wanted:
        requirement = wanted.pop()
        its, _ = found[requirement.name]
        (pin,) = its.specifier
        assert requirement.specifier.contains(pin.version), requirement
        if requirement.name not in seen:
            seen.add(requirement.name)
            needs = map(Requirement, requires(requirement.name) or ())
            for python in ("3.11", "3.12"):
                here = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
                wanted += [each for each in needs if each.marker is None or each.marker.evaluate(here)]
    assert seen <= set(found)
    assert {name for name in found if name not in seen} <= {"colorama", "typing-extensions"}, "nothing else is listed"


def test_nothing_of_a_download_host_stands_in_the_list() -> None:
    assert "://" not in "".join(listed(adding.files("quejas", BASE, "en")["image/requirements.txt"]))


@languages
def test_only_files_of_the_system_are_removed(language: str) -> None:
    (removed,) = (each for each in parse(dockerfile(language)) if each.name == "RUN")
    paths = removed.text.removeprefix("rm -rf ").split()
    assert len(paths) > 3
    assert all(path.startswith("/usr/") for path in paths)
