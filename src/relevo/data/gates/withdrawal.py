"""Mass withdrawal is meant: more than 20 % of all rows, or more than 50 % of a group, is held until confirmed.

A cut-off export looks just like it. It is confirmed for these very rows, by their digest, so that the next cut-off
export is held again.
"""

from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict

SHARE_OF_ROWS = 0.2
SHARE_OF_GROUP = 0.5
#: How many digits of the output digest confirm it.
DIGITS = 12


class Withdrawal:
    name: ClassVar[str] = "withdrawal"
    guards: ClassVar[str] = "data"

    def check(self, draft: Draft) -> Verdict:
        """Measures the share of the base's rows that are gone, in %; the worse of the two rules is shown."""
        if draft.base is None:
            return Verdict.of(self.name, True, measured=0.0, limit=100 * SHARE_OF_ROWS, unit="%")
        withdrawn: dict[str, int] = next(
            (change.params["groups"] for change in draft.changes if change.code == "rows-withdrawn"), {}
        )
        before = draft.base.facts
        share = sum(withdrawn.values()) / before["rows"]
        evidence = []
        if share > SHARE_OF_ROWS:
            params = {"rows": sum(withdrawn.values()), "of": before["rows"], "base": str(draft.base.version)}
            evidence.append(Message(N_("{rows} of the {of} rows of data@{base} are gone"), params))
        for group, rows in sorted(withdrawn.items(), key=lambda item: (-item[1], item[0])):
            of = before["groups"].get(group, rows)
            if rows / of > SHARE_OF_GROUP:
                params = {"group": group, "rows": rows, "of": of, "base": str(draft.base.version)}
                evidence.append(
                    Message(N_("{rows} of the {of} rows of group `{group}` of data@{base} are gone"), params)
                )
        confirmation = draft.output_digest[:DIGITS]
        confirmed = draft.settings.data.withdrawal_confirmed == confirmation
        if evidence and not confirmed:
            hint = N_('if that is meant, write under [data] in relevo.toml: withdrawal_confirmed = "{digits}"')
            evidence.append(Message(hint, {"digits": confirmation}))
        return Verdict.of(
            self.name,
            confirmed or not evidence,
            measured=round(100 * share, 2),
            limit=100 * SHARE_OF_ROWS,
            unit="%",
            evidence=() if confirmed else tuple(evidence),
            warnings=tuple(evidence) if confirmed else (),
        )
