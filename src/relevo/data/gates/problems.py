"""From the problems in the facts of a draft to what a gate says of them."""

from collections.abc import Callable, Mapping
from typing import Any

from relevo.core.artifact import Draft
from relevo.core.message import Message
from relevo.core.verdict import Verdict

Problem = Mapping[str, Any]


def verdict(gate: str, draft: Draft, code: str, unit: str, says: Callable[[Problem], Message]) -> Verdict:
    """Fails when there is any problem called `code`. `says` words one of them; it finds `file` among the fields."""
    found = draft.facts["problems"].get(code, {"rows": 0, "first": []})
    data = draft.settings.data
    # With preprocessing of its own, a project's lines are those of what that wrote.
    file = data.prepare or data.path
    evidence = tuple(says({"file": file, **problem}) for problem in found["first"])
    return Verdict.of(gate, found["rows"] == 0, measured=found["rows"], limit=0, unit=unit, evidence=evidence)
