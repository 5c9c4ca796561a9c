import json
from dataclasses import replace
from pathlib import Path

import pytest

from relevo.core.artifact import Artifact
from relevo.core.errors import UsageError
from relevo.core.plan import Planned, State
from relevo.core.version import Version
from relevo.testing import Recorded
from relevo.tools.files import digests


def test_the_artifact_holds_code_model_api_and_who_it_is(world, tmp_path):
    world.write("LIMIT = 3\n", "own/words.py")
    world.write("not code", "notes.txt")
    draft = world.make(tmp_path / "draft", "1.2.3")
    model = {f"model/{name}": digest for name, digest in world.inputs["model"].files.items()}
    files = digests(draft.folder)
    assert set(files) == {"app.py", "own/words.py", "openapi.json", "service.json", *model}
    assert {name: files[name] for name in model} == model
    assert json.loads((draft.folder / "service.json").read_text()) == {
        "format": 1,
        "name": "quejas",
        "version": "1.2.3",
        "model": {"version": "1.0.0", "digest": world.inputs["model"].output_digest},
        "data": {"version": "1.0.0", "digest": world.inputs["data"].output_digest},
    }


def test_the_version_and_its_major_are_stamped_into_the_api(world_2, tmp_path):
    document = json.loads((world_2.make(tmp_path / "draft", "2.0.0").folder / "openapi.json").read_text())
    assert document["info"]["version"] == "2.0.0"
    assert {"/api/v2/modelos", "/api/v2/modelos/quejas"} <= set(document["paths"])


def test_the_output_digest_is_blind_to_the_version_and_sees_the_code(world, tmp_path):
    one, other = world.make(tmp_path / "a", "1.0.0"), world.make(tmp_path / "b", "3.1.0")
    assert one.output_digest == other.output_digest
    assert digests(one.folder) != digests(other.folder)
    world.write("# a comment\n", "own.py")
    assert world.make(tmp_path / "c").output_digest != one.output_digest


def test_the_facts_are_the_contract_and_the_declaration(good):
    assert (good.facts["name"], good.facts["supports_model"]) == ("quejas", 1)
    assert good.facts["fields"] == [{"name": "texto", "type": "text", "of": "text", "deprecated": False}]
    assert "/api/modelos/quejas" in good.facts["openapi"]["paths"]
    assert good.facts == json.loads(json.dumps(good.facts)), "facts are kept as JSON"


def base(draft) -> Artifact:
    return Artifact(
        "quejas", "service", draft.version, "", draft.output_digest, {}, {}, {}, draft.facts, (), (), "", "",
        folder=draft.folder,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        pytest.param("", "", set(), id="the same code"),
        pytest.param("from", "# seen by nobody\nfrom", set(), id="a comment"),
        pytest.param("In the", "In all the", set(), id="other words"),
        pytest.param('"texto",', '"texto", deprecated=True,', {"api-deprecated"}, id="a field deprecated"),
        pytest.param('"texto"', '"frase"', {"api-incompatible", "api-removed-undeprecated"}, id="a field renamed"),
    ],
)
def test_its_own_changes_are_those_of_the_api(world, good, old, new, codes):
    world.write((world.root / "service/app.py").read_text().replace(old, new, 1))
    folder = world.root / "made"
    folder.mkdir()
    made = world.stage.make(world.inputs, folder, Recorded())
    assert {change.code for change in world.stage.changes(base(good), made, folder)} == codes


def test_the_recipe_is_every_python_file_and_the_runtime(world):
    world.write("X = 1\n", "own/words.py")
    world.write("cached", "__pycache__/app.cpython-311.pyc")
    before = world.stage.recipe()
    assert set(before) == {"service/app.py", "service/own/words.py", "relevo_runtime"}
    world.write("X = 2\n", "own/words.py")
    after = world.stage.recipe()
    assert {name for name in before if before[name] != after[name]} == {"service/own/words.py"}


def plan(version: str) -> dict[str, Planned]:
    return {"model": Planned("model", State.MADE, None, Version.parse(version))}


def test_stops_for_a_model_that_the_code_is_not_for(world):
    assert world.stage.stops(plan("1.4.0"), world.inputs) == ()
    assert [(stop.code, stop.file, stop.line) for stop in world.stage.stops(plan("2.0.0"), {})] == [
        ("model-major", "service/app.py", 7)
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise RuntimeError('not today')\n", "service/app.py:1"),
        ("service = 1\n", "service/app.py"),
    ],
)
def test_code_that_the_runtime_refuses_is_a_usage_error_with_its_words(world, tmp_path, source, said):
    app = (world.root / "service/app.py").read_text()
    world.write(source + app if "raise" in source else app + source)
    with pytest.raises(UsageError, match="cannot start") as caught:
        world.make(tmp_path / "draft")
    assert said in str(caught.value)
    assert str(tmp_path / "draft") not in str(caught.value)


def test_a_missing_app_is_named(world):
    (world.root / "service/app.py").unlink()
    with pytest.raises(UsageError, match=r"`service/app\.py`") as caught:
        world.stage.recipe()
    assert caught.value.code == "app-missing"


def test_an_app_of_another_name_is_refused(world):
    settings = replace(world.settings, service=replace(world.settings.service, app="service/main.py"))
    with pytest.raises(UsageError, match="main"):
        replace(world, settings=settings).stage.recipe()


def test_code_must_not_hide_a_file_of_the_model(world, tmp_path):
    name = next(iter(world.inputs["model"].files))
    path: Path = world.root / "service/model" / name
    path.parent.mkdir()
    path.with_suffix(".py").write_text("")
    model = replace(world.inputs["model"], files={Path(name).with_suffix(".py").name: ""})
    with pytest.raises(UsageError, match="part of the service"):
        replace(world, inputs={**world.inputs, "model": model}).make(tmp_path / "draft")
