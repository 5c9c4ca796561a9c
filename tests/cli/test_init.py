"""`relevo init`."""

from pathlib import Path
from typing import Any

import pytest

CSV = "caso_id,texto,grupo,canal,nota\n" + "".join(f"{i},texto {i},g{i % 2},web,n{i}\n" for i in range(30))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "quejas.csv").write_text(CSV)
    return tmp_path


def init(call: Any, folder: Path, *more: str, lang: str = "en") -> Any:
    base = ("-C", str(folder), "init", "quejas", "--data", "quejas.csv", "--text", "texto", "--label", "grupo")
    return call(*base, *more, lang=lang)


def test_it_makes_a_line_and_says_what_to_do_next(call: Any, folder: Path) -> None:
    called = init(call, folder, "--id", "caso_id", "--ignore", "nota")
    assert called.code == 0
    assert (folder / "quejas" / "data" / "quejas.csv").read_text() == CSV
    for row in ("caso_id  id", "texto    text", "grupo    label", "canal    category", "nota     ignore"):
        assert f"  {row}\n" in called.out
    assert "cd quejas" in called.err
    assert "relevo run" in called.err


def test_the_line_opens(call: Any, folder: Path) -> None:
    init(call, folder)
    assert call("-C", str(folder / "quejas"), "status", "--json").json["name"] == "quejas"


def test_json_says_the_kinds(call: Any, folder: Path) -> None:
    made = init(call, folder, "--json", "--id", "nota").json
    assert made["made"] is True
    assert made["columns"] == {
        "caso_id": "ignore",  # it looked like an id, but another column was named
        "texto": "text",
        "grupo": "label",
        "canal": "category",
        "nota": "id",
    }
    assert "data/quejas.csv" in made["files"]


def test_dry_run_makes_nothing(call: Any, folder: Path) -> None:
    called = init(call, folder, "--dry-run")
    assert called.code == 0
    assert called.out.startswith("would make ")
    assert [path.name for path in folder.iterdir()] == ["quejas.csv"]


def test_comments_are_in_the_readers_language(call: Any, folder: Path) -> None:
    init(call, folder, lang="es")
    assert "# La línea «quejas»" in (folder / "quejas" / "relevo.toml").read_text()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--text", "txeto"], "did you mean `texto`?"),
        (["--id", "caso_di"], "did you mean `caso_id`?"),
        (["--ignore", "zzzzzz"], "`caso_id`, `texto`"),
        (["--ignore", "texto"], "cannot be both text and ignore"),
        (["--data", "missing.csv"], "missing.csv"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(more: list[str], said: str, call: Any, folder: Path) -> None:
    called = init(call, folder, *more)
    assert (called.code, called.out) == (2, "")
    assert said in called.err
    assert not (folder / "quejas").exists()


def test_an_existing_folder_is_left_alone(call: Any, folder: Path) -> None:
    (folder / "quejas").mkdir()
    (folder / "quejas" / "mine.txt").write_text("mine")
    called = init(call, folder)
    assert called.code == 2
    assert "mine.txt` is there already" in called.err
