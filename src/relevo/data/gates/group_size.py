"""There are at least two groups, and each has enough rows to be trained and tested on.

`[data] minimum_rows` (2) is what a group must have; below `warn_rows` (20) it is only said.
"""

from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict


class GroupSize:
    name: ClassVar[str] = "group-size"
    guards: ClassVar[str] = "data"

    def check(self, draft: Draft) -> Verdict:
        groups: dict[str, int] = draft.facts["groups"]
        least, enough = draft.settings.data.minimum_rows, draft.settings.data.warn_rows
        by_size = sorted((rows, group) for group, rows in groups.items())
        evidence = [
            _say(N_("group `{group}` has {rows} rows, and at least {limit} are needed"), group, rows, least)
            for rows, group in by_size
            if rows < least
        ]
        if len(groups) < 2:
            text = N_("there is nothing to tell apart: the groups are {groups}, and at least two are needed")
            evidence.insert(0, Message(text, {"groups": ", ".join(f"`{group}`" for group in groups) or "—"}))
        return Verdict.of(
            self.name,
            not evidence,
            measured=by_size[0][0] if by_size else 0,
            limit=least,
            unit="rows",
            evidence=tuple(evidence),
            warnings=tuple(
                _say(N_("group `{group}` has only {rows} rows; {limit} or more would be better"), group, rows, enough)
                for rows, group in by_size
                if least <= rows < enough
            ),
        )


def _say(text: str, group: str, rows: int, limit: int) -> Message:
    return Message(text, {"group": group, "rows": rows, "limit": limit})
