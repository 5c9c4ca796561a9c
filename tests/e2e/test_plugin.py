"""A stranger's plugin takes the same road as what is built in: a package with one class and one entry point."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.git]

GATE = """
from relevo.core.message import Message
from relevo.core.verdict import Verdict

class NoShouting:
    name, guards = "no-shouting", "data"

    def check(self, draft):
        groups = [group for group in draft.facts["groups"] if group.isupper()]
        found = tuple(Message("group `{group}` is shouted", {"group": group}) for group in groups)
        return Verdict.of(self.name, not groups, measured=len(groups), limit=0, evidence=found)
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder for PYTHONPATH, as pip would fill it."""
    site = tmp_path / "site"
    info = site / "shouting-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "shouting.py").write_text(GATE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[relevo.gates]\ndata.no-shouting = shouting:NoShouting\n")
    return site


@pytest.mark.parametrize(("label", "code"), [("cobros", 0), ("COBROS", 1)])
def test_a_gate_of_another_package_is_asked_like_any_other(
    make: Any, installed: Path, monkeypatch: pytest.MonkeyPatch, label: str, code: int
) -> None:
    project = make("data")
    project.write([[text, label if its == "cobros" else its] for text, its in project.rows()])
    monkeypatch.setenv("PYTHONPATH", str(installed))
    done = project.relevo("run", "data", expect=code)
    assert "no-shouting" in done.stderr
    assert ("group `COBROS` is shouted" in done.stderr) is bool(code)
