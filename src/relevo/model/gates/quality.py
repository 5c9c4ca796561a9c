"""The model finds the group of at least `[model] minimum_accuracy` of the rows that it was never trained on."""

from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.model.evaluate import answers, evaluate
from relevo.model.gates.asking import AskingGate
from relevo.model.train import rows_of
from relevo_runtime.model import Model

#: So many groups are named, the worst first.
WORST = 5


class Quality(AskingGate):
    name: ClassVar[str] = "quality"

    def ask(self, draft: Draft, model: Model) -> Verdict:
        heldout = rows_of(draft.inputs["data"]).heldout(draft.facts["holdout"])
        found = evaluate(model.groups, heldout.labels, answers(model, heldout))
        limit = draft.settings.model.minimum_accuracy
        if found.accuracy is None:
            text = N_("no row is held out, so nothing can be measured; add rows, or raise `holdout` below [model]")
            return Verdict.of(self.name, False, limit=limit, unit="accuracy", evidence=(Message(text),))
        measured = {group: (score.recall, score.rows) for group, score in found.groups.items() if score.rows}
        worst = sorted((recall, group, rows) for group, (recall, rows) in measured.items() if recall is not None)
        share = N_("group `{group}`: {percent} % of {rows} held-out rows found")
        unseen = N_("group `{group}` has no held-out row: how well it is found is not known")
        return Verdict.of(
            self.name,
            found.accuracy >= limit,
            measured=found.accuracy,
            limit=limit,
            unit="accuracy",
            evidence=tuple(
                Message(share, {"group": group, "percent": round(100 * recall, 1), "rows": rows})
                for recall, group, rows in worst[:WORST]
                if recall < 1
            ),
            warnings=tuple(Message(unseen, {"group": group}) for group in model.groups if group not in measured),
        )
