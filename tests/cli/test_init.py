"""`relevo init`."""

from pathlib import Path
from typing import Any

import pytest

from relevo.cli import scaffold
from relevo.core.settings import DeploySettings, ImageSettings, Kind
from relevo.settings import load

CSV = "caso_id,texto,grupo,canal,nota\n" + "".join(f"{i},texto {i},g{i % 2},web,n{i}\n" for i in range(30))


@pytest.fixture(autouse=True)
def _no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody outside this machine can be asked."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


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


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def line(folder: Path) -> Path:
    """A line without an image."""
    columns: dict[str, Kind] = {"texto": "text", "grupo": "label"}
    made = folder / "quejas"
    scaffold.create(made, scaffold.files("quejas", columns, "en"), folder / "quejas.csv", "data/quejas.csv")
    return made


IMAGE = ["image/Dockerfile", "image/requirements.in", "image/requirements.txt"]


def test_a_new_line_has_the_image_from_the_start(call: Any, folder: Path) -> None:
    called = init(call, folder, "--add", "image")
    assert called.code == 0
    for name in IMAGE:
        assert f"  {name}\n" in called.out
        assert (folder / "quejas" / name).is_file()
    found = load(folder / "quejas", {})
    assert found.line.stages == ("data", "model", "service", "image")
    assert (found.image, found.deploy) == (ImageSettings(), {"test": DeploySettings()})


def test_it_is_the_same_whether_added_at_once_or_later(call: Any, folder: Path) -> None:
    init(call, folder, "--add", "image")
    at_once = contents(folder / "quejas")
    (folder / "quejas").rename(folder / "other")
    init(call, folder)
    call("-C", str(folder / "quejas"), "init", "--add", "image")
    assert contents(folder / "quejas") == at_once


def test_the_line_that_is_there_says_what_it_got(call: Any, line: Path) -> None:
    called = call("-C", str(line / "data"), "init", "--add", "image")
    assert called.code == 0
    assert called.out.splitlines() == [
        f"made in {line}",
        *(f"  {name}" for name in IMAGE),
        "relevo.toml has the stage `image` now",
    ]
    assert "`python:3.12-slim` was not pinned by its digest" in called.err
    assert "look at image/Dockerfile, commit, then: relevo run" in called.err
    stages = load(line, {}).line.stages
    assert stages == ("data", "model", "service", "image")


def test_what_is_there_is_kept_and_named(call: Any, line: Path) -> None:
    mine = line / "image" / "Dockerfile"
    mine.parent.mkdir()
    mine.write_text("FROM mine\n")
    called = call("-C", str(line), "init", "--add", "image")
    assert "  image/Dockerfile was there, and stays as it is\n" in called.out
    assert mine.read_text() == "FROM mine\n"


def test_added_json(call: Any, line: Path) -> None:
    (line / "image").mkdir()
    (line / "image" / "requirements.in").write_text("")
    assert call("-C", str(line), "init", "--add", "image", "--json").json == {
        "folder": str(line),
        "files": ["image/Dockerfile", "image/requirements.txt"],
        "kept": ["image/requirements.in"],
        "base": "python:3.12-slim",
        "made": True,
    }


def test_add_dry_run_changes_nothing(call: Any, line: Path) -> None:
    before = contents(line)
    called = call("-C", str(line), "init", "--add", "image", "--dry-run")
    assert called.out.splitlines() == [f"would make in {line}", *(f"  {name}" for name in IMAGE)]
    assert contents(line) == before


def test_line_ends_and_comments_of_relevo_toml_stay(call: Any, line: Path) -> None:
    path = line / "relevo.toml"
    path.write_bytes(b"# mine\r\n" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes().splitlines(keepends=True)
    assert call("-C", str(line), "init", "--add", "image").code == 0
    after = path.read_bytes().splitlines(keepends=True)
    assert after[0] == b"# mine\r\n"
    assert [line for line in before if line not in after] == []
    assert [line for line in after if not line.endswith(b"\r\n")] == []


def test_it_speaks_the_language_of_the_reader(call: Any, folder: Path) -> None:
    init(call, folder, "--add", "image", lang="es")
    assert "La imagen de la línea «quejas»" in (folder / "quejas" / "image" / "Dockerfile").read_text()
    assert "# la imagen de partida" in (folder / "quejas" / "relevo.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--add", "imagen"), "`imagen` is nothing that can be added to a line"),
        (("--add", "service"), "known here: image"),
    ],
)
def test_what_cannot_be_added_is_2_and_changes_nothing(
    arguments: tuple[str, ...], said: str, call: Any, line: Path
) -> None:
    before = contents(line)
    called = call("-C", str(line), "init", *arguments)
    assert (called.code, called.out) == (2, "")
    assert said in called.err
    assert contents(line) == before


def test_a_new_line_with_an_unknown_stage_is_not_made(call: Any, folder: Path) -> None:
    assert init(call, folder, "--add", "imagen").code == 2
    assert not (folder / "quejas").exists()


def test_added_twice_is_2(call: Any, folder: Path) -> None:
    init(call, folder, "--add", "image")
    called = call("-C", str(folder / "quejas"), "init", "--add", "image")
    assert (called.code, called.out) == (2, "")
    assert "this line has the stage `image` already" in called.err
    assert "relevo plan" in called.err


def test_outside_a_line_there_is_nothing_to_add_to(call: Any, folder: Path) -> None:
    called = call("-C", str(folder), "init", "--add", "image")
    assert called.code == 2
    assert "no relevo.toml" in called.err


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        ((), "NAME, --data, --text, --label"),
        (("quejas",), "--data, --text, --label"),
        (("quejas", "--data", "quejas.csv", "--text", "texto"), "--label"),
        (("quejas", "--add", "image"), "--data, --text, --label"),
    ],
)
def test_what_a_new_line_lacks_is_named(arguments: tuple[str, ...], missing: str, call: Any, folder: Path) -> None:
    called = call("-C", str(folder), "init", *arguments)
    assert (called.code, called.out) == (2, "")
    assert f"a new line needs {missing}\n" in called.err
