"""The version rules, written out in full: this table and the one in the code must agree in every row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.change import Change
from relevo.core.errors import UsageError
from relevo.core.policy import RULES, Policy
from relevo.core.version import FIRST, Bump, Version

TABLE = """
    data     a row has another label                                    label-corrected           patch
    data     the same text after NFC, trim and collapsed white space    text-retouched            patch
    data     a variable's value corrected                               value-corrected           patch
    data     rows withdrawn while every group stays                     rows-withdrawn            patch
    data     a category vanished                                        category-vanished         patch
    data     new rows or duplicates                                     rows-added                minor
    data     a new group                                                group-added               minor
    data     a new category value                                       category-added            minor
    data     part of a group relabelled to a new one                    group-carved-out          minor
    data     a variable added                                           variable-added            major
    data     a variable removed                                         variable-removed          major
    data     a variable renamed                                         variable-renamed          major
    data     a variable's declared type changed                         variable-retyped          major
    data     a group gone                                               group-gone                major
    data     a group renamed                                            group-renamed             major
    data     groups merged                                              group-merged              major
    data     a group split away                                         group-split-away          major
    data     ids renumbered: what they say is found by text             ids-renumbered            none
    model    own code or parameters changed, same contract              recipe-changed            patch
    model    a group added                                              group-added               minor
    model    an input required                                          input-required            major
    model    an input removed                                           input-removed             major
    model    a group gone                                               group-gone                major
    service  own code changed, same OpenAPI                             recipe-changed            patch
    service  an addition to the API                                     api-added                 minor
    service  something marked deprecated                                api-deprecated            minor
    service  OpenAPI incompatible                                       api-incompatible          major
    service  what was never marked deprecated was removed               api-removed-undeprecated  major
    image    Dockerfile otherwise, same interface                       recipe-changed            patch
    image    base digest, same Python and release                       base-changed              patch
    image    the base's Python minor                                    python-changed            minor
    image    the base's OS release                                      os-changed                minor
    image    another architecture                                       platform-changed          major
    image    an optional setting added                                  variable-added            minor
    image    a setting gone                                             variable-gone             major
    image    a required variable                                        variable-required         major
    image    a volume added                                             volume-added              minor
    image    a volume gone, or elsewhere                                volume-gone               major
    image    another port                                               port-changed              major
    image    another health path                                        health-changed            major
    image    another user                                               user-changed              major
    image    another entrypoint                                         entrypoint-changed        major
"""
ROWS = [(row.split()[0], row.split()[-2], Bump.of(row.split()[-1])) for row in TABLE.strip().splitlines()]

changes = st.sampled_from([Change(stage, code) for stage, code, _ in ROWS])
releases = st.builds(Version, *[st.integers(0, 99)] * 3)


def test_the_code_has_exactly_these_rules() -> None:
    assert {f"{stage}.{code}": bump for stage, code, bump in ROWS} == RULES


@pytest.mark.parametrize(("stage", "code", "bump"), ROWS, ids=[f"{stage}.{code}" for stage, code, _ in ROWS])
def test_each_change_raises_its_part_of_the_version(stage: str, code: str, bump: Bump) -> None:
    change = Change(stage, code)
    following = {Bump.NONE: "1.2.3", Bump.PATCH: "1.2.4", Bump.MINOR: "1.3.0", Bump.MAJOR: "2.0.0"}[bump]
    assert Policy().bump([change]) is bump
    assert str(Policy().next(Version(1, 2, 3), [change])) == following


def test_the_first_version_is_1_0_0_whatever_changed() -> None:
    assert Policy().next(None, [Change("data", "variable-added")]) == FIRST


def test_no_change_no_new_version() -> None:
    assert Policy().bump([]) is Bump.NONE
    assert Policy().next(Version(1, 2, 3), []) == Version(1, 2, 3)


@pytest.mark.parametrize("bump", Bump)
@pytest.mark.parametrize("stage", ["model", "service", "image"])
def test_a_stage_follows_with_the_bump_of_the_one_before(stage: str, bump: Bump) -> None:
    assert Policy().bump([Change(stage, "follows", {"upstream": "data", "bump": bump.word})]) is bump


def test_the_cause_of_a_change_does_not_count_twice() -> None:
    cause = Change("data", "variable-added")
    assert Policy().bump([Change("model", "follows", {"bump": "patch"}, (cause,))]) is Bump.PATCH


def test_being_equal_to_an_old_version_raises_nothing_by_itself() -> None:
    equal = Change("data", "equals-old", {"version": "1.0.0"})
    assert Policy().bump([equal]) is Bump.NONE
    assert Policy().bump([equal, Change("data", "rows-withdrawn")]) is Bump.PATCH


def test_a_change_without_a_rule_is_a_defect_and_not_none() -> None:
    with pytest.raises(KeyError, match=r"data\.flying"):
        Policy().bump([Change("data", "flying")])


def test_a_line_may_have_its_own_rules() -> None:
    policy = Policy({"data.text-retouched": "minor", "data.rows-added": "none"})
    assert policy.bump([Change("data", "text-retouched")]) is Bump.MINOR
    assert policy.bump([Change("data", "rows-added")]) is Bump.NONE
    assert policy.bump([Change("data", "label-corrected")]) is Bump.PATCH
    assert RULES["data.text-retouched"] is Bump.PATCH


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"data.row-added": "minor"}, r"unknown version rule `data\.row-added`(?s:.*)did you mean `data\.rows-added`"),
        ({"zzz": "minor"}, r"unknown version rule `zzz`(?s:.*)lists them"),
        ({"data.rows-added": "huge"}, r"`data\.rows-added` in \[policy\] is `huge`(?s:.*)none, patch, minor or major"),
        ({"data.rows-added": ""}, r"is ``, which is no part of a version"),
    ],
)
def test_an_override_that_means_nothing_is_named(overrides: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Policy(overrides)


@given(st.lists(changes))
def test_of_several_changes_the_highest_wins(several: list[Change]) -> None:
    assert Policy().bump(several) == max((RULES[f"{c.stage}.{c.code}"] for c in several), default=Bump.NONE)


@given(st.lists(changes), st.lists(changes))
def test_more_changes_never_lower_the_version_and_their_order_does_not_matter(
    some: list[Change], more: list[Change]
) -> None:
    policy, version = Policy(), Version(1, 2, 3)
    together = policy.next(version, some + more)
    assert together == max(policy.next(version, some), policy.next(version, more))
    assert together == policy.next(version, more + some)


@given(releases, st.lists(changes))
def test_the_next_version_is_higher_unless_nothing_counts(version: Version, several: list[Change]) -> None:
    policy = Policy()
    assert (policy.next(version, several) > version) == (policy.bump(several) is not Bump.NONE)
