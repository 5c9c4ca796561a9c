"""Every row has a label."""

from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.data.gates.problems import Problem, verdict


class MissingLabel:
    name: ClassVar[str] = "missing-label"
    guards: ClassVar[str] = "data"

    def check(self, draft: Draft) -> Verdict:
        return verdict(self.name, draft, "missing-label", "rows", _say)


def _say(problem: Problem) -> Message:
    return Message(N_("`{file}` line {line}: no label for `{text}`"), problem)
