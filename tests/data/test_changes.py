"""What counted differences are called: one table for groups, one for the rest. The whole way is in test_rules.py."""

import pytest

from relevo.data.changes import changes
from relevo.data.difference import Difference


def named(problems=None, **found):
    return [(change.code, dict(change.params)) for change in changes(Difference(**found), problems or {})]


def groups(moves, withdrawn=None, added=None):
    """The changes of groups and labels when rows moved as in {(before, after): rows}."""
    withdrawn, added = withdrawn or {}, added or {}
    before, after = dict(withdrawn), dict(added)
    for (old, new), rows in moves.items():
        before[old] = before.get(old, 0) + rows
        after[new] = after.get(new, 0) + rows
    moved = {(old, new): [f"{old}{new}"] for old, new in moves if old != new}
    found = named(groups_before=before, groups_after=after, moves=moves, moved=moved, withdrawn=withdrawn, added=added)
    return {code: params for code, params in found if code not in ("rows-added", "rows-withdrawn")}


@pytest.mark.parametrize(
    ("what", "moves", "more", "expected"),
    [
        ("nothing", {("a", "a"): 9, ("b", "b"): 9}, {}, {}),
        ("a few labels", {("a", "a"): 9, ("a", "b"): 1, ("b", "b"): 9}, {},
         {"label-corrected": {"rows": 1, "examples": [{"text": "ab", "from": "a", "to": "b"}]}}),
        ("renamed", {("a", "A"): 9, ("b", "b"): 9}, {}, {"group-renamed": {"from": "a", "to": "A"}}),
        ("renamed, at the limit", {("a", "A"): 8, ("a", "b"): 2, ("b", "A"): 2, ("b", "b"): 9}, {},
         {"group-renamed": {"from": "a", "to": "A"},
          "label-corrected": {"rows": 4, "examples": [{"text": "ab", "from": "a", "to": "b"},
                                                      {"text": "bA", "from": "b", "to": "A"}]}}),
        ("renamed, although most rows went", {("a", "A"): 2, ("b", "b"): 9}, {"withdrawn": {"a": 9}},
         {"group-renamed": {"from": "a", "to": "A"}}),
        ("two renamed", {("a", "A"): 9, ("b", "B"): 9}, {},
         {"group-renamed": {"from": "b", "to": "B"}}),
        ("merged into one that stays", {("a", "b"): 9, ("b", "b"): 9}, {},
         {"group-merged": {"groups": ["a"], "into": "b"}}),
        ("merged into a new one", {("a", "c"): 9, ("b", "c"): 9, ("d", "d"): 9}, {},
         {"group-merged": {"groups": ["a", "b"], "into": "c"}}),
        ("split away", {("a", "b"): 5, ("a", "c"): 4, ("b", "b"): 9, ("c", "c"): 9}, {},
         {"group-split-away": {"group": "a", "into": ["b", "c"]}}),
        ("split into new ones", {("a", "x"): 5, ("a", "y"): 5, ("b", "b"): 9}, {},
         {"group-split-away": {"group": "a", "into": ["x", "y"]}}),
        ("gone", {("b", "b"): 9}, {"withdrawn": {"a": 9}}, {"group-gone": {"group": "a", "rows": 9}}),
        ("gone, a remnant relabelled", {("a", "b"): 1, ("b", "b"): 9}, {"withdrawn": {"a": 9}},
         {"group-gone": {"group": "a", "rows": 10},
          "label-corrected": {"rows": 1, "examples": [{"text": "ab", "from": "a", "to": "b"}]}}),
        ("added", {("b", "b"): 9}, {"added": {"c": 3}}, {"group-added": {"group": "c", "rows": 3}}),
        ("carved out", {("a", "a"): 6, ("a", "c"): 4}, {"added": {"c": 3}},
         {"group-carved-out": {"group": "c", "from": "a", "rows": 4}}),
        ("added from several", {("a", "a"): 6, ("a", "c"): 3, ("b", "b"): 6, ("b", "c"): 3}, {},
         {"group-added": {"group": "c", "rows": 6},
          "label-corrected": {"rows": 6, "examples": [{"text": "ac", "from": "a", "to": "c"},
                                                      {"text": "bc", "from": "b", "to": "c"}]}}),
    ],
)  # fmt: skip
def test_what_became_of_the_groups(what, moves, more, expected):
    assert groups(moves, **more) == expected


def test_every_group_that_went_is_accounted_for_once():
    found = named(
        groups_before={"a": 9, "b": 9, "c": 9, "d": 9},
        groups_after={"A": 9, "d": 18},
        moves={("a", "A"): 9, ("b", "d"): 9, ("d", "d"): 9},
        moved={("a", "A"): ["t"], ("b", "d"): ["u"]},
        withdrawn={"c": 9},
    )
    assert [code for code, _ in found] == ["group-renamed", "group-merged", "group-gone", "rows-withdrawn"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, []),
        ({"variables_before": {"v": "number"}, "variables_after": {"v": "category"}},
         [("variable-retyped", {"column": "v", "from": "number", "to": "category"})]),
        ({"variables_before": {"v": "number"}}, [("variable-removed", {"column": "v", "type": "number"})]),
        ({"variables_after": {"v": "number"}}, [("variable-added", {"column": "v", "type": "number"})]),
        ({"variables_before": {"v": "date"}, "variables_after": {"w": "date"}, "renamed": {"v": "w"}},
         [("variable-renamed", {"from": "v", "to": "w"})]),
        ({"added": {"a": 2, "b": 1}}, [("rows-added", {"rows": 3, "propose_id": False})]),
        ({"added": {"a": 1}, "withdrawn": {"a": 1}},
         [("rows-added", {"rows": 1, "propose_id": True}), ("rows-withdrawn", {"rows": 1, "groups": {"a": 1}})]),
        ({"added": {"a": 1}, "withdrawn": {"a": 1}, "ids": True},
         [("rows-added", {"rows": 1, "propose_id": False}), ("rows-withdrawn", {"rows": 1, "groups": {"a": 1}})]),
        ({"retouched": 1, "retouches": [("a", "b")]},
         [("text-retouched", {"rows": 1, "examples": [{"from": "a", "to": "b"}]})]),
        ({"appeared": {"v": (1, ["x"])}}, [("category-added", {"column": "v", "values": ["x"], "count": 1})]),
        ({"vanished": {"v": (1, ["x"])}}, [("category-vanished", {"column": "v", "values": ["x"], "count": 1})]),
        ({"renumbered": 7}, [("ids-renumbered", {"rows": 7})]),
    ],
)  # fmt: skip
def test_what_happened_to_columns_and_rows(found, expected):
    assert named(**found) == expected
