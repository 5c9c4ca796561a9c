from relevo.image.system import Package, packages

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


def test_reads_what_dpkg_has_installed_and_from_which_source() -> None:
    assert packages(DPKG, b"") == (
        Package("apt", "2.6.1", "apt", "2.6.1"),
        Package("libc6", "2.36-9", "glibc", "2.36-9"),
        Package("libgcc-s1", "12.2.0-14", "gcc-12", "12.2.0-14+deb12u1"),
    )


def test_reads_what_apk_has_installed() -> None:
    assert packages(b"", APK) == (
        Package("musl-utils", "1.2.5-r0", "musl", "1.2.5-r0"),
        Package("zlib", "1.3.1-r1", "zlib", "1.3.1-r1"),
    )


def test_nothing_is_installed_where_nothing_is_written() -> None:
    assert packages(b"", b"\xff\xfe\n\n:\n") == ()
