import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relevo.core.artifact import Draft, Made
from relevo.core.errors import OutsideError, UsageError
from relevo.core.settings import DataSettings, LineSettings, ModelSettings, Settings
from relevo.model.stage import ModelStage


def stage(columns: dict[str, Any] | None = None, **model: Any) -> ModelStage:
    data = DataSettings("l.csv", columns or {"texto": "text", "grupo": "label"})
    return ModelStage(Path(), Settings(LineSettings("l"), data, ModelSettings(**model)))


@pytest.mark.parametrize("changed", [{"c": 1.0}, {"seed": 1}, {"holdout": 0.1}])
def test_what_makes_another_model_is_in_the_recipe(changed: dict[str, Any]) -> None:
    assert stage().recipe() != stage(**changed).recipe()


@pytest.mark.parametrize("changed", [{"minimum_accuracy": 0.9}, {"p95_ms": 5.0}])
def test_what_only_the_gates_look_at_is_not(changed: dict[str, Any]) -> None:
    assert stage().recipe() == stage(**changed).recipe()


def test_the_recipe_names_the_libraries_that_the_bits_depend_on() -> None:
    import numpy
    import sklearn

    recipe = stage().recipe()
    assert (recipe["numpy"], recipe["scikit-learn"]) == (numpy.__version__, sklearn.__version__)


def test_a_variable_may_not_be_called_text() -> None:
    with pytest.raises(UsageError, match="the variable `text`"):
        stage({"texto": "text", "grupo": "label", "text": "category"}).recipe()


def test_planning_imports_nothing_that_computes() -> None:
    code = "import sys, relevo.model.stage; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"sklearn", "scipy", "numpy", "duckdb", "relevo_runtime"} & set(run.stdout.split())


def test_the_facts_are_the_contract_and_how_good_it_is(good: Draft) -> None:
    facts = good.facts
    assert len(facts["groups"]) == 9
    assert facts["inputs"] == [
        {"name": "text", "type": "text", "required": True, "nullable": False},
        {"name": "canal", "type": "category", "required": True, "nullable": True},
        {"name": "fecha", "type": "date", "required": True, "nullable": False},
        {"name": "hora", "type": "boolean", "required": True, "nullable": False},
        {"name": "palabras", "type": "number", "required": True, "nullable": False},
    ]
    assert facts["rows"]["train"] + facts["rows"]["heldout"] == 400
    assert facts["accuracy"] > 0.85
    assert sum(group["rows"] for group in facts["heldout_groups"].values()) == facts["rows"]["heldout"]


def test_a_folder_that_cannot_be_written_is_named(good: Draft, tmp_path: Path, silent: Any) -> None:
    with pytest.raises(OutsideError, match="cannot write"):
        ModelStage(tmp_path, good.settings).make(good.inputs, tmp_path / "none", silent)


def test_nothing_differs_from_itself(good: Draft, tmp_path: Path) -> None:
    base = replace(good.inputs["data"], facts=good.facts)
    assert ModelStage(tmp_path, good.settings).changes(base, Made(good.facts), good.folder) == ()
