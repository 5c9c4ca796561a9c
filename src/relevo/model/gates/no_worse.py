"""The model is no worse than its predecessor on the held-out texts that both know.

One-sided exact McNemar test: of the texts that exactly one of the two gets right, would chance give the base so many?
It fails at p < 0.01. McNemar, Psychometrika 12 (1947); for classifiers: Dietterich, Neural Computation 10 (1998).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, fsum, lgamma, log
from typing import ClassVar
from unicodedata import normalize

from relevo.core.artifact import Artifact, Draft
from relevo.core.change import Change, flatten
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.model.gates.asking import MOST, AskingGate, short
from relevo.model.rows import Record, Rows
from relevo.model.train import rows_of
from relevo.model.words import in_words
from relevo_runtime.errors import ModelFilesError
from relevo_runtime.model import Model, load

LIMIT = 0.01


@dataclass(frozen=True, slots=True)
class _Common:
    """One text that neither model was trained on: its record in either data, and its label now."""

    before: Record
    now: Record
    label: str


class NoWorse(AskingGate):
    name: ClassVar[str] = "no-worse"

    def ask(self, draft: Draft, model: Model) -> Verdict:
        base = draft.base
        if base is None:
            return Verdict.of(self.name, True)
        try:
            predecessor = load(base.folder)
        except ModelFilesError as error:
            text = N_("the predecessor {base} cannot be asked; `relevo verify` tells whether the store was touched")
            return Verdict.of(self.name, False, evidence=(Message(text, {"base": str(base.version)}), in_words(error)))
        names = renamed(predecessor.groups, draft.changes)
        common = list(_common(draft, base, set(names.values())))
        before = [names[answer[0][0]] for answer in predecessor.score_many(row.before for row in common)]
        now = [answer[0][0] for answer in model.score_many(row.now for row in common)]
        flips = [(row, old, new) for row, old, new in zip(common, before, now, strict=True) if old != new]
        lost = [flip for flip in flips if flip[1] == flip[0].label]
        won = [flip for flip in flips if flip[2] == flip[0].label]
        p = chance(len(lost), len(won))
        counts = {"rows": len(common), "base": str(base.version), "lost": len(lost), "won": len(won)}
        summary = N_(
            "of {rows} texts held out from both, {lost} were right in {base} and are wrong now, {won} became so"
        )
        return Verdict.of(
            self.name,
            p >= LIMIT,
            measured=p,
            limit=LIMIT,
            unit="p",
            evidence=(Message(summary, counts), *map(_say, [*lost, *won][:MOST])),
            warnings=() if common else (Message(N_("no held-out text is in the data of both: nothing is compared")),),
        )


def chance(lost: int, won: int) -> float:
    """The probability that of `lost` + `won` fair coins `lost` or more come up heads; 1 for none."""
    flips = lost + won
    terms = (
        exp(lgamma(flips + 1) - lgamma(heads + 1) - lgamma(flips - heads + 1) - flips * log(2))
        for heads in range(lost, flips + 1)
    )
    return min(1.0, fsum(terms)) if lost else 1.0


def renamed(groups: Iterable[str], changes: Iterable[Change]) -> dict[str, str]:
    """What each group of the base is called now, by what the data's changes say of renamed and merged groups."""
    names = {group: group for group in groups}
    for change in reversed(list(flatten(changes))):  # the oldest first: what was renamed may be renamed again
        steps: dict[str, str] = {}
        if change.code == "group-renamed":
            steps = {change.params["from"]: change.params["to"]}
        elif change.code == "group-merged":
            steps = dict.fromkeys(change.params["groups"], change.params["into"])
        names = {group: steps.get(now, now) for group, now in names.items()}
    return names


def _common(draft: Draft, base: Artifact, known: set[str]) -> Iterator[_Common]:
    """Each text once, where it was held out both times and has a label that the base can give."""
    holdout = min(draft.facts["holdout"], base.facts["holdout"])
    now = _by_key(rows_of(draft.inputs["data"]).heldout(holdout))
    before = _by_key(rows_of(draft.base_inputs["data"]).heldout(holdout))
    for key, (record, label) in now.items():
        if key in before and label in known:
            yield _Common(before[key][0], record, label)


def _by_key(rows: Rows) -> Mapping[str, tuple[Record, str]]:
    """Record and label by text key, as the data takes the key: NFC, white space trimmed and collapsed."""
    return {
        " ".join(normalize("NFC", str(record["text"])).split()): (record, label)
        for record, label in zip(rows.records, rows.labels, strict=True)
    }


def _say(flip: tuple[_Common, str, str]) -> Message:
    row, old, new = flip
    text = N_("`{text}` is `{label}`: it was taken for `{old}`, and is now for `{new}`")
    return Message(text, {"text": short(row.now["text"]), "label": row.label, "old": old, "new": new})
