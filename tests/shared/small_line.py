"""A small line up to its model, made once a session by the real stages, and services on top of it, good and bad."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from relevo.core.artifact import Artifact, Draft, Input, files_digest
from relevo.core.settings import DataSettings, LineSettings, ServiceSettings, Settings
from relevo.core.version import Version
from relevo.data.stage import DataStage
from relevo.model.stage import ModelStage
from relevo.service.stage import ServiceStage
from relevo.testing import Recorded
from relevo.tools.files import digests
from relevo.tools.measure.quiet import Reading

GROUPS = {
    "tarjeta": ("no funciona mi tarjeta", "mi tarjeta está bloqueada", "perdí la tarjeta de crédito"),
    "cobros": ("pago rechazado", "me cobraron dos veces", "un cargo que no reconozco"),
    "hipoteca": ("quiero cambiar mi hipoteca", "la cuota de la hipoteca subió", "interés de la hipoteca"),
}
PLACES = (
    "en Cádiz",
    "en León",
    "ayer",
    "esta mañana",
    "en la web",
    "con la app",
    "otra vez",
    "por teléfono",
    "😀",
    "hoy",
)

APP = '''"""The REST service of the line «quejas»."""

from relevo_runtime import Service, text

service = Service(
    "quejas",
    supports_model=1,
    fields=[
        text("texto", description="In the customer's words"),
    ],
)
'''
APP_2 = """from relevo_runtime import Service, category, text

service = Service("quejas", supports_model=2, fields=[text("texto"), category("canal")])
"""


@dataclass(frozen=True)
class World:
    """A line's folder with `service/app.py`, and the artifacts of data and model at `version`."""

    root: Path
    settings: Settings
    inputs: Mapping[str, Artifact]

    def write(self, source: str, name: str = "app.py") -> None:
        path = self.root / "service" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")

    @property
    def stage(self) -> ServiceStage:
        return ServiceStage(self.root, self.settings)

    def make(self, folder: Path, version: str = "1.0.0", **settings: Any) -> Draft:
        """Made and finished in `folder`, ready for the gates."""
        folder.mkdir()
        made = self.stage.make(self.inputs, folder, Recorded())
        draft = Draft(
            stage="service",
            version=Version.parse(version),
            folder=folder,
            output_digest=made.output_digest or "",
            facts=made.facts,
            inputs=self.inputs,
            base=None,
            changes=(),
            settings=replace(self.settings, service=replace(self.settings.service, **settings)),
            root=self.root,
        )
        self.stage.finish(draft)
        return draft


def _rows(variable: bool) -> str:
    rows = ["texto,grupo,canal" if variable else "texto,grupo"]
    for group, texts in GROUPS.items():
        for i, (text, place) in enumerate((text, place) for text in texts for place in PLACES):
            rows.append(f"{text} {place},{group}" + (f",{'web' if i % 2 else 'teléfono'}" if variable else ""))
    return "\n".join(rows) + "\n"


def _artifact(stage: str, folder: Path, version: str, facts: Mapping[str, Any], digest: str | None) -> Artifact:
    files = digests(folder)
    output = digest or files_digest(files)
    return Artifact(
        "quejas", stage, Version.parse(version), "", output, {}, files, {}, facts, (), (), "", "", folder=folder
    )  # fmt: skip


def _line(root: Path, version: str, *, variable: bool) -> World:
    root.joinpath("quejas.csv").write_text(_rows(variable), encoding="utf-8")
    columns = {"texto": "text", "grupo": "label", **({"canal": "category"} if variable else {})}
    service = ServiceSettings(rate=200, requests=100)
    settings = Settings(LineSettings("quejas"), DataSettings("quejas.csv", columns), service=service)
    inputs: dict[str, Artifact] = {}
    for stage in (DataStage(root, settings), ModelStage(root, settings)):
        folder = root / stage.name
        folder.mkdir()
        made = stage.make(inputs, folder, Recorded())
        artifact = _artifact(stage.name, folder, version, made.facts, made.output_digest)
        taken = {name: Input(each.version, each.output_digest) for name, each in inputs.items()}
        inputs[stage.name] = replace(artifact, inputs=taken)
    return World(root, settings, inputs)


@pytest.fixture(scope="session")
def _world_1(tmp_path_factory: pytest.TempPathFactory) -> World:
    return _line(tmp_path_factory.mktemp("line1"), "1.0.0", variable=False)


@pytest.fixture(scope="session")
def _world_2(tmp_path_factory: pytest.TempPathFactory) -> World:
    return _line(tmp_path_factory.mktemp("line2"), "2.0.0", variable=True)


@pytest.fixture
def world(_world_1: World, tmp_path: Path) -> World:
    """Data and model 1.0.0, of a text only, and the code that fits them."""
    own = replace(_world_1, root=tmp_path / "line")
    own.write(APP)
    return own


@pytest.fixture
def world_2(_world_2: World, tmp_path: Path) -> World:
    """Data and model 2.0.0, which also ask for `canal`, and the code that fits them."""
    own = replace(_world_2, root=tmp_path / "line")
    own.write(APP_2)
    return own


@pytest.fixture(scope="session")
def _good(_world_1: World, tmp_path_factory: pytest.TempPathFactory) -> Draft:
    _world_1.write(APP)
    return _world_1.make(tmp_path_factory.mktemp("good") / "draft")


@pytest.fixture
def good(_good: Draft, tmp_path: Path) -> Draft:
    """The service 1.0.0 of `world`, in a folder of the test's own."""
    return replace(_good, folder=Path(shutil.copytree(_good.folder, tmp_path / "good")))


@pytest.fixture
def remake(tmp_path: Path) -> Callable[..., Draft]:
    """`remake(world, source)`: the service with another `app.py`."""

    def make(world: World, source: str, **more: Any) -> Draft:
        world.write(source)
        return world.make(tmp_path / "draft", **more)

    return make


@pytest.fixture
def spoilt(remake: Callable[..., Draft], world: World) -> Callable[..., Draft]:
    """`spoilt(code)`: the service of `world` whose app.py also runs `code`, which spoils what the runtime does."""

    def make(code: str, **settings: Any) -> Draft:
        return remake(world, f"{APP}\n{code}\n", **settings)

    return make


@pytest.fixture
def slow_model() -> str:
    """Code for `spoilt`: the real model takes 0.2 s a text, a constant one does not."""
    return """
import time
from relevo_runtime import model
load = model.load
def slow(folder):
    its = load(folder)
    class Slow:
        groups, inputs, check, score_many = its.groups, its.inputs, its.check, its.score_many
        def score(self, record):
            time.sleep(0.2)
            return its.score(record)
    return Slow()
model.load = slow
"""


@pytest.fixture
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else runs on this machine excuses nothing: a slow service must be refused, not called inconclusive."""
    monkeypatch.setattr(Reading, "now", lambda group: None)
