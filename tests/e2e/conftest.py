"""Real lines: the `relevo` command, real git, a small CSV."""

import csv
import itertools
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from engines import forget_images, podman

from relevo.cli.main import main
from relevo.image.oci.layout import Layout
from relevo.line import Line
from relevo.registry import gates
from relevo.tools.process import Completed, run

RELEVO = Path(sys.executable).with_name("relevo")
#: Runs the script after it, and kills it after its N-th fsync or rename.
KILL_AFTER = Path(__file__).parents[1] / "kill_after.py"
KINDS = {
    "cobros": ("me han cobrado dos veces", "cargo raro en el recibo", "comisión que no es mía"),
    "envíos": ("no llega el paquete", "el envío viene roto", "paquete en otra dirección"),
    "tarjeta": ("no funciona mi tarjeta", "tarjeta bloqueada", "olvidé el pin de la tarjeta"),
}


class Project:
    """A line in a folder, worked on by commands as a user types them."""

    def __init__(self, root: Path, **environment: str) -> None:
        self.root = root
        self.data = root / "data/quejas.csv"
        self.environment = {"RELEVO_LANG": "en", **environment}

    def relevo(self, *arguments: str, expect: int = 0) -> Completed:
        """One command; its exit code must be `expect`."""
        done = run([str(RELEVO), *arguments], cwd=self.root, env=self.environment, timeout=300, check=False)
        assert expect in (done.returncode, None), (
            f"{arguments} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done

    def killed_after(self, calls: int, *arguments: str, signal: int = 9) -> Completed:
        """One command, which gets `signal` right after so many calls of fsync and rename."""
        argv = [sys.executable, str(KILL_AFTER), str(calls), str(RELEVO), *arguments]
        env = {**self.environment, "RELEVO_TEST_SIGNAL": str(signal)}
        return run(argv, cwd=self.root, env=env, timeout=300, check=False)

    def git(self, *arguments: str) -> str:
        return run(["git", *arguments], cwd=self.root, timeout=60).stdout.strip()

    def commit(self, message: str = "change") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def rows(self) -> list[list[str]]:
        with self.data.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    def write(self, rows: list[list[str]]) -> None:
        with self.data.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)

    def edit(self, file: str, old: str, new: str) -> None:
        """`old`, which must be there, by `new`, once."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def add_row(self, text: str) -> None:
        """Minor."""
        self.write([*self.rows(), [text, "cobros"]])

    def correct_label(self) -> None:
        """Patch."""
        header, (text, label), *others = self.rows()
        self.write([header, [text, "tarjeta" if label == "cobros" else "cobros"], *others])

    def versions(self, stage: str = "data") -> list[str]:
        """As the folders of the store are called, in no order."""
        folder = self.root / ".relevo/store" / stage
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def tags(self) -> list[str]:
        return self.git("tag", "--list").splitlines()

    def lock(self) -> dict[str, str]:
        """Stage → version."""
        path = self.root / "relevo.lock"
        stages: dict[str, Any] = json.loads(path.read_text())["stages"] if path.exists() else {}
        return {stage: locked["version"] for stage, locked in stages.items()}

    def image(self, version: str) -> Layout:
        """An image in the store."""
        return Layout(self.root / ".relevo/store/image" / version / "oci")

    def containers(self) -> list[str]:
        """The ids of those that the gates of this line left."""
        found = podman(
            "ps", "--all", "--filter", "label=relevo.gate", "--format", '{{.ID}} {{index .Labels "relevo.gate"}}'
        )
        return [line.split()[0] for line in found.splitlines() if line.endswith(str(self.root))]

    def plan(self) -> dict[str, Any]:
        plan: dict[str, Any] = json.loads(self.relevo("plan", "--json").stdout)
        return plan


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `relevo init` makes of a small CSV."""
    folder = tmp_path_factory.mktemp("initialised")
    rows = [[f"{text}, caso {n}", label] for n in range(8) for label, texts in KINDS.items() for text in texts]
    with (folder / "quejas.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["texto", "grupo"], *rows])
    Project(folder).relevo("init", "quejas", "--data", "quejas.csv", "--text", "texto", "--label", "grupo")
    return folder / "quejas"


@pytest.fixture
def make(initialised: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Project]:
    """make("data", "model", git=True): a new line with those stages."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    names = (f"line{number}" for number in itertools.count(1))

    def make(*stages: str, git: bool = True) -> Project:
        return start(initialised, Project(tmp_path / next(names)), stages, git)

    return make


def start(initialised: Path, project: Project, stages: Sequence[str], git: bool = True) -> Project:
    """`project` becomes a new line with those stages."""
    shutil.copytree(initialised, project.root)
    # How fast this machine is, is no matter here.
    for old, new in {
        "\n[line]\n": f"\n[line]\nstages = {json.dumps(stages)}\n",
        "\np95_ms = 50 ": "\np95_ms = 3000 ",
        "\nlimit_ms = 150 ": "\nrate = 100\nrequests = 100\nlimit_ms = 10000 ",
    }.items():
        project.edit("relevo.toml", old, new)
    if git:
        project.git("init", "--quiet", "--initial-branch=main")
        project.git("config", "user.name", "Ana")
        project.git("config", "user.email", "ana@example.org")
        project.commit("first data")
    return project


@pytest.fixture
def clone(tmp_path: Path) -> Callable[[Project], Project]:
    """A fresh clone of a line's repository, without its store."""

    def clone(project: Project) -> Project:
        there = tmp_path / "clone"
        project.git("clone", "--quiet", str(project.root), str(there))
        copy = Project(there)
        copy.git("config", "user.name", "Eva")
        copy.git("config", "user.email", "eva@example.org")
        return copy

    return clone


@dataclass(frozen=True)
class Imaged:
    """A line up to its image 1.0.0, and what `relevo run --json` said when it was made."""

    project: Project
    result: dict[str, Any]


@pytest.fixture(scope="session")
def imaged(initialised: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imaged]:
    """Made once; its name is its own, so that its images can be told from those of others."""
    name = f"quejas-{secrets.token_hex(4)}"
    project = Project(tmp_path_factory.mktemp("imaged") / "line", RELEVO_BASE=os.environ["RELEVO_TEST_BASE"])
    start(initialised, project, ("data", "model", "service"))
    project.edit("relevo.toml", 'name = "quejas"', f'name = "{name}"')
    project.relevo("init", "--add", "image")
    project.commit("an image")
    try:
        yield Imaged(project, json.loads(project.relevo("run", "--json").stdout))
    finally:
        forget_images(f"relevo.line={name}")


@pytest.fixture
def image_line(imaged: Imaged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A line of the test's own, with image 1.0.0. No container of it may be left at the end."""
    monkeypatch.setenv("RELEVO_BASE", os.environ["RELEVO_TEST_BASE"])
    project = Project(tmp_path / "line")
    shutil.copytree(imaged.project.root, project.root)
    yield project
    left = project.containers()
    if left:
        podman("rm", "--force", "--time", "0", *left)
    assert not left


@pytest.fixture
def run_image(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """run_image(project, "boots", …): the JSON that `relevo run image` prints when the image has these gates alone.

    Its exit code stands under "exit", what it said on stderr under "said".
    """

    def run_image(project: Project, *names: str) -> dict[str, Any]:
        def open_line(start: Path) -> Line:
            line = Line.open(start)
            line.gates = lambda stage: [gate for gate in gates(stage) if stage != "image" or gate.name in names]
            return line

        capsys.readouterr()
        code = main(["-C", str(project.root), "run", "image", "--json"], open_line)
        printed = capsys.readouterr()
        return {"exit": code, "said": printed.err, **json.loads(printed.out)}

    return run_image
