"""Versions: their spelling, their order (semver.org 2.0.0 §11), and what follows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.version import FIRST, Bump, Version

numbers = st.integers(0, 10**6)
branches = st.from_regex(r"[0-9A-Za-z-]{1,12}", fullmatch=True).filter(lambda name: not name.isdecimal())
releases = st.builds(Version, numbers, numbers, numbers)
versions = releases | st.builds(Version, numbers, numbers, numbers, branches, numbers)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.0.0", FIRST),
        ("0.0.0", Version(0, 0, 0)),
        ("10.20.30", Version(10, 20, 30)),
        ("1.2.0-pago-express.3", Version(1, 2, 0, "pago-express", 3)),
        ("1.2.0-7b.0", Version(1, 2, 0, "7b", 0)),
        ("1.2.0--.1", Version(1, 2, 0, "-", 1)),
    ],
)
def test_spelling(text: str, version: Version) -> None:
    assert Version.parse(text) == version
    assert str(version) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", " 1.2.3", "1.2.3\n", "01.2.3", "1.2.03", "-1.2.3", "1.2.3-"),
        *("1.2.3-pago", "1.2.3-pago.01", "1.2.3-pago.x", "1.2.3-ñ.1", "1.2.3-12.1", "1.2.3+build", "١.٢.٣"),
        "9" * 5000 + ".0.0",
    ],
)
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Version.parse(text)


def test_order() -> None:
    ascending = [
        "0.9.9",
        "1.0.0-a.1",
        "1.0.0-a.2",
        "1.0.0-a.10",
        "1.0.0-b.1",
        "1.0.0",
        "1.0.1-a.1",
        "1.0.1",
        "1.0.10",
        "1.1.0",
        "1.10.0",
        "2.0.0",
        "10.0.0",
    ]
    assert [str(version) for version in sorted(map(Version.parse, reversed(ascending)))] == ascending


@pytest.mark.parametrize(
    ("version", "bump", "following"),
    [
        ("1.2.3", Bump.NONE, "1.2.3"),
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("1.2.3-pago.4", Bump.NONE, "1.2.3"),
        ("1.2.3-pago.4", Bump.PATCH, "1.2.4"),
        ("0.0.0", Bump.MINOR, "0.1.0"),
    ],
)
def test_next(version: str, bump: Bump, following: str) -> None:
    assert str(Version.parse(version).next(bump)) == following


@pytest.mark.parametrize(
    ("branch", "name"),
    [
        ("pago", "pago"),
        ("feature/pago exprés", "feature-pago-expr-s"),
        ("año", "a-o"),
        ("1234", "branch-1234"),
        ("007", "branch-007"),
        ("ñ", "branch"),
        ("/", "branch"),
    ],
)
def test_builds_of_a_branch_are_named_after_it(branch: str, name: str) -> None:
    build = Version(1, 2, 0).on_branch(branch, 3)
    assert str(build) == f"1.2.0-{name}.3"
    assert not build.is_release
    assert build.release == Version(1, 2, 0)


@given(releases, st.sampled_from(Bump))
def test_the_step_between_two_versions_is_the_bump_that_made_it(version: Version, bump: Bump) -> None:
    assert version.bump_to(version.next(bump)) is bump


def test_bumps_are_words_in_ascending_order() -> None:
    assert [Bump.of(word) for word in ("none", "patch", "minor", "major")] == sorted(Bump)
    assert [bump.word for bump in Bump] == ["none", "patch", "minor", "major"]
    with pytest.raises(ValueError, match="not a bump: huge"):
        Bump.of("huge")


@given(versions)
def test_reading_what_was_written_gives_the_same_version(version: Version) -> None:
    assert Version.parse(str(version)) == version


@given(st.text() | st.from_regex(r"[0-9]+\.[0-9]+\.[0-9]+(-.*)?", fullmatch=True))
def test_any_text_is_a_version_in_its_one_spelling_or_a_value_error(text: str) -> None:
    try:
        version = Version.parse(text)
    except ValueError:
        return
    assert str(version) == text


@given(versions, versions, versions)
def test_the_order_is_total(a: Version, b: Version, c: Version) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert not (a < b < c) or a < c


@given(releases, st.sampled_from(Bump), st.sampled_from(Bump))
def test_a_higher_bump_gives_a_higher_version(version: Version, one: Bump, other: Bump) -> None:
    assert (version.next(one) < version.next(other)) == (one < other)


@given(releases, st.text(), numbers)
def test_a_build_of_a_branch_sorts_before_its_release_and_after_the_one_before(
    version: Version, branch: str, number: int
) -> None:
    build = version.next(Bump.PATCH).on_branch(branch, number)
    assert version < build < build.release
    assert Version.parse(str(build)) == build
