"""A verdict is kept with what it measured and what points to the defect."""

import pytest

from relevo.core.message import Message
from relevo.core.verdict import Outcome, Verdict


@pytest.mark.parametrize(("passed", "outcome"), [(True, Outcome.PASSED), (False, Outcome.FAILED)])
def test_passed_or_failed(passed: bool, outcome: Outcome) -> None:
    assert Verdict.of("quality", passed, measured=0.4, limit=0.5) == Verdict("quality", outcome, 0.4, 0.5)


def test_json() -> None:
    row = Message("{file}, line {line}", {"file": "quejas.csv", "line": 17})
    verdict = Verdict("schema", Outcome.INCONCLUSIVE, 1, 0, "cells", evidence=(row,), warnings=(row, row))
    said = {"text": "{file}, line {line}", "params": {"file": "quejas.csv", "line": 17}}
    assert verdict.to_json() == {
        "gate": "schema",
        "outcome": "inconclusive",
        "measured": 1,
        "limit": 0,
        "unit": "cells",
        "evidence": [said],
        "warnings": [said, said],
    }
    assert Verdict.from_json(verdict.to_json()) == verdict
