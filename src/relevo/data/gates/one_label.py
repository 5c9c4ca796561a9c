"""No text, by its key, stands under two labels: a model could only learn one of them."""

from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.data.gates.problems import Problem, verdict


class OneLabel:
    name: ClassVar[str] = "one-label"
    guards: ClassVar[str] = "data"

    def check(self, draft: Draft) -> Verdict:
        return verdict(self.name, draft, "one-label", "texts", _say)


def _say(problem: Problem) -> Message:
    (line, other_line), (label, other_label) = problem["lines"], problem["labels"]
    params = {
        "file": problem["file"],
        "text": problem["text"],
        "line": line,
        "label": label,
        "other_line": other_line,
        "other_label": other_label,
    }
    text = N_("`{file}`: `{text}` is `{label}` on line {line} and `{other_label}` on line {other_line}")
    return Message(text, params)
