"""The example's data must tell its story before relevo tells it back."""

import csv
import importlib.util
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "recordatorios"
VERSIONS = ("1.0.0", "1.0.1", "1.1.0", "2.0.0")

Rows = list[dict[str, str]]


def split(folder: Path) -> dict[str, Rows]:
    subprocess.run([sys.executable, EXAMPLE / "split.py", folder], check=True, timeout=60)
    rows = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows[path.stem] = list(csv.DictReader(file))
    return rows


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("split", EXAMPLE / "split.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    return split(tmp_path_factory.mktemp("split"))


def test_there_are_four_versions_and_a_test_file(story: dict[str, Rows]) -> None:
    assert {name: len(rows) for name, rows in story.items()} == {
        "1.0.0": 3617,
        "1.0.1": 3617,
        "1.1.0": 5600,
        "2.0.0": 5600,
        "test": 3043,
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_every_group_is_in_every_version(story: dict[str, Rows], version: str) -> None:
    sizes = Counter(row["grupo"] for row in story[version])
    assert len(sizes) == 12
    assert min(sizes.values()) >= 2


@pytest.mark.parametrize("version", VERSIONS)
def test_no_text_stands_under_two_groups(story: dict[str, Rows], version: str) -> None:
    seen: dict[str, str] = {}
    for row in story[version]:
        key = " ".join(unicodedata.normalize("NFC", row["texto"]).split())
        assert seen.setdefault(key, row["grupo"]) == row["grupo"], key


def test_1_0_1_corrects_forty_labels_and_nothing_else(story: dict[str, Rows]) -> None:
    before, after = story["1.0.0"], story["1.0.1"]
    assert [row["texto"] for row in before] == [row["texto"] for row in after]
    assert sum(old["grupo"] != new["grupo"] for old, new in zip(before, after, strict=True)) == 40


def test_1_1_0_only_adds_rows(story: dict[str, Rows]) -> None:
    assert story["1.1.0"][: len(story["1.0.1"])] == story["1.0.1"]


def test_2_0_0_only_adds_the_variable(story: dict[str, Rows]) -> None:
    without = [{"texto": row["texto"], "grupo": row["grupo"]} for row in story["2.0.0"]]
    assert without == story["1.1.0"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Programar alarma para las 7 am", "reloj"),
        ("Saltar todas las alarmas de las 05:00 pm", "reloj"),
        ("Pon una alarma a las cinco", "reloj"),
        ("Posponer alarma por 10 minutos", "duracion"),
        ("posponer esta alarma por una hora", "duracion"),
        ("Lloverá esta noche?", "momento"),
        ("Cancelar mi alarma de la mañana", "momento"),
        ("Lloverá mañana?", "ninguna"),
        ("A qué hora lloverá hoy?", "ninguna"),
    ],
)
def test_the_variable_says_what_kind_of_time_the_text_names(script: ModuleType, text: str, kind: str) -> None:
    assert script.time_mentioned(text) == kind


def test_one_text_has_one_value_of_the_variable_whatever_its_group(story: dict[str, Rows]) -> None:
    values: dict[str, str] = {}
    for row in [*story["2.0.0"], *story["test"]]:
        assert values.setdefault(row["texto"], row["hora_mencionada"]) == row["hora_mencionada"]


def test_the_same_files_come_out_every_time(story: dict[str, Rows], tmp_path: Path) -> None:
    assert split(tmp_path / "again") == story
