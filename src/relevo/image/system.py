"""What the distribution of an image has installed: the records of dpkg (Debian, Ubuntu) and apk (Alpine)."""

from collections.abc import Iterator
from dataclasses import dataclass

#: Where they lie.
DPKG, APK = "var/lib/dpkg/status", "lib/apk/db/installed"


@dataclass(frozen=True, slots=True)
class Package:
    """One package; advisories speak of the `source` that it was built from, which has a version of its own."""

    name: str
    version: str
    source: str
    source_version: str


def packages(dpkg: bytes, apk: bytes) -> tuple[Package, ...]:
    """Every installed package in the contents of `DPKG` and `APK`, by name."""
    found = {each.name: each for each in (*_dpkg(dpkg), *_apk(apk))}
    return tuple(found[name] for name in sorted(found))


def _dpkg(content: bytes) -> Iterator[Package]:
    for fields in _paragraphs(content):
        name, version = fields.get("Package"), fields.get("Version")
        if name and version and fields.get("Status", "installed").split()[-1:] == ["installed"]:
            source, _, its = fields.get("Source", name).partition(" ")
            yield Package(name, version, source, its.strip("()") or version)


def _apk(content: bytes) -> Iterator[Package]:
    for fields in _paragraphs(content):
        name, version = fields.get("P"), fields.get("V")
        if name and version:
            yield Package(name, version, fields.get("o", name), version)


def _paragraphs(content: bytes) -> Iterator[dict[str, str]]:
    for paragraph in content.decode(errors="replace").split("\n\n"):
        pairs = (line.partition(":") for line in paragraph.splitlines() if not line.startswith((" ", "\t")))
        yield {name: value.strip() for name, colon, value in pairs if colon}
