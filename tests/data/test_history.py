"""Five releases of a real, growing Spanish intent set, and the bump that each step deserves (see SOURCE.md there)."""

import csv
from pathlib import Path

import pytest

from relevo.core.policy import Policy

HISTORY = Path(__file__).parent / "historia_ha_es"
STEPS = list(csv.DictReader((HISTORY / "versiones_esperadas.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("step", STEPS, ids=[step["a"].removesuffix(".csv") for step in STEPS])
def test_a_release_gets_the_version_it_deserves(bench, step):
    before, after = ((HISTORY / step[side]).read_bytes() for side in ("de", "a"))
    changes = bench.changes(before, after)
    assert Policy().bump(changes).word == step["salto_esperado"]
    found = {change.code: change.params for change in changes}
    assert found.get("rows-added", {"rows": 0})["rows"] == int(step["anadidas"])
    assert found.get("rows-withdrawn", {"rows": 0})["rows"] == int(step["quitadas"])
    assert found.get("label-corrected", {"rows": 0})["rows"] == int(step["reetiquetadas"])
    assert sum(change.code == "group-added" for change in changes) == int(step["grupos_nuevos"])
    assert sum(change.code == "group-gone" for change in changes) == int(step["grupos_quitados"])
    columns = [change.params["column"] for change in changes if change.code == "variable-added"]
    assert columns == step["columnas_nuevas"].split()
    assert "variable-removed" not in found
