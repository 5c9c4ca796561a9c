"""Which version a stage is compared with, and which numbers are taken: one table a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.base import Known, base, free, next_build
from relevo.core.errors import FailureError, UsageError
from relevo.core.version import Version


def known(*rows: str) -> list[Known]:
    """`1.0.0 tagged stored reachable` → what is known of that version."""
    found = []
    for row in rows:
        version, *words = row.split()
        found.append(
            Known(Version.parse(version), "tagged" in words, "stored" in words, "reachable" in words, f"c{version}")
        )
    return found


@pytest.mark.parametrize(
    ("case", "rows", "expected"),
    [
        ("nothing yet", [], None),
        ("outside git: the newest in the store", ["1.0.0 stored", "1.10.0 stored", "1.9.0 stored"], "1.10.0"),
        (
            "on main: the newest tag",
            ["1.0.0 tagged stored reachable", "1.1.0 tagged stored reachable", "1.0.1 tagged stored reachable"],
            "1.1.0",
        ),
        (
            "a fresh clone whose store was brought along",
            ["1.0.0 tagged stored reachable", "1.1.0 tagged stored reachable"],
            "1.1.0",
        ),
        (
            "a hotfix branch from 1.1.0, though 2.x exists",
            ["1.0.0 tagged stored reachable", "1.1.0 tagged stored reachable", "2.0.0 tagged stored", "2.1.0 tagged"],
            "1.1.0",
        ),
        (
            "published from a dirty tree: no tag, but made on this history",
            ["1.0.0 tagged stored reachable", "1.0.1 stored reachable"],
            "1.0.1",
        ),
        (
            "a branch that never saw a tag: the newest in the store",
            ["1.0.0 tagged stored", "1.1.0 tagged stored"],
            "1.1.0",
        ),
        ("made before the line came into git", ["1.0.0 stored", "1.1.0 stored"], "1.1.0"),
        ("tags of another branch that are not stored here do not count", ["1.0.0 stored", "3.0.0 tagged"], "1.0.0"),
        ("only tags elsewhere, nothing stored", ["3.0.0 tagged"], None),
        (
            "local builds of a branch are no base",
            ["1.0.0 tagged stored reachable", "1.1.0-pago.2 stored reachable"],
            "1.0.0",
        ),
        ("only local builds", ["1.0.0-pago.1 stored reachable"], None),
        (
            "an older tag that is not stored does no harm",
            ["1.0.0 tagged reachable", "1.1.0 tagged stored reachable"],
            "1.1.0",
        ),
    ],
)
def test_base(case: str, rows: list[str], expected: str | None) -> None:
    found = base("data", known(*rows))
    assert (str(found) if found else None) == expected


@pytest.mark.parametrize(
    "rows",
    [
        ["1.0.0 tagged stored reachable", "1.1.0 tagged reachable"],
        ["1.1.0 tagged reachable"],
        ["1.1.0 tagged reachable", "0.9.0 stored"],
    ],
)
def test_a_tag_newer_than_the_store_is_named_with_what_to_do(rows: list[str]) -> None:
    with pytest.raises(
        UsageError, match=r"data@1\.1\.0 is in git, but .* not in the store\nhint: .*copy \.relevo/store"
    ) as caught:
        base("data", known(*rows))
    assert caught.value.code == "tag-newer-than-store"


@given(st.permutations(["1.0.0 stored", "1.0.1 tagged stored reachable", "1.2.0 stored reachable", "2.0.0 tagged"]))
def test_the_order_in_which_versions_are_known_does_not_matter(rows: list[str]) -> None:
    assert base("data", known(*rows)) == Version(1, 2, 0)


@pytest.mark.parametrize(
    ("case", "rows", "expected"),
    [
        ("free", ["1.0.0 tagged stored reachable"], "1.1.0"),
        ("untagged work of another history has it", ["1.1.0 stored"], "1.1.1"),
        ("and the next one too", ["1.1.0 stored", "1.1.1 stored", "1.1.3 stored"], "1.1.2"),
        ("a local build of it is no hindrance", ["1.1.0-pago.1 stored"], "1.1.0"),
    ],
)
def test_a_number_is_never_used_twice(case: str, rows: list[str], expected: str) -> None:
    assert str(free("data", Version(1, 1, 0), known(*rows), "ours")) == expected


@pytest.mark.parametrize("rows", [["1.1.0 tagged"], ["1.1.0 tagged stored"], ["1.1.0 stored", "1.1.1 tagged"]])
def test_a_number_that_another_branch_published_is_refused_naming_both_commits(rows: list[str]) -> None:
    with pytest.raises(
        FailureError, match=r"made at commit c1\.1\.[01], and this is commit ours\nhint: merge"
    ) as caught:
        free("data", Version(1, 1, 0), known(*rows), "ours")
    assert caught.value.code == "version-taken"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "1.2.0-pago.1"),
        (["1.2.0-pago.1 stored", "1.2.0-pago.10 stored"], "1.2.0-pago.11"),
        (["1.2.0-cobro.4 stored", "1.1.0-pago.7 stored", "1.2.0 stored"], "1.2.0-pago.1"),
    ],
)
def test_local_builds_of_a_branch_are_counted(rows: list[str], expected: str) -> None:
    assert str(next_build(Version(1, 2, 0), "pago", known(*rows))) == expected
