"""The reference says what the code says."""

import json
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from relevo.core.artifact import Artifact
from relevo.core.lock import Lock, Locked
from relevo.core.version import Version


def test_the_generated_parts_are_up_to_date(root: Path) -> None:
    command = [sys.executable, root / "scripts" / "reference.py", "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize(
    ("page", "parts"),
    [
        ("verbs", {"verbs"}),
        ("settings", {"settings", "kinds"}),
        ("versions", {"rules"}),
        ("gates", {"gates"}),
        ("exit-codes", {"exits", "errors"}),
        ("rest-api", {"problems"}),
        ("service-environment", {"environment", "starts"}),
    ],
)
def test_each_table_is_made_from_the_code(pages: dict[str, str], page: str, parts: set[str]) -> None:
    assert set(re.findall(r"<!-- from the code: (\w+) -->", pages[f"docs/reference/{page}.md"])) == parts


def test_every_gate_has_a_sentence(pages: dict[str, str], root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*) \|$", pages["docs/reference/gates.md"], re.MULTILINE))
    declared = {name.split(".")[1] for name in project["entry-points"]["relevo.gates"]}
    assert rows.keys() == declared
    assert all(len(sentence) > 20 for sentence in rows.values())


def test_every_key_of_a_manifest_is_explained(pages: dict[str, str]) -> None:
    artifact = Artifact("line", "data", Version(1, 0, 0), "", "", {}, {}, {}, {}, (), (), "", "")
    assert [key for key in artifact.to_json() if f"`{key}`" not in pages["docs/reference/manifest.md"]] == []


def test_every_key_of_a_lock_is_explained(pages: dict[str, str]) -> None:
    lock = json.loads(Lock({"data": Locked(Version(1, 0, 0), "0" * 64, {"schema": "passed"})}).dumps())
    section = pages["docs/reference/manifest.md"].partition("## relevo.lock")[2]
    assert [key for key in lock["stages"]["data"] if f"`{key}`" not in section] == []


@pytest.mark.parametrize("project", ["pyproject.toml", "runtime/pyproject.toml"])
def test_every_dependency_has_its_reason(pages: dict[str, str], root: Path, project: str) -> None:
    settings = tomllib.loads((root / project).read_text(encoding="utf-8"))["project"]
    declared = [*settings["dependencies"], *chain(*settings.get("optional-dependencies", {}).values())]
    names = {re.split(r"[<>=~!;\[ ]", dependency)[0] for dependency in declared}
    tool, runtime = pages["docs/why/0002-dependencies.md"].split("What runs in the container, `relevo-runtime`:")
    part = runtime if project.startswith("runtime") else tool
    assert set(re.findall(r"^\| `([\w-]+)` \|", part, re.MULTILINE)) == names


def test_the_commands_of_the_readme_exist(pages: dict[str, str], root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for page in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\bmake (\w+)\b(?=    |`)", pages[page]):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page}: make {target}"


def test_there_is_a_recipe_for_every_kind_of_addition(pages: dict[str, str]) -> None:
    recipes = set(re.findall(r"^### (.+)$", pages["CONTRIBUTING.md"], re.MULTILINE))
    assert recipes >= {
        "A data source",
        "A builder of images",
        "A gate",
        "A store",
        "A stage",
        "A verb",
        "A change and its rule",
        "A message and its translation",
        "A problem of the REST API",
        "A setting",
        "A dependency",
    }


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_paths_named_in_a_page_exist(pages: dict[str, str], root: Path, page: str) -> None:
    paths = re.findall(r"`((?:src|tests|docs|scripts|runtime|requirements|examples|relevo)/[\w./-]+)`", pages[page])
    paths = [path.replace("relevo/", "src/relevo/") if path.startswith("relevo/") else path for path in paths]
    assert [path for path in paths if "NAME" not in path and not (root / path).exists()] == []
