import dataclasses
import hashlib
import subprocess
import sys

import duckdb
import pytest

from relevo.core.errors import OutsideError, UsageError
from relevo.testing import Recorded

CSV = "texto,grupo\nno va,tarjeta\ncobro doble,cobros\n"


def test_the_recipe_is_the_content_and_the_settings(bench):
    recipe = dict(bench.stage(CSV).recipe())
    assert recipe.pop("rows") == hashlib.sha256(CSV.encode()).hexdigest()
    assert recipe == {"format": "1", "source": "csv", "columns": '{"grupo": "label", "texto": "text"}'}


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("the path", {"path": "moved.csv"}),
        ("a confirmation", {"withdrawal_confirmed": "0123456789ab"}),
        ("a gate's limit", {"minimum_rows": 5, "warn_rows": 50}),
    ],
)
def test_the_recipe_is_blind_to(bench, what, data):
    (bench.root / "moved.csv").write_text(CSV)
    assert bench.stage(CSV, **data).recipe() == bench.stage(CSV).recipe()


def test_the_recipe_follows_content_columns_and_preprocessing(bench):
    (bench.root / "prep.py").write_text("def prepare(a, b): b.write_bytes(a.read_bytes())")
    columns = {"texto": "text", "grupo": "label"}
    stages = [
        bench.stage(CSV),
        bench.stage(CSV.replace("\n", "\r\n"), columns=columns),
        bench.stage(CSV, columns={**columns, "canal": "category"}),
        bench.stage(CSV, prepare="prep:prepare"),
    ]
    recipes = []
    for stage, content in zip(stages, [CSV, CSV.replace("\n", "\r\n"), CSV, CSV], strict=True):
        (bench.root / "quejas.csv").write_bytes(content.encode())
        recipes.append(tuple(sorted(stage.recipe().items())))
    (bench.root / "prep.py").write_text("def prepare(a, b): b.write_text(a.read_text().lower())")
    recipes.append(tuple(sorted(stages[3].recipe().items())))
    assert len(set(recipes)) == 5


def test_the_recipe_is_cheap():
    """What `relevo plan` needs when nothing changed must not wait for the engine to be imported."""
    code = """
import sys, pathlib
from relevo.core.settings import DataSettings, LineSettings, Settings
from relevo.data.stage import DataStage
settings = Settings(LineSettings("q"), DataSettings("stage.py", {}, prepare="stage:make"))
import relevo.data
DataStage(pathlib.Path(relevo.data.__file__).parent, settings).recipe()
print(sorted({"duckdb", "numpy", "polars", "subprocess", "hypothesis"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_missing_file_is_refused_before_anything_is_made(bench):
    stage = bench.stage(CSV)
    (bench.root / "quejas.csv").unlink()
    with pytest.raises(UsageError, match="is not there"):
        stage.recipe()


def test_made_twice_is_the_same(bench):
    (first, folder), (second, other) = bench.make(CSV), bench.make(CSV)
    assert first == second
    assert (folder / "rows.parquet").read_bytes() == (other / "rows.parquet").read_bytes()


def test_only_the_rows_are_left_behind(bench):
    _, folder = bench.make(CSV)
    assert [path.name for path in folder.iterdir()] == ["rows.parquet"]
    assert sorted(path.name for path in bench.root.iterdir()) == [folder.name, "quejas.csv"]


def test_preprocessing_comes_before_reading(bench):
    code = "def prepare(a, b): b.write_text('texto,grupo\\n' + a.read_text().replace('|', ','))\n"
    (bench.root / "prep.py").write_text(code)
    columns = {"texto": "text", "grupo": "label"}
    made, folder = bench.make("no va|tarjeta\ncobro|cobros\n", columns=columns, prepare="prep:prepare")
    assert made.facts["groups"] == {"cobros": 1, "tarjeta": 1}
    assert duckdb.read_parquet(str(folder / "rows.parquet")).fetchall()[0][:2] == ("cobro", "cobros")


def test_an_unknown_column_is_guessed_from_its_cells(bench):
    content = "texto,grupo,importe\na,b,1.5\n"
    with pytest.raises(UsageError) as error:
        bench.make(content, columns={"texto": "text", "grupo": "label"})
    assert 'importe = "number"' in str(error.value)


def test_foreseen_is_what_a_run_finds(bench, tmp_path):
    base = bench.artifact(CSV)
    after = CSV + "otra,tarjeta\n"
    aside = tmp_path / "aside"
    aside.mkdir()
    assert bench.stage(after).foresee(base, aside, Recorded()) == bench.changes(base, after)


def test_nothing_to_compare_with_is_no_change(bench, tmp_path):
    assert bench.stage(CSV).foresee(None, tmp_path, Recorded()) == ()


def test_progress_says_what_is_read(bench, tmp_path):
    progress = Recorded()
    (tmp_path / "out").mkdir()
    bench.stage(CSV).make({}, tmp_path / "out", progress)
    assert [str(step) for step in progress.steps] == ["reading quejas.csv"]


def test_a_place_that_cannot_be_written_is_the_outside_world(bench):
    stage = bench.stage(CSV)
    with pytest.raises(OutsideError) as error:
        stage.make({}, bench.root / "quejas.csv" / "below", Recorded())
    assert error.value.code == "cannot-write"


def test_rows_with_problems_are_made_so_that_a_gate_can_name_them(bench):
    columns = {"texto": "text", "grupo": "label", "importe": "number"}
    made, folder = bench.make("texto,grupo,importe\n,,doce\n", columns=columns)
    assert set(made.facts["problems"]) == {"unparsable", "empty-text", "missing-label"}
    assert duckdb.read_parquet(str(folder / "rows.parquet")).fetchall() == [("", None, 2610, None)]


def test_a_cell_that_cannot_be_read_is_a_change_even_where_nothing_was_before(bench):
    """Else the line would find the content unchanged, and no gate would ever speak."""
    columns = {"texto": "text", "grupo": "label", "importe": "number"}
    before, after = "texto,grupo,importe\na,x,\nb,y,2\n", "texto,grupo,importe\na,x,doce\nb,y,2\n"
    changes = bench.changes(bench.artifact(before, columns=columns), after, columns=columns)
    assert [(change.code, change.params) for change in changes] == [
        ("value-corrected", {"column": "importe", "rows": 1})
    ]


def test_equal_content_is_no_change_whatever_the_ids_say(bench):
    bench.columns["caso"] = "id"
    before = "texto,grupo,caso\na,x,1\nb,y,2\nc,y,3\nd,x,4\ne,x,5\n"
    swapped = before.replace("a,x,1", "a,x,2").replace("b,y,2", "b,y,1")
    assert bench.changes(before, swapped) == ()


def test_the_stage_is_what_the_line_expects(bench):
    stage = bench.stage(CSV)
    assert (stage.name, stage.takes) == ("data", ())
    assert stage.stops({}, {}) == ()
    assert dataclasses.is_dataclass(bench.make(CSV)[0])
