"""The example's models are as good as its page says. Gates have their own tests and are left out here."""

import subprocess
import sys
from pathlib import Path

import pytest

from relevo.line import Line

EXAMPLE = Path(__file__).parents[2] / "examples" / "recordatorios"
TOML = """
[line]
name = "recordatorios"
stages = ["data", "model"]

[data]
path = "../{version}.csv"

[data.columns]
texto = "text"
grupo = "label"
"""


@pytest.mark.slow
@pytest.mark.parametrize(("version", "column"), [("1.1.0", ""), ("2.0.0", 'hora_mencionada = "category"\n')])
def test_more_than_98_2_percent_of_the_test_rows_are_answered_right(tmp_path: Path, version: str, column: str) -> None:
    subprocess.run([sys.executable, EXAMPLE / "split.py", tmp_path], check=True, timeout=60)
    root = tmp_path / "recordatorios"
    root.mkdir()
    (root / "relevo.toml").write_text(TOML.format(version=version) + column, encoding="utf-8")
    line = Line.open(root)
    line.gates = lambda stage: ()
    line.run()
    done = subprocess.run(
        [sys.executable, EXAMPLE / "accuracy.py", root, "model@1.0.0", tmp_path / "test.csv"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert float(done.stdout) >= 98.2
