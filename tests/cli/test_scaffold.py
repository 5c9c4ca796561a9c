"""The files of a new line."""

import ast
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo import settings
from relevo.cli import scaffold
from relevo.core.errors import OutsideError, UsageError
from relevo.core.settings import Kind, ModelSettings, ServiceSettings

COLUMNS: dict[str, Kind] = {"texto": "text", "grupo": "label", "caso": "id", "canal": "category", "nota": "ignore"}
#: Headers as they come: anything but what a CSV header cannot hold. No surrogates: a file that was read has none.
HEADERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


@pytest.mark.parametrize("language", ["en", "es"])
def test_relevo_toml_says_the_defaults(language: str) -> None:
    found = settings.parse(scaffold.files("quejas", COLUMNS, language)["relevo.toml"])
    assert found.line.name == "quejas"
    assert found.data.path == "data/quejas.csv"
    assert found.data.columns == COLUMNS
    assert (found.model, found.service) == (ModelSettings(), ServiceSettings())


def test_the_service_is_a_dozen_lines_and_asks_for_every_variable() -> None:
    app = scaffold.files("quejas", COLUMNS, "es")["service/app.py"]
    assert app == (
        '"""El servicio REST de la línea «quejas». Este fichero es tuyo."""\n'
        "\n"
        "from relevo_runtime import Service, category, text\n"
        "\n"
        "service = Service(\n"
        '    "quejas",\n'
        "    supports_model=1,  # la versión mayor del modelo para la que se escribió este código\n"
        "    fields=[\n"
        '        text("texto"),\n'
        '        category("canal"),\n'
        "    ],\n"
        ")\n"
    )


@given(text=HEADERS, label=HEADERS, variable=HEADERS)
def test_any_header_survives(text: str, label: str, variable: str) -> None:
    columns: dict[str, Kind] = {variable: "number", label: "label", text: "text"}
    if len(columns) < 3:
        return
    files = scaffold.files("x", columns, "en")
    assert tomllib.loads(files["relevo.toml"])["data"]["columns"] == columns
    calls = [node for node in ast.walk(ast.parse(files["service/app.py"])) if isinstance(node, ast.Call)]
    fields = [ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) in ("text", "number")]
    assert fields == [text, variable]


def test_what_is_made_is_ignored_by_git_but_the_lock_is_not() -> None:
    ignored = scaffold.files("x", COLUMNS, "en")[".gitignore"].split()
    assert ".relevo/" in ignored
    assert "relevo.lock" not in ignored


@pytest.mark.parametrize("name", ["Quejas", "1a", "a b", "../x", "año", "", "a/b", "-a"])
def test_a_name_must_be_part_of_an_address(name: str) -> None:
    with pytest.raises(UsageError) as raised:
        scaffold.check_name(name)
    assert raised.value.code == "bad-name"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "source.csv"
    path.write_bytes(b"texto,grupo\r\nhola,a\r\n")
    return path


def test_the_data_are_copied_byte_by_byte(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "quejas"
    scaffold.create(folder, scaffold.files("quejas", COLUMNS, "en"), data, "data/quejas.csv")
    assert (folder / "data" / "quejas.csv").read_bytes() == data.read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == [
        ".gitignore",
        "README.md",
        "data",
        "relevo.toml",
        "service",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["quejas", "source.csv"]


def test_an_empty_folder_may_be_there(tmp_path: Path, data: Path) -> None:
    (tmp_path / "quejas").mkdir()
    scaffold.create(tmp_path / "quejas", {"a": "b"}, data, "data/quejas.csv")
    assert (tmp_path / "quejas" / "a").read_text() == "b"


def test_nothing_is_overwritten(tmp_path: Path, data: Path) -> None:
    (tmp_path / "quejas").mkdir()
    (tmp_path / "quejas" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError) as raised:
        scaffold.create(tmp_path / "quejas", {"mine.txt": "yours"}, data, "data/quejas.csv")
    assert str(tmp_path / "quejas" / "mine.txt") in str(raised.value)
    assert (tmp_path / "quejas" / "mine.txt").read_text() == "mine"


def test_a_file_of_that_name_is_not_overwritten(tmp_path: Path, data: Path) -> None:
    (tmp_path / "quejas").write_text("mine")
    with pytest.raises(UsageError) as raised:
        scaffold.create(tmp_path / "quejas", {}, data, "data/quejas.csv")
    assert raised.value.code == "folder-taken"


def test_after_a_failure_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as raised:
        scaffold.create(tmp_path / "quejas", {"a": "b"}, tmp_path / "vanished.csv", "data/quejas.csv")
    assert raised.value.code == "cannot-write"
    assert list(tmp_path.iterdir()) == []
