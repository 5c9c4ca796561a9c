"""What relevo reads from the files of a base, so that nothing of it has to run."""

from pathlib import Path

import pytest
from small_image import Member, file, folder, laid_out, link, tar

from relevo.image.base import Base, located, read
from relevo.image.builders.oci import Oci

PYTHON = [link("usr/bin/python3", "python3.12"), file("usr/bin/python3.12", b"\x7fELF", 0o755)]
APK = b"P:musl\nV:1.2.5-r0\n"


@pytest.mark.parametrize(
    ("files", "packages"),
    [
        ([file("var/lib/dpkg/status", b"Package: libc6\nVersion: 2.36-9\n")], {"libc6": "2.36-9"}),
        (
            [
                file("var/lib/dpkg/status.d/libc6", b"Package: libc6\nVersion: 2.36-9\n"),
                file("var/lib/dpkg/status.d/tzdata", b"Package: tzdata\nVersion: 2025b-0\n"),
            ],
            {"libc6": "2.36-9", "tzdata": "2025b-0"},
        ),
        ([file("lib/apk/db/installed", APK)], {"musl": "1.2.5-r0"}),
        ([link("lib", "usr/lib"), folder("usr/lib"), file("usr/lib/apk/db/installed", APK)], {"musl": "1.2.5-r0"}),
        ([file("var/lib/rpm/rpmdb.sqlite", b"SQLite format 3")], {}),
    ],
    ids=["dpkg", "distroless", "apk", "apk where /lib is a link", "rpm"],
)
def test_the_packages_of_its_distribution(files: list[Member], packages: dict[str, str], tmp_path: Path) -> None:
    layout = laid_out(tmp_path / "base", tar(*PYTHON, *files), Env=["PATH=/usr/bin"])
    (tmp_path / "aside").mkdir()
    base = read(Oci(()), f"oci:{layout.folder}", tmp_path / "aside", tmp_path / "cache")
    assert base.packages == packages


def test_what_another_relevo_found_out_is_found_out_anew(tmp_path: Path) -> None:
    layout = laid_out(tmp_path / "base", tar(*PYTHON, file("lib/apk/db/installed", APK)), Env=["PATH=/usr/bin"])
    (tmp_path / "aside").mkdir()
    reference, cache = f"oci:{layout.folder}", tmp_path / "cache"
    first = read(Oci(()), reference, tmp_path / "aside", cache)
    (kept,) = (cache / "bases").iterdir()
    kept.write_text(kept.read_text().replace("1.2.5-r0", "1.2.4-r0"))
    assert read(Oci(()), reference, tmp_path / "aside", cache).packages == {"musl": "1.2.4-r0"}
    kept.write_text(kept.read_text().replace('"format": 3', '"format": 2'))
    assert read(Oci(()), reference, tmp_path / "aside", cache) == first


def test_a_folder_as_base_is_meant_from_the_line_and_has_no_name_elsewhere(tmp_path: Path) -> None:
    assert located("oci:base", tmp_path) == f"oci:{tmp_path / 'base'}"
    assert located("python:3.12-slim", tmp_path) == "python:3.12-slim"
    described = {"architecture": "amd64", "layers": (), "environment": {}, "python": "3.12", "os": "debian 12"}
    base = Base(reference="oci:/ws/quejas@2/base", image_id="sha256:1", musl=False, packages={}, **described)
    assert (base.name, base.digest) == ("", "sha256:1")
    pinned = Base(reference=f"p:1@sha256:{'a' * 64}", image_id="sha256:1", musl=False, packages={}, **described)
    assert (pinned.name, pinned.digest) == ("p:1", f"sha256:{'a' * 64}")
