from collections.abc import Callable

import pytest

from relevo.image.oci.layout import Layout
from relevo.image.oci.tree import Tree
from relevo.image.packages.system import Package, keep, packages

#: found({"var/lib/dpkg/status": b"…"}): the packages that these files of an image tell of.
Found = Callable[..., tuple[Package, ...]]

DPKG = b"""Package: libc6
Status: install ok installed
Source: glibc
Version: 2.36-9
Description: GNU C Library
 Version: of no matter here

Package: libgcc-s1
Status: install ok installed
Source: gcc-12 (12.2.0-14+deb12u1)
Version: 12.2.0-14

Package: gone
Status: deinstall ok config-files
Version: 1.0

Package: never
Status: purge ok not-installed
Version: 1.0

Package: apt
Status: install ok installed
Version: 2.6.1
"""
APK = b"C:Q1abc=\nP:musl-utils\nV:1.2.5-r0\no:musl\n\nP:zlib\nV:1.3.1-r1\n"


@pytest.fixture
def found(lay: Callable[..., Layout]) -> Found:
    return lambda *layers: packages(Tree.of(lay(*layers), keep))


def test_reads_what_dpkg_has_installed_and_from_which_source(found: Found) -> None:
    assert found({"var/lib/dpkg/status": DPKG, "var/lib/dpkg/status-old": b"Package: old\nVersion: 1\n"}) == (
        Package("apt", "2.6.1", "apt", "2.6.1"),
        Package("libc6", "2.36-9", "glibc", "2.36-9"),
        Package("libgcc-s1", "12.2.0-14", "gcc-12", "12.2.0-14+deb12u1"),
    )


def test_reads_one_file_for_each_package_of_a_distroless_image(found: Found) -> None:
    files = {
        "var/lib/dpkg/status.d/tzdata": b"Package: tzdata\nVersion: 2025b-0+deb12u1\n",
        "var/lib/dpkg/status.d/libc6": b"Package: libc6\nSource: glibc\nVersion: 2.36-9\n",
        "var/lib/dpkg/status.d/libc6.md5sums": b"d41d8cd98f00b204e9800998ecf8427e  usr/share/doc/libc6:amd64\n",
    }
    assert found(files) == (
        Package("libc6", "2.36-9", "glibc", "2.36-9"),
        Package("tzdata", "2025b-0+deb12u1", "tzdata", "2025b-0+deb12u1"),
    )


@pytest.mark.parametrize(
    "files",
    [
        {"lib/apk/db/installed": APK},
        {"usr/lib/apk/db/installed": APK},
        {"lib": "usr/lib", "usr/lib/apk/db/installed": APK},
    ],
    ids=["in /lib", "in /usr/lib", "where /lib is a link"],
)
def test_reads_what_apk_has_installed(files: dict[str, bytes | str], found: Found) -> None:
    assert found(files) == (
        Package("musl-utils", "1.2.5-r0", "musl", "1.2.5-r0"),
        Package("zlib", "1.3.1-r1", "zlib", "1.3.1-r1"),
    )


def test_nothing_is_installed_where_nothing_is_written(found: Found) -> None:
    assert found({"lib/apk/db/installed": b"\xff\xfe\n\n:\n"}) == ()
    assert found({"var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0"}) == ()
