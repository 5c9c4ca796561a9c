import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from relevo.core.artifact import Draft
from relevo.model.train import original, rows_of
from relevo_runtime.model import load


def test_the_files_are_data_and_nothing_else(good: Draft) -> None:
    names = {path.name for path in good.folder.iterdir()}
    assert names == {"model.json", "vocabulary.json", "idf.npy", "weights.npy"}


@pytest.mark.slow
def test_on_the_whole_corpus_it_answers_as_the_original_and_reaches_what_is_published(
    data: Callable[..., Any],
    draft: Callable[..., Draft],
    reminders: list[dict[str, str]],
    test_reminders: list[dict[str, str]],
) -> None:
    made = draft(data(reminders))
    trained, model = original(made.inputs["data"], made.settings.model), load(made.folder)
    records = [*rows_of(made.inputs["data"]).records, *test_reminders]
    answers = [dict(answer) for answer in model.score_many(records)]
    found = np.array([[answer[group] for group in trained.groups] for answer in answers])
    wanted = trained.probabilities(records)
    assert np.abs(found - wanted).max() < 1e-5
    assert (found.argmax(axis=1) == wanted.argmax(axis=1)).all()
    right = [
        max(answer, key=answer.__getitem__) == row["label"]
        for answer, row in zip(answers[-3043:], test_reminders, strict=True)
    ]
    assert np.mean(right) >= 0.982


DIGEST = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from relevo.core.settings import ModelSettings
from relevo.model.export import export
from relevo.model.train import train
from relevo.tools.files import digests
from relevo.core.artifact import Artifact
from relevo.core.version import FIRST
data = Artifact("l", "data", FIRST, "", "", {}, {}, {}, {"variables": {}}, (), (), "", "", folder=Path(sys.argv[1]))
with TemporaryDirectory() as folder:
    export(train(data, ModelSettings(), lambda _: None), Path(folder))
    print(sorted(digests(Path(folder)).items()))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "machine",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2", "OPENBLAS_NUM_THREADS": "2", "LC_ALL": "C"},
        {"OPENBLAS_CORETYPE": "Prescott"},
        {"NPY_DISABLE_CPU_FEATURES": " ".join(np.show_config("dicts")["SIMD Extensions"]["found"])},
    ],
)
def test_another_machine_makes_the_same_files(
    data: Callable[..., Any], some_reminders: list[dict[str, str]], good: Draft, machine: dict[str, str]
) -> None:
    folder = data(some_reminders).folder

    def run(**environment: str) -> str:
        command = [sys.executable, "-W", "ignore", "-c", DIGEST, str(folder)]
        return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True).stdout

    assert run(**machine) == run()
