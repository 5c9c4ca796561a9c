"""Nothing is in the image but what serving needs: no pip, setuptools or wheel, no scikit-learn, pytest or compiler.

It is looked for in the files of all layers together, those of the base too. The layers above the base have no folder
`tests` either, and no `.pyc` that holds a time, which would make every build another one. The evidence says what to
add to the Dockerfile.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from packaging.utils import canonicalize_name

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.image.gates.looking import SHOWN, LookingGate, Places, readable
from relevo.image.oci.layout import Layout
from relevo.image.oci.tree import Entry, Tree

INSTALLER = N_("`{path}` is for installing packages: {place}")
TRAINING = N_("`{path}` is for training: {place}")
TESTING = N_("`{path}` is for tests: {place}")
COMPILING = N_("`{path}` is for compiling: {place}")
TIMED = N_("`{path}` holds the time of its source, so that no two builds are equal: {place}")

#: The worst first.
_ORDER = (INSTALLER, COMPILING, TRAINING, TESTING, TIMED)
#: A package by its name for `import`, with what it is for.
PACKAGES = {
    "pip": INSTALLER,
    "ensurepip": INSTALLER,
    "setuptools": INSTALLER,
    "pkg_resources": INSTALLER,
    "wheel": INSTALLER,
    "sklearn": TRAINING,
    "scipy": TRAINING,
    "pytest": TESTING,
    "_pytest": TESTING,
}
#: The same by its normal name for installing.
DISTRIBUTIONS = {
    "pip": INSTALLER,
    "setuptools": INSTALLER,
    "wheel": INSTALLER,
    "scikit-learn": TRAINING,
    "scipy": TRAINING,
    "pytest": TESTING,
}
_METADATA = re.compile(r"(?i)([a-z0-9_.-]+?)-\d[^/-]*(?:-py3[^/]*)?\.(?:dist-info|egg-info)")
_WHEEL = re.compile(r"(?i)([a-z0-9_.]+)-[^/]+\.whl")
#: Compilers, the tools that they call and what calls them, also for a certain version or platform.
_COMPILER = re.compile(
    r"(?:[a-z0-9_]+-linux-(?:gnu|musl)\w*-)?(?:gcc|g\+\+|c\+\+|cc|cpp|clang|clang\+\+|as|ld|ld\.bfd|ld\.gold|ld\.lld|make|gmake)"
    r"(?:-[\d.]+)?|cc1|cc1plus|collect2"
)
_INSTALLING = re.compile(r"pip[\d.]*|easy_install[\d.-]*|wheel[\d.]*")
#: Flags (four bytes, 0: it holds a time) follow the magic number of a `.pyc` (PEP 552).
_PYC_HEAD, _PYC_FLAGS = 8, slice(4, 8)


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` is what to remove; `text` says what it is for; `layer` is where it comes from."""

    path: str
    text: str
    layer: int


class Contents(LookingGate):
    name: ClassVar[str] = "contents"

    def look(self, draft: Draft, layout: Layout) -> Verdict:
        with readable(layout):
            tree = Tree.of(layout, lambda name: _PYC_HEAD if name.endswith(".pyc") else 0)
        found = sorted(
            needless(tree, draft.facts["base_layers"]), key=lambda each: (_ORDER.index(each.text), each.path)
        )
        places = Places(draft, layout)
        evidence = [
            Message(each.text, {"path": f"/{each.path}", "place": places.of_layer(each.layer)})
            for each in found[:SHOWN]
        ]
        evidence += _advice(found, draft)
        return Verdict.of(self.name, not found, measured=len(found), limit=0, unit="findings", evidence=tuple(evidence))


def needless(tree: Tree, base_layers: int) -> list[Finding]:
    """What serving does not need; a folder once, however much is in it. `base_layers` of the layers are the base's."""
    found: dict[str, Finding] = {}
    for path in tree:
        entry = tree[path]
        if entry.folder:
            continue
        own = entry.layer >= base_layers
        telling = _named(path, tree)
        if own:
            telling = telling or _of_tests(path) or _timed(path, entry)
        if telling:
            found[telling[0]] = Finding(*telling, entry.layer)
    return list(found.values())


def _named(path: str, tree: Tree) -> tuple[str, str] | None:
    """What to remove, and why, when one of the names on the way to a file is known."""
    parts = path.split("/")
    for place, part in enumerate(parts, 1):
        here = "/".join(parts[:place])
        known = PACKAGES.get(part)
        if known and place < len(parts) and _importable(here, tree):
            return here, known
        if (match := _METADATA.fullmatch(part) or _WHEEL.fullmatch(part)) and (
            known := DISTRIBUTIONS.get(canonicalize_name(match[1]))
        ):
            return here, known
    if posixpath.basename(posixpath.dirname(path)) in {"bin", "sbin"} and _INSTALLING.fullmatch(parts[-1]):
        return path, INSTALLER
    if _COMPILER.fullmatch(parts[-1]) and re.search(r"(?:^|/)(?:s?bin|libexec|gcc/.+)/[^/]+$", path):
        return path, COMPILING
    return None


def _importable(folder: str, tree: Tree) -> bool:
    """Whether Python finds the package `folder` by its name alone: no other package is around it."""
    return f"{folder}/__init__.py" in tree and f"{posixpath.dirname(folder)}/__init__.py" not in tree


def _of_tests(path: str) -> tuple[str, str] | None:
    parts = path.split("/")
    if "tests" in parts[:-1]:
        return "/".join(parts[: parts.index("tests") + 1]), TESTING
    return None


def _timed(path: str, entry: Entry) -> tuple[str, str] | None:
    if not (path.endswith(".pyc") and entry.content[_PYC_FLAGS] == b"\0\0\0\0"):
        return None
    folder = posixpath.dirname(path)
    return (folder if posixpath.basename(folder) == "__pycache__" else path), TIMED


def _advice(found: list[Finding], draft: Draft) -> Iterator[Message]:
    """What to do about it."""
    base_layers, dockerfile = draft.facts["base_layers"], draft.settings.image.dockerfile
    inherited = [each for each in found if each.layer < base_layers]
    own = [each for each in found if each.layer >= base_layers]
    if inherited:
        yield Message(
            N_("add to `{file}`, below FROM: RUN rm -rf {paths}"), {"file": dockerfile, "paths": _paths(inherited)}
        )
    if own:
        yield Message(
            N_("leave it out in `{file}`, or end the RUN that brings it with: && rm -rf {paths}"),
            {"file": dockerfile, "paths": _paths(own)},
        )


def _paths(found: list[Finding]) -> str:
    shown = " ".join(f"/{each.path}" for each in found[:SHOWN])
    return f"{shown} …" if len(found) > SHOWN else shown
