"""Every cell can be read as the type that relevo.toml pins for its column."""

from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.data.gates.problems import Problem, verdict


class Schema:
    name: ClassVar[str] = "schema"
    guards: ClassVar[str] = "data"

    def check(self, draft: Draft) -> Verdict:
        return verdict(self.name, draft, "unparsable", "cells", _say)


def _say(problem: Problem) -> Message:
    return Message(N_("`{file}` line {line}: `{value}` in column `{column}` is no {type}"), problem)
