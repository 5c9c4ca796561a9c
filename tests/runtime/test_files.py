import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relevo_runtime.errors import ModelFilesError
from relevo_runtime.inputs import Input
from relevo_runtime.model import load


@pytest.fixture
def folder(service_folder: Callable[..., Path]) -> Path:
    """The files of a model that knows one word for each of its two groups."""
    return service_folder(inputs=[Input("text", "text"), Input("importe", "number")]) / "model"


def refusal(folder: Path) -> str:
    with pytest.raises(ModelFilesError) as caught:
        load(folder)
    return str(caught.value)


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("code from a model file was run",)


@pytest.mark.parametrize("name", ["model.json", "vocabulary.json", "idf.npy", "weights.npy"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refusal(folder) == f"`{name}` is missing"


@pytest.mark.parametrize("name", ["model.pkl", "extra.npy", "__init__.py"])
def test_a_file_that_is_none_of_a_models_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(pickle.dumps(Bomb()))
    assert refusal(folder) == f"`{name}` is not a file of a model; nothing but data is taken"


def test_the_stores_manifest_may_lie_beside(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")
    assert load(folder).groups == ("cobros", "tarjeta")


@pytest.mark.parametrize("name", ["idf.npy", "weights.npy"])
def test_a_pickle_in_the_place_of_an_array_is_not_opened(folder: Path, name: str) -> None:
    (folder / name).write_bytes(pickle.dumps(Bomb()))
    assert refusal(folder).startswith(f"`{name}` is damaged")


def test_an_array_of_objects_is_not_opened(folder: Path) -> None:
    np.save(folder / "idf.npy", np.array([Bomb(), Bomb()], object), allow_pickle=True)
    assert refusal(folder).startswith("`idf.npy` is damaged")


@pytest.mark.parametrize(
    "array",
    [
        np.eye(2, dtype="<f8"),
        np.eye(2, dtype=">f4"),
        np.eye(3, dtype="<f4"),
        np.zeros(4, "<f4"),
        np.asfortranarray([[1, 2], [3, 4]], "<f4"),
    ],
)
def test_an_array_of_another_shape_or_type_is_refused(folder: Path, array: Any) -> None:
    np.save(folder / "weights.npy", array)
    assert refusal(folder).startswith("`weights.npy` holds ")


@pytest.mark.parametrize("name", ["model.json", "vocabulary.json", "idf.npy", "weights.npy"])
@pytest.mark.parametrize("keep", [0, 5, -1])
def test_a_file_cut_short_is_damaged(folder: Path, name: str, keep: int) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:keep])
    assert refusal(folder).startswith(f"`{name}` is damaged")


def test_more_in_a_file_than_its_array_is_refused(folder: Path) -> None:
    with (folder / "weights.npy").open("ab") as file:
        file.write(b"#!")
    assert refusal(folder) == "`weights.npy` is damaged: there is more in it than the array"


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(folder: Path, bad: float) -> None:
    np.save(folder / "weights.npy", np.full((2, 2), bad, "<f4"))
    assert refusal(folder) == "`weights.npy` is damaged: there are numbers in it that are none"


def test_several_arrays_in_one_file_are_refused(folder: Path) -> None:
    with (folder / "weights.npy").open("wb") as file:
        np.savez(file, np.eye(2, dtype="<f4"))
    assert refusal(folder).startswith("`weights.npy` is damaged")


def test_a_head_that_numpy_cannot_read_is_damage_in_one_line(folder: Path) -> None:
    content = (folder / "weights.npy").read_bytes()
    (folder / "weights.npy").write_bytes(content[:10] + b"(" * 60 + content[70:])
    assert refusal(folder).startswith("`weights.npy` is damaged")
    assert "\n" not in refusal(folder)


def test_a_later_format_is_named(folder: Path) -> None:
    change(folder / "model.json", format=2, shards=[])
    assert refusal(folder) == "`model.json` has format 2; this version reads format 1"


@pytest.mark.parametrize(
    "changed",
    [
        {"groups": ["tarjeta", "cobros"]},
        {"groups": ["cobros", "cobros"]},
        {"groups": ["cobros"], "bias": [0]},
        {"bias": [0, 0, 0]},
        {"inputs": []},
        {"inputs": [{"name": "texto", "type": "text"}]},
        {"scales": {}},
        {"scales": {"importe": {"mean": 0, "deviation": 0}}},
    ],
)
def test_a_description_that_contradicts_itself_is_refused(folder: Path, changed: dict[str, Any]) -> None:
    change(folder / "model.json", **changed)
    assert refusal(folder) == "`model.json` contradicts itself"


@pytest.mark.parametrize("changed", [{"words": ["cobro", "cobro"]}, {"variables": {}}, {"variables": {"otra": []}}])
def test_a_vocabulary_of_something_else_is_refused(folder: Path, changed: dict[str, Any]) -> None:
    change(folder / "vocabulary.json", **changed)
    assert refusal(folder) == "`vocabulary.json` contradicts itself, or `model.json`"


@pytest.mark.parametrize("changed", [{"code": "import os"}, {"groups": [1, 2]}, {"bias": ["a", "b"]}])
def test_a_description_of_another_form_is_damaged(folder: Path, changed: dict[str, Any]) -> None:
    change(folder / "model.json", **changed)
    assert refusal(folder).startswith("`model.json` is damaged: ")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none") == f"`{tmp_path / 'none'}` cannot be read: No such file or directory"


def change(path: Path, **changed: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
