"""The files of an image as a container sees them: layer upon layer, and gone is what a later layer takes away.

How a layer takes away is from the OCI image specification (layer, "Whiteouts"): `.wh.NAME` is for NAME of the layers
below, `.wh..wh..opq` for everything that they have in its folder.
"""

import posixpath
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

from relevo.image.oci.layout import Layer, Layout

_MARK, _OPAQUE = ".wh.", ".wh..wh..opq"
#: So many first bytes are all of them.
WHOLE = sys.maxsize


@dataclass(frozen=True, slots=True)
class Entry:
    """`layer` is the place of its layer, 0 at the bottom; `link` is where a symbolic link leads, as a path of the tree;
    `content` are the first bytes of a file, as many as were asked for."""

    layer: int
    mode: int
    folder: bool = False
    link: str = ""
    content: bytes = b""


def cleaned(name: str) -> str:
    """A name in a layer as a path of the tree: `usr/bin`, whether it was `./usr/bin/` or `/usr/bin`."""
    return posixpath.normpath(f"/{name}").strip("/")


def is_mark(name: str) -> bool:
    """Whether the entry `name` of a layer only says what is gone from those below."""
    return posixpath.basename(name).startswith(_MARK)


def _nothing(_: str) -> int:
    return 0


class Tree:
    """Path → entry. `keep` says how many first bytes of a file are kept; none by default."""

    def __init__(self, keep: Callable[[str], int] = _nothing) -> None:
        self._keep = keep
        self._entries: dict[str, Entry] = {}
        self._layers = 0

    @classmethod
    def of(cls, layout: Layout, keep: Callable[[str], int] = _nothing) -> Self:
        """All layers of an image. Raises as `add` does."""
        tree = cls(keep)
        for layer in layout.layers:
            tree.add(layout, layer)
        return tree

    def add(self, layout: Layout, layer: Layer) -> None:
        """One more layer on top. Raises OSError, EOFError, zlib.error or tarfile.TarError when it cannot be read."""
        own: dict[str, Entry] = {}
        gone, emptied = set[str](), set[str]()
        with layout.open(layer) as tar:
            for member in tar:
                name = cleaned(member.name)
                folder, last = posixpath.split(name)
                if last == _OPAQUE:
                    emptied.add(folder)
                elif last.startswith(_MARK):
                    gone.add(posixpath.join(folder, last.removeprefix(_MARK)))
                elif name:
                    own[name] = self._entry(tar, member, name, own)
        emptied |= gone | {name for name, entry in own.items() if not entry.folder}
        below = {
            name: entry
            for name, entry in self._entries.items()
            if name not in gone and emptied.isdisjoint(_above(name))
        }
        self._entries = below | own
        self._layers += 1

    def _entry(self, tar: tarfile.TarFile, member: tarfile.TarInfo, name: str, own: dict[str, Entry]) -> Entry:
        if member.issym():
            target = posixpath.join("/", posixpath.dirname(name), member.linkname)
            return Entry(self._layers, member.mode, link=cleaned(target))
        if member.islnk():
            same = own.get(cleaned(member.linkname)) or self._entries.get(cleaned(member.linkname))
            return Entry(self._layers, member.mode, content=same.content if same else b"")
        wanted = self._keep(name) if member.isreg() else 0
        file = tar.extractfile(member) if wanted else None
        content = file.read(min(wanted, member.size)) if file else b""
        return Entry(self._layers, member.mode, folder=member.isdir(), content=content)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def content(self, *names: str) -> bytes:
        """What was kept of the first of `names` that leads to a file; nothing when none does."""
        return next((self._entries[name].content for name in map(self.followed, names) if name), b"")

    def matching(self, pattern: str) -> list[str]:
        """Every path that `pattern` names as a shell's pattern does: `*` stays within a folder, and leaves out what is
        hidden."""
        wanted = cleaned(pattern).split("/")
        return [name for name in self._entries if _matches(name.split("/"), wanted)]

    def folder(self, name: str) -> tarfile.TarInfo:
        """The folder `name` as a layer names it again, with the rights that it has; 755 for one that is not there."""
        entry = tarfile.TarInfo(name)
        entry.type = tarfile.DIRTYPE
        known = self._entries.get(name)
        entry.mode = known.mode if known and known.folder else 0o755
        return entry

    def followed(self, name: str) -> str:
        """Where `name` leads through symbolic links; "" when that is not there."""
        for _ in range(40):  # as many as Linux follows
            linked = next((at for at in (*_above(name), name) if at in self._entries and self._entries[at].link), None)
            if linked is None:
                return name if name in self._entries else ""
            name = cleaned(self._entries[linked].link + name.removeprefix(linked))
        return ""


def _matches(parts: list[str], wanted: list[str]) -> bool:
    return len(parts) == len(wanted) and all(
        fnmatchcase(part, pattern) and part.startswith(".") <= pattern.startswith(".")
        for part, pattern in zip(parts, wanted, strict=True)
    )


def _above(name: str) -> Iterator[str]:
    """The folders that `name` is in, the root, which is "", first."""
    yield ""
    for place, letter in enumerate(name):
        if letter == "/":
            yield name[:place]
