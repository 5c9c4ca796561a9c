"""No package in the image has a known vulnerability, as far as a file of advisories knows: `advisories` of `[image]`.

`relevo run --advisories FILE` names one for a single run. The file has records in the OSV format; those of PyPI are
held against the Python packages in the image, those of Debian, Ubuntu and Alpine against what the distribution has
installed. Without a file nothing is checked, which is said, as it is where the packages of a distribution cannot be
read. Records that were withdrawn do not count.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from packaging.utils import canonicalize_name

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.image.gates.looking import SHOWN, LookingGate, readable
from relevo.image.oci.layout import Layout
from relevo.image.oci.tree import Tree
from relevo.image.packages import system
from relevo.image.packages.advisories import Advisory, Affected, read
from relevo.image.packages.dependencies import LOCK_COMMAND

PYPI = "PyPI"
#: A distribution as it calls itself → as advisories call it.
_FAMILIES = {"debian": "Debian", "ubuntu": "Ubuntu", "alpine": "Alpine"}
_METADATA = re.compile(r"(?:.*/)?([^/]+)-([^/-]+)\.dist-info/METADATA")


class Installed(NamedTuple):
    """One version of what advisories call a package; `shown` also names what was built from it."""

    version: str
    shown: str


#: Family and name, as advisories write them → what of it is in the image.
Packages = Mapping[tuple[str, str], Sequence[Installed]]


class Vulnerabilities(LookingGate):
    name: ClassVar[str] = "vulnerabilities"

    def look(self, draft: Draft, layout: Layout) -> Verdict:
        file = draft.settings.image.advisories
        if not file:
            text = N_("not checked: no file of advisories was given (relevo run --advisories FILE)")
            return Verdict.of(self.name, True, warnings=(Message(text),))
        installed, os = packages(draft, layout), draft.facts["os"]
        search = Search(installed, os.partition(" ")[2])
        for advisory in read(draft.root / file, file):
            search.take(advisory)
        advice = [_LOCK if PYPI in search.families else None, _BASE if search.families - {PYPI} else None]
        return Verdict.of(
            self.name,
            not search.found,
            measured=len(search.found),
            limit=0,
            unit="findings",
            evidence=(*search.found[:SHOWN], *filter(None, advice)),
            warnings=(*_unread(installed, os), *search.untold[:SHOWN]),
        )


_LOCK = Message(N_("for packages of Python, lock later versions: {command}"), {"command": LOCK_COMMAND})
_BASE = Message(N_("for packages of the distribution, take a later base: `base` in [image]"))


def packages(draft: Draft, layout: Layout) -> Packages:
    """What is installed in the image: the locked packages, and whatever else says that it is there."""
    with readable(layout):
        tree = Tree.of(layout, system.keep)
    python = {(canonicalize_name(name), version) for name, version in draft.facts["packages"].items()}
    python |= {(canonicalize_name(match[1]), match[2]) for match in map(_METADATA.fullmatch, tree) if match}
    found: dict[tuple[str, str], list[Installed]] = defaultdict(list)
    for name, version in sorted(python):
        found[PYPI, name].append(Installed(version, name))
    family = _FAMILIES.get(draft.facts["os"].partition(" ")[0], "")
    built: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in system.packages(tree):
        built[each.source, each.source_version].append(each.name)
        if each.name != each.source:
            found[family, each.name].append(Installed(each.version, each.name))
    for (source, version), names in built.items():
        shown = source if names == [source] else f"{source} ({', '.join(names)})"
        found[family, source].append(Installed(version, shown))
    return found


def _unread(installed: Packages, os: str) -> Iterator[Message]:
    """That no advisory can speak of the packages of the distribution, where none can: rpm is not read, for example."""
    family = _FAMILIES.get(os.partition(" ")[0])
    if not any(its == family for its, _ in installed):
        yield Message(N_("not checked: the packages of `{os}`, which cannot be read"), {"os": os or "?"})


class Search:
    """Which of `installed` are vulnerable, in the `release` of their distribution: `found`, and of which `families`.

    `untold` are those where it cannot be told. A record that was met under another of its names counts once.
    """

    def __init__(self, installed: Packages, release: str) -> None:
        self.found: list[Message] = []
        self.untold: list[Message] = []
        self.families: set[str] = set()
        self._installed = installed
        self._release = release
        self._met: dict[tuple[str, Installed], set[str]] = defaultdict(set)

    def take(self, advisory: Advisory) -> None:
        """One more advisory."""
        for affected in advisory.affected:
            family, _, release = affected.ecosystem.partition(":")
            name = canonicalize_name(affected.name) if family == PYPI else affected.name
            if family == PYPI or self._is_release(release):
                for package in self._installed.get((family, name), ()):
                    self._hold(advisory, affected, family, package)

    def _is_release(self, named: str) -> bool:
        """`12`, `v3.19` and `22.04:LTS` name a release, and every one that is part of it; nothing names all."""
        release = named.removesuffix(":LTS").removeprefix("v")
        return not release or self._release == release or self._release.startswith(f"{release}.")

    def _hold(self, advisory: Advisory, affected: Affected, family: str, package: Installed) -> None:
        params = {"package": package.shown, "version": package.version, "ids": ", ".join(advisory.names)}
        met = self._met[family, package]
        if met & {*advisory.names}:
            return
        try:
            holds = affected.holds(package.version)
        except ValueError:
            self.untold.append(Message(N_("`{package}` {version}: whether {ids} speaks of it cannot be told"), params))
            return
        if not holds:
            return
        fixed = affected.fixed(package.version)
        met.update(advisory.names)
        self.families.add(family)
        text = (
            N_("`{package}` {version}: {ids}, mended in {fixed}")
            if fixed
            else N_("`{package}` {version}: {ids}, not mended yet")
        )
        self.found.append(Message(text, {**params, "fixed": fixed} if fixed else params))
