"""Every gate of data and model, through `relevo run`: a planted bad artifact is refused, the good one passes.

Data is spoiled in its CSV. A model cannot be spoiled from outside, since all that a user can change makes another
sound model: there, the files are changed between making and checking.
"""

import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relevo.cli.main import main
from relevo.core.artifact import Artifact, Made
from relevo.core.ports import Progress
from relevo.line import Line
from relevo.model.stage import ModelStage
from relevo.registry import gates

pytestmark = [pytest.mark.slow, pytest.mark.git]

Rows = list[list[str]]
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """run(project, "data", opener): the JSON that `relevo run STAGE` prints; its exit code stands under "exit"."""

    def run(project: Any, stage: str, opener: Callable[[Path], Line] | None = None) -> dict[str, Any]:
        capsys.readouterr()
        code = main(["-C", str(project.root), "run", stage, "--json"], opener)
        return {"exit": code, **json.loads(capsys.readouterr().out)}

    return run


def outcomes(result: Mapping[str, Any], stage: str) -> dict[str, str]:
    """gate → outcome"""
    return {verdict["gate"]: verdict["outcome"] for verdict in result["verdicts"][stage]}


def refused_by(result: Mapping[str, Any], stage: str, gate: str) -> dict[str, Any]:
    """The verdict of `gate`, which must have stopped the run without publishing."""
    assert (result["exit"], result["outcome"], result["published"]) == (1, "failed", [])
    verdict: dict[str, Any] = next(v for v in result["verdicts"][stage] if v["gate"] == gate)
    assert verdict["outcome"] == "failed"
    assert verdict["evidence"], "a refusal points to the defect"
    return verdict


def test_good_data_and_a_good_model_pass_every_gate(make: Any, run: Run) -> None:
    result = run(make("data", "model"), "model")
    assert result["exit"] == 0
    for stage in ("data", "model"):
        assert outcomes(result, stage) == {gate.name: "passed" for gate in gates(stage)}


def empty_a_text(rows: Rows) -> None:
    rows[5][0] = "  "


def forget_a_label(rows: Rows) -> None:
    rows[5][1] = ""


def contradict(rows: Rows) -> None:
    rows.append([rows[5][0], "cobros" if rows[5][1] != "cobros" else "envíos"])


def one_of_a_kind(rows: Rows) -> None:
    rows.append(["quiero hablar con una persona", "otros"])


def break_a_type(rows: Rows) -> None:
    rows[0].append("importe")
    for row in rows[1:]:
        row.append("12.5")
    rows[7][2] = "doce"


DATA = [
    ("empty-text", empty_a_text, "6"),
    ("missing-label", forget_a_label, "6"),
    ("one-label", contradict, "6"),
    ("group-size", one_of_a_kind, "otros"),
    ("schema", break_a_type, "8"),
]


@pytest.mark.parametrize(("gate", "spoil", "named"), DATA, ids=[gate for gate, _, _ in DATA])
def test_bad_data_is_refused_naming_the_line(
    make: Any, run: Run, gate: str, spoil: Callable[[Rows], None], named: str
) -> None:
    project = make("data")
    rows = project.rows()
    spoil(rows)
    project.write(rows)
    if len(rows[0]) > 2:
        settings = project.root / "relevo.toml"
        settings.write_text(
            settings.read_text(encoding="utf-8").replace('= "label"', '= "label"\nimporte = "number"'), encoding="utf-8"
        )
    verdict = refused_by(run(project, "data"), "data", gate)
    assert named in json.dumps(verdict["evidence"], ensure_ascii=False)
    assert project.versions() == []


def test_a_mass_withdrawal_is_held_until_it_is_confirmed(make: Any, run: Run) -> None:
    project = make("data")
    assert run(project, "data")["exit"] == 0
    rows = project.rows()
    project.write(rows[:1] + rows[1::2])
    verdict = refused_by(run(project, "data"), "data", "withdrawal")
    (confirmation,) = {
        word for message in verdict["evidence"] for word in message["params"].values() if len(str(word)) == 12
    }
    settings = project.root / "relevo.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("[data]\n", f'[data]\nwithdrawal_confirmed = "{confirmation}"\n'),
        encoding="utf-8",
    )
    assert run(project, "data")["exit"] == 0


def spoiled(change: Callable[[Path], None]) -> Callable[[Path], Line]:
    """Opens a line whose model stage leaves other files than it should."""

    class Spoiled(ModelStage):
        def make(self, inputs: Mapping[str, Artifact], folder: Path, progress: Progress) -> Made:
            made = super().make(inputs, folder, progress)
            change(folder)
            return made

    def open_line(start: Path) -> Line:
        line = Line.open(start)
        line.stages = [Spoiled(line.root, line.settings) if stage.name == "model" else stage for stage in line.stages]
        return line

    return open_line


def leave_a_pickle(folder: Path) -> None:
    (folder / "model.pkl").write_bytes(pickle.dumps(print))


def pickle_the_weights(folder: Path) -> None:
    np.save(folder / "weights.npy", np.array([print], dtype=object), allow_pickle=True)


def weigh(factor: float) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        weights = np.load(folder / "weights.npy")
        np.save(folder / "weights.npy", (weights * np.float32(factor)).astype("<f4"))

    return change


def ask_for_less(folder: Path) -> None:
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    description["inputs"] = description["inputs"][:1]
    vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    gone = sum(map(len, vocabulary["variables"].values()))
    vocabulary["variables"] = {}
    np.save(folder / "weights.npy", np.load(folder / "weights.npy")[:-gone])
    (folder / "model.json").write_text(json.dumps(description), encoding="utf-8")
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary), encoding="utf-8")


MODEL = [
    ("safe-files", leave_a_pickle),
    ("safe-files", pickle_the_weights),
    ("complete-input", weigh(float("nan"))),
    ("incomplete-input", ask_for_less),
    ("same-answers", weigh(1.01)),
    ("reproducible", weigh(1.01)),
    ("quality", weigh(-1)),
]


@pytest.mark.parametrize(("gate", "change"), MODEL, ids=[f"{gate}-{n}" for n, (gate, _) in enumerate(MODEL)])
def test_a_bad_model_is_refused(make: Any, run: Run, gate: str, change: Callable[[Path], None]) -> None:
    project = make("data", "model")
    with_variable(project)
    refused_by(run(project, "model", spoiled(change)), "model", gate)
    assert run(project, "model")["exit"] == 0, "what was refused left nothing behind"


def with_variable(project: Any) -> None:
    """A category that goes with the text, so that the model has an input to forget."""
    rows = project.rows()
    rows[0].append("canal")
    for number, row in enumerate(rows[1:]):
        row.append(("web", "teléfono")[number % 2])
    project.write(rows)
    settings = project.root / "relevo.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('= "label"', '= "label"\ncanal = "category"'), encoding="utf-8"
    )


def test_a_slow_model_is_refused(make: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make("data", "model")
    monkeypatch.setenv("RELEVO_MODEL__P95_MS", "0.000001")
    refused_by(run(project, "model"), "model", "latency")


def test_a_model_that_got_worse_is_refused(make: Any, run: Run) -> None:
    """Labels turned round in the rows that are trained on, and left as they are in those held out."""
    project = make("data", "model")
    header, *rows = project.rows()
    many = [[f"{text} {n}", label] for n in range(6) for text, label in rows]
    project.write([header, *many])
    assert run(project, "model")["exit"] == 0
    held = set(held_out(project))
    turn = {"cobros": "envíos", "envíos": "tarjeta", "tarjeta": "cobros"}
    project.write([header, *([text, label if text in held else turn[label]] for text, label in many)])
    verdict = refused_by(run(project, "model"), "model", "no-worse")
    assert verdict["measured"] < 0.01


def held_out(project: Any) -> list[str]:
    """The texts that the current model was not trained on."""
    import duckdb

    line = Line.open(project.root)
    folder = line.log("data")[0].folder
    found = duckdb.sql(f"SELECT text FROM '{folder}/rows.parquet' WHERE rank < 2000").fetchall()
    return [text for (text,) in found]
