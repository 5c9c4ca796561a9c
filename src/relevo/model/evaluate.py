"""How good a model is on rows that it was never trained on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relevo.model.rows import Rows
from relevo_runtime.model import Model


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One group: the share of its `rows` that were found (`recall`), and of its answers that were right (`precision`).

    A share of nothing is None.
    """

    rows: int
    recall: float | None
    precision: float | None

    def to_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "recall": self.recall, "precision": self.precision}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`accuracy` is the share of the rows whose most likely group is their label; None without rows."""

    accuracy: float | None
    groups: Mapping[str, GroupScore]


def answers(model: Model, rows: Rows) -> list[str]:
    """The most likely group of each row."""
    return [answer[0][0] for answer in model.score_many(rows.records)]


def evaluate(groups: Sequence[str], labels: Sequence[str], answered: Sequence[str]) -> Evaluation:
    """Compare what was `answered` with the `labels`, row by row."""
    rows, given = Counter(labels), Counter(answered)
    right = Counter(label for label, answer in zip(labels, answered, strict=True) if label == answer)
    return Evaluation(
        _share(right.total(), len(labels)),
        {
            group: GroupScore(rows[group], _share(right[group], rows[group]), _share(right[group], given[group]))
            for group in groups
        },
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
