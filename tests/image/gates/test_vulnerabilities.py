import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relevo.core.artifact import Draft
from relevo.core.errors import UsageError
from relevo.core.verdict import Outcome
from relevo.image.gates.vulnerabilities import Vulnerabilities

Image = Callable[..., Draft]
Advised = Callable[[Draft, str], Draft]


def record(name: str, ecosystem: str, package: str, fixed: str = "", **more: Any) -> dict[str, Any]:
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    affected = {
        "package": {"ecosystem": ecosystem, "name": package},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
    }
    return {"id": name, "modified": "2026-01-01T00:00:00Z", "affected": [affected], **more}


@pytest.fixture
def check(image: Image, advised: Advised, tmp_path: Path) -> Callable[..., Any]:
    """check(record, …, layers=…): the verdict on the good image, or another, under those advisories."""

    def check(*records: dict[str, Any], layers: Any = (), **more: Any) -> Any:
        (tmp_path / "advisories.json").write_text(json.dumps(records))
        return Vulnerabilities().check(advised(image(*layers, **more), str(tmp_path / "advisories.json")))

    return check


def test_says_so_when_nothing_was_checked(image: Image) -> None:
    verdict = Vulnerabilities().check(image())
    assert (verdict.outcome, verdict.measured) == (Outcome.PASSED, None)
    assert str(verdict.warnings[0]) == "not checked: no file of advisories was given (relevo run --advisories FILE)"


def test_passes_what_no_advisory_speaks_of(check: Callable[..., Any]) -> None:
    verdict = check(
        record("A", "PyPI", "h11", "0.16.0"),
        record("B", "npm", "h11"),
        record("C", "Debian:12", "glibc", "2.36-9+deb12u10"),
        record("D", "Debian:11", "glibc"),
        record("E", "Ubuntu:12", "glibc"),
        record("F", "Debian:12", "gone"),  # removed, but for its settings
        record("G", "PyPI", "h11", withdrawn="2026-01-02T00:00:00Z"),
    )
    assert (verdict.outcome, verdict.measured, verdict.evidence, verdict.warnings) == (Outcome.PASSED, 0, (), ())


@pytest.mark.parametrize(
    ("advisory", "said"),
    [
        (record("GHSA-1", "PyPI", "H11", "0.17", aliases=["CVE-1"]), "`h11` 0.16.0: GHSA-1, CVE-1, mended in 0.17"),
        (record("GHSA-2", "PyPI", "h11"), "`h11` 0.16.0: GHSA-2, not mended yet"),
        (record("DSA-1", "Debian:12", "glibc", "3"), "`glibc (libc6)` 2.36-9+deb12u14: DSA-1, mended in 3"),
        (record("DSA-2", "Debian", "glibc", "3"), "`glibc (libc6)` 2.36-9+deb12u14: DSA-2, mended in 3"),
        (record("DSA-3", "Debian:12", "libc6", "3"), "`libc6` 2.36-9+deb12u14: DSA-3, mended in 3"),
    ],
)
def test_refuses_a_vulnerable_package(check: Callable[..., Any], advisory: dict[str, Any], said: str) -> None:
    verdict = check(advisory)
    assert (verdict.outcome, verdict.measured, verdict.limit) == (Outcome.FAILED, 1, 0)
    assert str(verdict.evidence[0]) == said
    assert ("requirements.in" in str(verdict.evidence[1])) is ("h11" in said)


def test_a_record_under_another_of_its_names_counts_once(check: Callable[..., Any]) -> None:
    verdict = check(
        record("GHSA-1", "PyPI", "h11", aliases=["CVE-1"]),
        record("PYSEC-1", "PyPI", "h11", aliases=["CVE-1"]),
        record("CVE-2", "PyPI", "h11"),
    )
    assert [message.params.get("ids") for message in verdict.evidence] == ["GHSA-1, CVE-1", "CVE-2", None]


def test_finds_packages_that_the_dockerfile_brings_itself(check: Callable[..., Any]) -> None:
    layer = {
        "opt/x/Other_Thing-1.0.dist-info/METADATA": b"",
        "var/lib/dpkg/status": b"Package: curl\nStatus: install ok installed\nVersion: 7.88-1\n",
    }
    verdict = check(record("A", "PyPI", "other-thing"), record("B", "Debian:12", "curl"), layers=(layer, {}))
    assert verdict.measured == 2
    assert len(verdict.evidence) == 4


def test_what_alpine_calls_later_is_not_guessed(check: Callable[..., Any]) -> None:
    base = {"lib/apk/db/installed": b"P:musl-utils\nV:1.2.5-r0\no:musl\n", "var/lib/dpkg/status": b""}
    alpine = {"base": base, "facts": {"os": "alpine 3.19.1"}}
    listed = record("A", "Alpine:v3.19", "musl", "1.2.5-r1")
    listed["affected"][0]["versions"] = ["1.2.5-r0"]
    verdict = check(
        listed, record("B", "Alpine:v3.19", "musl", "1.2.5-r1"), record("C", "Alpine:v3.1", "musl"), **alpine
    )
    assert [message.params.get("ids") for message in verdict.evidence] == ["A", None]
    assert str(verdict.warnings[0]) == "`musl (musl-utils)` 1.2.5-r0: whether B speaks of it cannot be told"


def test_a_listed_version_is_vulnerable_whatever_mends_it(check: Callable[..., Any]) -> None:
    listed = record("A", "PyPI", "h11", "2.0-final-x")
    listed["affected"][0]["versions"] = ["0.16.0"]
    verdict = check(listed)
    assert (verdict.outcome, str(verdict.evidence[0])) == (Outcome.FAILED, "`h11` 0.16.0: A, not mended yet")
    assert verdict.warnings == ()


@pytest.mark.parametrize(
    ("base", "os", "shown"),
    [
        ({"var/lib/dpkg/status": b"", "var/lib/rpm/rpmdb.sqlite": b"SQLite"}, "rhel 9.4", "rhel 9.4"),
        ({"var/lib/dpkg/status": b"", "usr/lib/apk/db/installed": b"P:a\nV:1\n"}, "wolfi 20230201", "wolfi 20230201"),
        ({"var/lib/dpkg/status": b""}, "debian 12", "debian 12"),
        ({}, "linuxmint 21", "linuxmint 21"),
        ({"var/lib/dpkg/status": b""}, "", "?"),
    ],
    ids=["rpm", "apk of others", "nothing of dpkg", "dpkg of others", "nothing said"],
)
def test_says_so_where_the_packages_of_the_distribution_cannot_be_read(
    check: Callable[..., Any], base: dict[str, bytes], os: str, shown: str
) -> None:
    verdict = check(record("A", "PyPI", "other"), base=base, facts={"os": os})
    assert (verdict.outcome, verdict.measured) == (Outcome.PASSED, 0)
    said = f"not checked: the packages of `{shown}`, which cannot be read"
    assert [str(message) for message in verdict.warnings] == [said]


@pytest.mark.parametrize(
    ("base", "os", "advisory"),
    [
        (
            {"var/lib/dpkg/status": b"", "var/lib/dpkg/status.d/libssl3": b"Package: libssl3\nVersion: 3.0.1-1\n"},
            "debian 12",
            record("A", "Debian:12", "libssl3", "3.0.2-1"),
        ),
        (
            {"var/lib/dpkg/status": b"", "lib": "usr/lib", "usr/lib/apk/db/installed": b"P:musl\nV:1.2.5-r0\n"},
            "alpine 3.22.0",
            record("A", "Alpine:v3.22", "musl"),
        ),
    ],
    ids=["distroless", "alpine with /lib in /usr"],
)
def test_finds_packages_wherever_their_records_lie(
    check: Callable[..., Any], base: dict[str, Any], os: str, advisory: dict[str, Any]
) -> None:
    advisory["affected"][0]["versions"] = ["1.2.5-r0"]
    verdict = check(advisory, base=base, facts={"os": os})
    assert (verdict.outcome, verdict.measured, verdict.warnings) == (Outcome.FAILED, 1, ())


def test_the_file_is_found_from_the_folder_of_the_line(image: Image, advised: Advised) -> None:
    draft = image()
    (draft.root / "known.json").write_text(json.dumps(record("A", "PyPI", "h11")))
    assert Vulnerabilities().check(advised(draft, "known.json")).outcome is Outcome.FAILED
    with pytest.raises(UsageError, match=r"`none\.json` does not exist"):
        Vulnerabilities().check(advised(draft, "none.json"))


def test_shows_twenty_of_many(check: Callable[..., Any]) -> None:
    verdict = check(*(record(f"CVE-{number}", "PyPI", "h11") for number in range(30)))
    assert (verdict.measured, len(verdict.evidence)) == (30, 21)
