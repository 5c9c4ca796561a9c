"""What the distribution of an image has installed: the records of dpkg (Debian, Ubuntu) and apk (Alpine).

Distroless images have a file of dpkg for each package. Where /lib is a link into /usr, those of apk lie there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from relevo.image.oci.tree import WHOLE, Tree

#: Where they lie; the group that matches is the manager that wrote them.
RECORDS = re.compile(r"(?P<dpkg>var/lib/dpkg/status(?:\.d/[^/]+)?)|(?P<apk>(?:usr/)?lib/apk/db/installed)")


@dataclass(frozen=True, slots=True)
class Package:
    """One package; advisories speak of the `source` that it was built from, which has a version of its own."""

    name: str
    version: str
    source: str
    source_version: str


def manager(name: str) -> str:
    """`dpkg` or `apk` when the file `name` has its records, else ""."""
    found = RECORDS.fullmatch(name)
    return (found and found.lastgroup) or ""


def keep(name: str) -> int:
    """How much of the file `name` a tree must keep for `packages`."""
    return WHOLE if manager(name) else 0


def packages(tree: Tree) -> tuple[Package, ...]:
    """Every installed package that the files of `tree` tell of, by name."""
    found: dict[str, Package] = {}
    for name in sorted(filter(manager, tree)):
        read = _dpkg if manager(name) == "dpkg" else _apk
        found |= {each.name: each for each in read(tree[name].content)}
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
