import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relevo_runtime.errors import InputError
from relevo_runtime.inputs import Input
from relevo_runtime.model import Model, constant, load

TEXT = Input("text", "text")


@pytest.fixture
def folder(service_folder: Callable[..., Path]) -> Path:
    """The files of a model that knows one word for each of its two groups, each with weight 3."""
    return service_folder() / "model"


def test_the_most_likely_group_comes_first(folder: Path) -> None:
    answer = load(folder).score({"text": "¡Mi TARJETA!"})
    sure = 1 / (1 + math.exp(-3))
    assert answer == [("tarjeta", pytest.approx(sure)), ("cobros", pytest.approx(1 - sure))]


def test_equally_likely_groups_come_by_name(folder: Path) -> None:
    assert load(folder).score({"text": "nada"}) == [("cobros", 0.5), ("tarjeta", 0.5)]


def test_words_weigh_by_frequency_and_rarity_and_their_length_is_one(folder: Path) -> None:
    np.save(folder / "idf.npy", np.array([1, 2], "<f4"))
    answer = dict(load(folder).score({"text": "cobro cobro cobro tarjeta"}))
    assert answer["cobros"] == pytest.approx(1 / (1 + math.exp(-3 * (3 - 2) / math.hypot(3, 2))))


def test_a_variable_adds_its_own_weight(service_folder: Callable[..., Path]) -> None:
    folder = service_folder(inputs=[TEXT, Input("canal", "category", nullable=True)]) / "model"
    vocabulary = json.loads((folder / "vocabulary.json").read_text())
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary | {"variables": {"canal": ["", "web"]}}))
    np.save(folder / "weights.npy", np.array([[3, 0], [0, 3], [1, 0], [0, 2]], "<f4"))
    model = load(folder)
    for canal, wins in (("web", 2), (None, -1), ("carta", 0)):
        answer = dict(model.score({"text": "nada", "canal": canal}))
        assert answer["tarjeta"] == pytest.approx(1 / (1 + math.exp(-wins)))


@given(text=st.text(min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_every_group_once_and_adds_up_to_one(folder: Path, text: str) -> None:
    model = load(folder)
    if text.isspace():
        with pytest.raises(InputError, match="empty-text"):
            model.score({"text": text})
    else:
        answer = model.score({"text": text})
        assert sorted(group for group, _ in answer) == ["cobros", "tarjeta"]
        assert sum(probability for _, probability in answer) == pytest.approx(1, abs=1e-12)


def test_many_are_scored_in_their_order(folder: Path) -> None:
    answers = load(folder).score_many([{"text": "tarjeta"}, {"text": "cobro"}])
    assert [answer[0][0] for answer in answers] == ["tarjeta", "cobros"]


@pytest.mark.parametrize("ask", [Model.check, Model.score])
def test_an_incomplete_record_is_refused(folder: Path, ask: Callable[..., object]) -> None:
    with pytest.raises(InputError, match="missing-field: text"):
        ask(load(folder), {})


def test_the_constant_model_has_the_same_contract_and_one_answer(folder: Path) -> None:
    real, even = load(folder), constant(folder)
    assert (even.groups, even.inputs) == (real.groups, real.inputs)
    assert even.score({"text": "tarjeta"}) == [("cobros", 0.5), ("tarjeta", 0.5)]
    with pytest.raises(InputError, match="empty-text"):
        even.score({"text": " "})


LOAD = "from pathlib import Path; from relevo_runtime.model import load; load(Path(sys.argv[1]))"
CONSTANT = "from pathlib import Path; from relevo_runtime.model import constant; constant(Path(sys.argv[1]))"


@pytest.mark.parametrize(
    ("done", "absent"),
    [(LOAD, {"relevo", "sklearn", "scipy", "duckdb"}), (CONSTANT, {"relevo", "sklearn", "scipy", "numpy"})],
)
def test_scoring_imports_little(folder: Path, done: str, absent: set[str]) -> None:
    code = f"import sys; {done}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert not absent & set(run.stdout.split())
