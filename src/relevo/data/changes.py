"""From counted differences to changes, in the words of the version rules.

What happened to a group is read off the rows that are on both sides:

- renamed: it is gone, another is new, ≥ 80 % of its rows went there, and ≥ 80 % of the rows there came from it
- merged: it is gone, and ≥ 80 % of its rows went to one group, which others are in too
- split away: it is gone, and its rows went to several groups
- gone: it is gone, and fewer than half of its rows are still there
- carved out of another: it is new, and ≥ 80 % of its old rows came from a group that stays
- added: it is new otherwise

Rows whose group changed in one of these ways count there; all others are label corrections.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from relevo.core.change import Change
from relevo.data.difference import EXAMPLES, Difference

SHARE = 0.8


def changes(found: Difference, problems: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every change, structure first. `problems` are those of the facts: a cell that cannot be read is a value that
    changed, although what was made of it, nothing, may be what was there before."""
    groups = _Groups(found)
    named = [*_structure(found), *groups.changes(), *_rows(found, groups, problems)]
    return tuple(Change("data", code, params) for code, params in named)


def _structure(found: Difference) -> Iterable[tuple[str, dict[str, Any]]]:
    before, after = found.variables_before, found.variables_after
    for old, new in found.renamed.items():
        yield "variable-renamed", {"from": old, "to": new}
    for column in sorted(after.keys() - before.keys() - set(found.renamed.values())):
        yield "variable-added", {"column": column, "type": after[column]}
    for column in sorted(before.keys() - after.keys() - found.renamed.keys()):
        yield "variable-removed", {"column": column, "type": before[column]}
    for column in sorted(before.keys() & after.keys()):
        if before[column] != after[column]:
            yield "variable-retyped", {"column": column, "from": before[column], "to": after[column]}


def _rows(found: Difference, groups: "_Groups", problems: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    for column, (count, values) in found.appeared.items():
        yield "category-added", {"column": column, "values": list(values), "count": count}
    for column, (count, values) in found.vanished.items():
        yield "category-vanished", {"column": column, "values": list(values), "count": count}
    added, withdrawn = sum(found.added.values()), sum(found.withdrawn.values())
    if added:
        yield "rows-added", {"rows": added, "propose_id": bool(withdrawn and not found.ids)}
    if withdrawn:
        yield "rows-withdrawn", {"rows": withdrawn, "groups": dict(found.withdrawn)}
    corrected = {move: rows for move, rows in groups.relabelled.items() if move not in groups.explained}
    if corrected:
        texts = [{"text": text, "from": a, "to": b} for a, b in corrected for text in found.moved[a, b]]
        yield "label-corrected", {"rows": sum(corrected.values()), "examples": texts[:EXAMPLES]}
    if found.retouched:
        examples = [{"from": old, "to": new} for old, new in found.retouches]
        yield "text-retouched", {"rows": found.retouched, "examples": examples}
    unread = problems.get("unparsable", {}).get("columns", {})
    for column, kind in sorted(found.variables_before.items()):
        rows = max(found.corrected.get(column, 0), unread.get(column, 0))
        if rows and found.variables_after.get(column) == kind:
            yield "value-corrected", {"column": column, "rows": rows}
    if found.renumbered:
        yield "ids-renumbered", {"rows": found.renumbered}


@dataclass
class _Groups:
    """What became of the groups. `explained` are the moves that a change of groups accounts for."""

    found: Difference
    renamed: dict[str, str] = field(default_factory=dict)
    merged: dict[str, list[str]] = field(default_factory=dict)
    split: dict[str, list[str]] = field(default_factory=dict)
    carved: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        before, after = self.found.groups_before, self.found.groups_after
        self.relabelled = {move: rows for move, rows in self.found.moves.items() if move[0] != move[1]}
        self.new = after.keys() - before.keys()
        for group in sorted(before.keys() - after.keys()):
            self._settle_gone(group)
        for group in sorted(self.new - set(self.renamed.values()) - self.merged.keys()):
            self._settle_new(group)
        self.explained = {
            *self.renamed.items(),
            *((a, b) for b, sources in self.merged.items() for a in sources),
            *((a, b) for a, targets in self.split.items() for b in targets),
            *((a, b) for b, a in self.carved.items()),
        }

    def changes(self) -> Iterable[tuple[str, dict[str, Any]]]:
        found = self.found
        for old, new in self.renamed.items():
            yield "group-renamed", {"from": old, "to": new}
        for into, groups in self.merged.items():
            yield "group-merged", {"groups": groups, "into": into}
        for group, targets in self.split.items():
            yield "group-split-away", {"group": group, "into": targets}
        for group in self.gone:
            yield "group-gone", {"group": group, "rows": found.groups_before[group]}
        for group, source in self.carved.items():
            yield "group-carved-out", {"group": group, "from": source, "rows": found.moves[source, group]}
        for group in self.added:
            yield "group-added", {"group": group, "rows": found.groups_after[group]}

    def _settle_gone(self, group: str) -> None:
        targets = self._ranked({b: rows for (a, b), rows in self.relabelled.items() if a == group and b})
        kept = sum(self.found.moves.get((group, b), 0) for b in targets)
        best = targets[0] if targets else ""
        share = self.found.moves[group, best] / kept if targets else 0
        if share >= SHARE and best in self.new and self._share_of_origin(group, best) >= SHARE:
            self.renamed[group] = best
        elif 2 * kept < self.found.groups_before[group]:
            self.gone.append(group)
        elif share >= SHARE:
            self.merged.setdefault(best, []).append(group)
        else:
            self.split[group] = targets

    def _settle_new(self, group: str) -> None:
        origins = self._ranked({a: rows for (a, b), rows in self.relabelled.items() if b == group and a})
        best = origins[0] if origins else ""
        if best in self.split and group in self.split[best]:
            return
        if best in self.found.groups_after and self._share_of_origin(best, group) >= SHARE:
            self.carved[group] = best
        else:
            self.added.append(group)

    def _share_of_origin(self, source: str, target: str) -> float:
        """How much of what came into `target` came from `source`."""
        came = sum(rows for (_, b), rows in self.found.moves.items() if b == target)
        return self.found.moves[source, target] / came

    @staticmethod
    def _ranked(rows: Mapping[str, int]) -> list[str]:
        """The groups with most rows first."""
        return sorted(rows, key=lambda group: (-rows[group], group))
