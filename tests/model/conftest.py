"""Data artifacts as the data stage writes them, models made from them, and the example's real reminders."""

import csv
import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

import duckdb
import pytest

from relevo.core.artifact import Artifact, Draft, Made, digest, files_digest
from relevo.core.message import Message
from relevo.core.settings import DataSettings, LineSettings, ModelSettings, Settings
from relevo.core.verdict import Verdict
from relevo.core.version import FIRST, Version
from relevo.model.stage import ModelStage
from relevo.tools.files import digests

EXAMPLE = Path(__file__).parents[2] / "examples" / "recordatorios" / "data"
SQL_TYPES = {"category": "VARCHAR", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
VARIABLES = {"canal": "category", "palabras": "number", "hora": "boolean", "fecha": "date"}

Row = Mapping[str, Any]


class Silent:
    """Hears the progress, and says nothing."""

    def step(self, message: Message, done: int = 0, total: int = 0) -> None: ...

    def gate(self, stage: str, verdict: Verdict) -> None: ...


def rank(text: str) -> int:
    key = " ".join(normalize("NFC", text).split())
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % 10_000


def write_data(folder: Path, rows: Sequence[Row], variables: Mapping[str, str]) -> Artifact:
    """A data artifact; a row has `text`, `label`, its variables, and `rank` when it is not to follow from the text."""
    kinds = {"text": "VARCHAR", "label": "VARCHAR", "rank": "INTEGER"}
    kinds |= {f"var.{name}": SQL_TYPES[kind] for name, kind in variables.items()}
    values = [
        [row["text"], row["label"], row.get("rank", rank(row["text"])), *(row[name] for name in variables)]
        for row in rows
    ]
    quoted = ['"' + name.replace('"', '""') + '"' for name in kinds]
    columns = ", ".join(f"unnest(?::{kind}[]) AS {name}" for name, kind in zip(quoted, kinds.values(), strict=True))
    with duckdb.connect() as connection:
        lists = [[row[place] for row in values] for place in range(len(kinds))]
        connection.execute(f"CREATE TABLE rows AS SELECT {columns}", lists)
        connection.execute(f"COPY rows TO '{folder / 'rows.parquet'}'")
    facts = {"rows": len(rows), "variables": dict(variables)}
    content = sorted(map(str, values))
    return artifact("data", folder, facts, digest({"rows": content, "variables": facts["variables"]}))


def artifact(stage: str, folder: Path, facts: Mapping[str, Any], output_digest: str, **more: Any) -> Artifact:
    empty: dict[str, Any] = {"recipe": {}, "files": {}, "inputs": {}, "changes": (), "verdicts": ()}
    its = empty | {"version": FIRST, "made_at": "", "tool": ""} | more
    return Artifact(
        line="l", stage=stage, input_digest="", output_digest=output_digest, facts=facts, folder=folder, **its
    )


def settings(**model: Any) -> Settings:
    columns: Any = {"texto": "text", "grupo": "label"}
    return Settings(LineSettings("l"), DataSettings("l.csv", columns), ModelSettings(**model))


def make_draft(data: Artifact, folder: Path, its: Settings, base: Draft | None = None, **more: Any) -> Draft:
    """A model trained on `data`, ready for the gates; `base` is what it is compared with, as if it was published."""
    made: Made = ModelStage(folder, its).make({"data": data}, folder, Silent())
    before = artifact("model", base.folder, base.facts, base.output_digest) if base else None
    return Draft(
        stage="model",
        version=Version(1, 0, 1) if base else FIRST,
        folder=folder,
        output_digest=files_digest(digests(folder)),
        facts=made.facts,
        inputs={"data": data},
        base=before,
        changes=more.pop("changes", ()),
        settings=its,
        root=folder,
        base_inputs=base.inputs if base else {},
    )


@pytest.fixture
def silent() -> Silent:
    return Silent()


@pytest.fixture
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new empty folder at every call."""
    return lambda: tmp_path_factory.mktemp("folder")


@pytest.fixture
def data(new_folder: Callable[[], Path]) -> Callable[..., Artifact]:
    """Writes a data artifact: `data(rows, variables={})`."""
    return lambda rows, variables=None: write_data(new_folder(), rows, variables or {})


@pytest.fixture
def draft(new_folder: Callable[[], Path]) -> Callable[..., Draft]:
    """Trains a model: `draft(data, base=None, changes=(), **settings)`."""

    def make(data: Artifact, base: Draft | None = None, changes: Iterable[Any] = (), **model: Any) -> Draft:
        return make_draft(data, new_folder(), settings(**model), base, changes=tuple(changes))

    return make


def read_csv(name: str) -> list[dict[str, str]]:
    with (EXAMPLE / name).open(encoding="utf-8", newline="") as file:
        return [{"text": row["texto"], "label": row["grupo"]} for row in csv.DictReader(file)]


@pytest.fixture(scope="session")
def reminders() -> list[dict[str, str]]:
    """The 5600 labelled rows of the example."""
    return read_csv("recordatorios.csv")


@pytest.fixture(scope="session")
def test_reminders() -> list[dict[str, str]]:
    """The 3043 rows that the set's authors keep for testing."""
    return read_csv("test.csv")


@pytest.fixture(scope="session")
def some_reminders(reminders: list[dict[str, str]]) -> list[dict[str, str]]:
    """400 rows in the nine groups that have more than a handful."""
    few = {"weather/checkSunset", "weather/checkSunrise", "alarm/snooze_alarm"}
    return [row for row in reminders if row["label"] not in few][::13][:400]


def with_variables(row: Row, number: int) -> dict[str, Any]:
    """`row` with one variable of each type, which follow from its text; `canal` is empty in every fifth row."""
    text = row["text"]
    return {
        **row,
        "canal": (None, "web", "app", "app", "voz")[number % 5],
        "palabras": float(len(text.split())),
        "hora": any(character.isdigit() for character in text),
        "fecha": date.fromordinal(738000 + len(text)),
    }


@pytest.fixture(scope="session")
def good(some_reminders: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Draft:
    """A sound model of 400 reminders and a variable of each type. Shared: not to be written to."""
    rows = [with_variables(row, number) for number, row in enumerate(some_reminders)]
    data = write_data(tmp_path_factory.mktemp("data"), rows, VARIABLES)
    return make_draft(data, tmp_path_factory.mktemp("model"), settings())


@pytest.fixture
def bad(good: Draft, new_folder: Callable[[], Path]) -> Draft:
    """A copy of `good` to plant a defect in."""
    folder = new_folder()
    shutil.copytree(good.folder, folder, dirs_exist_ok=True)
    return replace(good, folder=folder)
