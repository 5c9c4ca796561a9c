"""Every row has a text: something else than white space."""

from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.data.gates.problems import Problem, verdict


class EmptyText:
    name: ClassVar[str] = "empty-text"
    guards: ClassVar[str] = "data"

    def check(self, draft: Draft) -> Verdict:
        return verdict(self.name, draft, "empty-text", "rows", _say)


def _say(problem: Problem) -> Message:
    return Message(N_("`{file}` line {line}: the text is empty"), problem)
