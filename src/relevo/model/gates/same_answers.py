"""The exported model answers as the scikit-learn original: same first group, probabilities within 1e-5.

Asked for the whole corpus, and for texts with accents in both spellings, emoji, and next to nothing in them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.model.gates.asking import MOST, AskingGate, short
from relevo.model.rows import Record
from relevo.model.train import original, rows_of
from relevo_runtime.inputs import Input
from relevo_runtime.model import Model

LIMIT = 1e-5
#: Records that are compared at a time: the original's answers fill a table of records × groups.
CHUNK = 2000

HARD = (
    "¿Y el PIN? ¡NO FUNCIONA!",
    "Ñandú, cigüeña, pingüino",
    "cancio\u0301n de ma\u0301s",
    "CANCIÓN DE MÁS",
    "İstanbul straße ΣΊΣΥΦΟΣ ﬁn",
    "👍🏽👩‍👩‍👧 🇪🇸",
    "ok👍",
    "日本語のテキスト",
    "a",
    "?",
    "...",
    "\u200b",
    "\x00",
    " x ",
    "no " * 2000,
    "a" * 5000,
)

#: Values of variables that training has hardly seen.
_UNSEEN: Mapping[str, Sequence[object]] = {"category": ["☃"], "number": [-1e12, 1e12], "date": ["0001-01-01"]}


class SameAnswers(AskingGate):
    name: ClassVar[str] = "same-answers"

    def ask(self, draft: Draft, model: Model) -> Verdict:
        data = draft.inputs["data"]
        trained = original(data, draft.settings.model)
        records = list(rows_of(data).records)
        records += [{**records[0], "text": text} for text in HARD] + _extremes(records[0], trained.inputs)
        if model.groups != trained.groups:
            text = N_("the groups are not those of the original")
            return Verdict.of(self.name, False, evidence=(Message(text),))
        furthest, bad = 0.0, []
        for start in range(0, len(records), CHUNK):
            chunk = records[start : start + CHUNK]
            for record, theirs in zip(chunk, trained.probabilities(chunk), strict=True):
                wanted = dict(zip(trained.groups, theirs.tolist(), strict=True))
                answer = model.score(record)
                distance = max(abs(score - wanted[group]) for group, score in answer)
                furthest = max(furthest, distance)
                # Two groups that are equally likely but for rounding may come in either order.
                first = max(wanted.values()) - wanted[answer[0][0]] < LIMIT
                if not (distance < LIMIT and first):
                    bad.append(_say(record, wanted, answer[0]))
        evidence = tuple(bad[:MOST])
        return Verdict.of(self.name, not bad, measured=furthest, limit=LIMIT, unit="probability", evidence=evidence)


def _extremes(record: Record, inputs: Iterable[Input]) -> list[Record]:
    """`record` with each variable as no row had it."""
    return [{**record, given.name: value} for given in inputs for value in _UNSEEN.get(given.type, ())]


def _say(record: Record, wanted: dict[str, float], first: tuple[str, float]) -> Message:
    best = max(wanted, key=wanted.__getitem__)
    return Message(
        N_("`{text}`: `{group}` with {score}, and the original says `{wanted}` with {wanted_score}"),
        {
            "text": short(record["text"]),
            "group": first[0],
            "score": round(first[1], 6),
            "wanted": best,
            "wanted_score": round(wanted[best], 6),
        },
    )
