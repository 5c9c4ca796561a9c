import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.errors import UsageError
from relevo.image.packages.advisories import Affected, read

Event = tuple[str, str]


def record(name: str = "GHSA-1", **more: Any) -> dict[str, Any]:
    affected = [{"package": {"ecosystem": "PyPI", "name": "h11"}, "versions": ["0.14.0"]}]
    return {"id": name, "modified": "2026-01-01T00:00:00Z", "affected": affected, **more}


def affected(*events: Event, ecosystem: str = "PyPI", versions: tuple[str, ...] = ()) -> Affected:
    return Affected(ecosystem, "h11", versions, (events,) if events else ())


@pytest.mark.parametrize(
    ("events", "version", "held"),
    [
        ([("introduced", "0")], "0.0.1", True),
        ([("introduced", "0"), ("fixed", "1.10")], "1.9", True),
        ([("introduced", "0"), ("fixed", "1.10")], "1.10", False),
        ([("introduced", "0"), ("fixed", "1.10")], "1.10rc1", True),
        ([("introduced", "0"), ("fixed", "1.10")], "1.10.post1", False),
        ([("introduced", "0"), ("fixed", "2.0")], "1!0.1", False),
        ([("introduced", "1.0"), ("fixed", "1.5")], "0.9", False),
        ([("introduced", "1.0"), ("fixed", "1.5")], "1.0", True),
        ([("introduced", "1.0"), ("fixed", "1.5"), ("introduced", "2.0"), ("fixed", "2.5")], "1.7", False),
        ([("introduced", "1.0"), ("fixed", "1.5"), ("introduced", "2.0"), ("fixed", "2.5")], "2.4.9", True),
        ([("fixed", "2.5"), ("introduced", "2.0"), ("fixed", "1.5"), ("introduced", "1.0")], "1.2", True),
        ([("introduced", "0"), ("last_affected", "1.5")], "1.5", True),
        ([("introduced", "0"), ("last_affected", "1.5")], "1.5.1", False),
        ([("introduced", "0"), ("limit", "1.5")], "1.4", True),
        ([("introduced", "0"), ("limit", "1.5")], "1.5", False),
        ([("introduced", "0"), ("limit", "*")], "1.5", True),
        ([], "1.0", False),
    ],
)
def test_which_versions_a_range_holds(events: list[Event], version: str, held: bool) -> None:
    assert affected(*events).holds(version) is held


@pytest.mark.parametrize(
    ("ecosystem", "events", "version", "held"),
    [
        ("Debian:12", [("introduced", "0"), ("fixed", "2.36-9+deb12u10")], "2.36-9+deb12u4", True),
        ("Debian:12", [("introduced", "0"), ("fixed", "2.36-9+deb12u4")], "2.36-9+deb12u10", False),
        ("Debian", [("introduced", "1:1.0"), ("fixed", "1:2.0")], "3.0", False),
        ("Ubuntu:22.04:LTS", [("introduced", "0"), ("fixed", "1.0-1ubuntu2")], "1.0-1ubuntu1", True),
    ],
)
def test_debian_has_an_order_of_its_own(ecosystem: str, events: list[Event], version: str, held: bool) -> None:
    assert affected(*events, ecosystem=ecosystem).holds(version) is held


@pytest.mark.parametrize(
    ("ecosystem", "written", "version", "held"),
    [
        ("PyPI", "1.0", "1.0", True),
        ("PyPI", "1.0", "1.0.0", True),
        ("PyPI", "1.0rc1", "1.0-RC1", True),
        ("PyPI", "not a version", "1.0", False),
        ("PyPI", "not a version", "not a version", True),
        ("Debian:12", "1.0-0", "1.0", True),
        ("Alpine:v3.19", "1.0-r1", "1.0-r1", True),
        ("Alpine:v3.19", "1.0-r1", "1.0-r2", False),
    ],
)
def test_versions_that_are_listed(ecosystem: str, written: str, version: str, held: bool) -> None:
    assert affected(ecosystem=ecosystem, versions=(written,)).holds(version) is held


@pytest.mark.parametrize(
    ("events", "version", "fixed"),
    [
        ([("fixed", "soon")], "1.0", ""),
        ([("fixed", "soon"), ("fixed", "2.0")], "1.0", "2.0"),
        ([("fixed", "2.0")], "no version", ""),
    ],
)
def test_what_has_no_place_in_the_order_mends_nothing(events: list[Event], version: str, fixed: str) -> None:
    which = affected(("introduced", "0"), *events, versions=(version,))
    assert (which.holds(version), which.fixed(version)) == (True, fixed)


@pytest.mark.parametrize(
    ("which", "version"),
    [
        (affected(("introduced", "0"), ("fixed", "1.0-r1"), ecosystem="Alpine:v3.19"), "1.0-r0"),
        (affected(("introduced", "0"), ("fixed", "soon")), "1.0"),
        (affected(("introduced", "0")), "no version"),
    ],
)
def test_what_cannot_be_told_is_not_guessed(which: Affected, version: str) -> None:
    with pytest.raises(ValueError, match=r"Alpine|soon|no version"):
        which.holds(version)


def test_one_range_that_cannot_be_told_hides_no_other() -> None:
    ranges = ((("introduced", "0"), ("fixed", "soon")), (("introduced", "0"), ("fixed", "2.0")))
    assert Affected("PyPI", "h11", (), ranges).holds("1.0")
    assert Affected("PyPI", "h11", ("1.0.0",), ranges[:1]).holds("1.0")


@pytest.mark.parametrize(
    ("events", "version", "fixed"),
    [
        ([("introduced", "0"), ("fixed", "1.5"), ("introduced", "2.0"), ("fixed", "2.10")], "2.2", "2.10"),
        ([("introduced", "0"), ("fixed", "1.5"), ("introduced", "2.0"), ("fixed", "2.10")], "1.2", "1.5"),
        ([("introduced", "0"), ("last_affected", "1.5")], "1.2", ""),
        ([("introduced", "0")], "1.2", ""),
    ],
)
def test_the_next_version_that_is_mended(events: list[Event], version: str, fixed: str) -> None:
    assert affected(*events).fixed(version) == fixed


NUMBERS = st.lists(st.integers(0, 30), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_version_is_held_from_the_first_to_the_mended(begun: str, fixed: str, version: str) -> None:
    from packaging.version import Version

    held = affected(("introduced", begun), ("fixed", fixed)).holds(version)
    if Version(begun) < Version(fixed):
        assert held is (Version(begun) <= Version(version) < Version(fixed))
        assert not held or affected(("introduced", begun), ("fixed", fixed)).fixed(version) == fixed


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(record()),
        json.dumps([record()]),
        json.dumps([record()], indent=2),
        json.dumps({"vulns": [record()]}),
        json.dumps({"next": ["[", "vulns"], "vulns": [record()]}, indent=1),
        json.dumps(record()) + "\n",
        "\ufeff" + json.dumps(record()),
    ],
)
def test_the_ways_to_write_one_record(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    (advisory,) = read(tmp_path / "a.json", "a.json")
    assert (advisory.names, advisory.affected) == (("GHSA-1",), (affected(versions=("0.14.0",)),))


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps(record(name)) for name in "ABC"),
        "\n\n".join(json.dumps(record(name), indent=1) for name in "ABC"),
        json.dumps([record(name) for name in "ABC"]),
        json.dumps({"vulns": [record(name) for name in "ABC"]}) + "\n",
    ],
)
def test_the_ways_to_write_many(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert [advisory.names for advisory in read(tmp_path / "a.json", "a.json")] == [("A",), ("B",), ("C",)]


def test_a_withdrawn_record_does_not_count_and_a_range_of_commits_says_nothing(tmp_path: Path) -> None:
    package = {"ecosystem": "PyPI", "name": "h11"}
    ranges = [{"type": "GIT", "repo": "x", "events": [{"introduced": "0"}]}]
    records = [record(withdrawn="2026-02-01T00:00:00Z"), record("B", affected=[{"package": package, "ranges": ranges}])]
    (tmp_path / "a.json").write_text(json.dumps(records))
    (advisory,) = read(tmp_path / "a.json", "a.json")
    assert not advisory.affected[0].holds("1.0")


def test_an_empty_file_has_no_advisories(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("\n")
    assert read(tmp_path / "a.json", "a.json") == []


GOOD = json.dumps(record())
RANGE = {"package": {"ecosystem": "PyPI", "name": "h11"}, "ranges": [{"type": "SEMVER", "events": "0"}]}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("no JSON", 1, id="no JSON"),
        pytest.param(f"{GOOD}\n{GOOD}\n{{oh\n", 3, id="a broken line"),
        pytest.param(f"[{GOOD},\n{GOOD}\n", 3, id="cut off"),
        pytest.param(f"[{GOOD},\n\n3]", 3, id="a number"),
        pytest.param('{"id": "x",\n "affected": []}', 1, id="without its time"),
        pytest.param(f'{{"vulns": [{GOOD},\n{{"id": 3, "modified": ""}}]}}', 2, id="an id that is none"),
        pytest.param(f"{GOOD}\n{json.dumps(record(affected={}))}", 2, id="affected that is no list"),
        pytest.param(f"{GOOD}\n\n{json.dumps(record(affected=[3]))}", 3, id="affected that says nothing"),
        pytest.param(json.dumps(record(affected=[{"package": {"name": "h11"}}])), 1, id="without an ecosystem"),
        pytest.param(json.dumps(record(affected=[RANGE])), 1, id="events"),
        pytest.param(json.dumps(record(aliases="CVE")), 1, id="aliases"),
        pytest.param("[" * 100_000, 1, id="too deep"),
    ],
)
def test_a_file_that_is_something_else_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read(tmp_path / "a.json", "shown.json")
    assert (caught.value.code, caught.value.message.params["line"]) == ("not-osv", line)
    assert str(caught.value).startswith(f"`shown.json`, line {line}: not an advisory in the OSV format: ")


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"`none\.json` does not exist"):
        read(tmp_path / "none.json", "none.json")
    with pytest.raises(UsageError, match="`folder` cannot be read: Is a directory"):
        read(tmp_path, "folder")
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04\xff")
    with pytest.raises(UsageError, match=r"`a\.zip` cannot be read: "):
        read(tmp_path / "a.zip", "a.zip")
