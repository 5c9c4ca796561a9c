"""A complete record gets an answer: every group once, the most likely first, probabilities that add up to 1."""

import math
from collections.abc import Sequence
from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.model.gates.asking import MOST, AskingGate, short, spread
from relevo.model.train import rows_of
from relevo_runtime.model import Answer, Model

ASKED = 1000
_BAD = N_("`{text}`: the answer is not every group once, the most likely first, adding up to 1")


class CompleteInput(AskingGate):
    name: ClassVar[str] = "complete-input"

    def ask(self, draft: Draft, model: Model) -> Verdict:
        records = spread(rows_of(draft.inputs["data"]).records, ASKED)
        groups = draft.facts["groups"]
        bad = [record for record in records if not _sound(model.score(record), groups)]
        return Verdict.of(
            self.name,
            not bad,
            measured=len(records) - len(bad),
            limit=len(records),
            unit="answers",
            evidence=tuple(Message(_BAD, {"text": short(record["text"])}) for record in bad[:MOST]),
        )


def _sound(answer: Answer, groups: Sequence[str]) -> bool:
    scores = [score for _, score in answer]
    return (
        sorted(group for group, _ in answer) == sorted(groups)
        and all(0 <= score <= 1 for score in scores)
        and scores == sorted(scores, reverse=True)
        and math.isclose(math.fsum(scores), 1, abs_tol=1e-9)
    )
