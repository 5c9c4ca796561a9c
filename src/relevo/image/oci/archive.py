"""What engines give and take: the archive of `docker save` and `podman save`, turned into a layout and back.

The layers that were built are rewritten on the way, so that neither the time of the build nor the engine shows in them.
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from relevo.image.oci.layout import BLOBS, Layer, Layout, copy_blob
from relevo.tools.files import sha256

#: Compression is a trade of seconds for bytes; this is what `gzip` itself does.
LEVEL = 6
_CHUNK = 1 << 20
#: Folders that every base has; a layer names them only because something was mounted there while it was made.
_MOUNTED = ("dev", "proc", "run", "sys")
#: Of the extended headers only these say something of the file; the rest are times and names of the build's machine.
_KEPT_HEADERS = ("SCHILY.xattr.", "path", "linkpath", "size")


class Cache:
    """Compressed layers that were met before, by their diff_id: a base is compressed once, not in every build."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, diff_id: str) -> tuple[Path, Layer] | None:
        path, described = self._paths(diff_id)
        try:
            digest, size = json.loads(described.read_bytes())
            if path.stat().st_size != size:
                return None
        except (OSError, ValueError):
            return None
        return path, Layer(digest, size, diff_id)

    def put(self, blob: Path, layer: Layer) -> None:
        path, described = self._paths(layer.diff_id)
        path.unlink(missing_ok=True)  # it may have been cut off
        copy_blob(blob, self._folder, layer.diff_id)
        described.write_bytes(json.dumps([layer.digest, layer.size]).encode())

    def _paths(self, diff_id: str) -> tuple[Path, Path]:
        path = self._folder / BLOBS / diff_id.removeprefix("sha256:")
        return path, path.with_suffix(".json")


@dataclass(frozen=True, slots=True)
class Saved:
    """The archive that an engine wrote of one image. Raises OSError, tarfile.TarError, KeyError or ValueError."""

    path: Path

    def config(self) -> dict[str, Any]:
        with tarfile.open(self.path) as tar:
            config: dict[str, Any] = json.loads(_read(tar, self._manifest(tar)["Config"]))
            return config

    @property
    def image_id(self) -> str:
        """The digest of the config."""
        with tarfile.open(self.path) as tar:
            return "sha256:" + hashlib.sha256(_read(tar, self._manifest(tar)["Config"])).hexdigest()

    def layers(self, folder: Path, base: Sequence[str], cache: Cache) -> tuple[Layer, ...]:
        """Bring every layer into the blobs of `folder`. Those whose diff_ids are `base` stay byte for byte what they
        are, and are remembered in `cache`; the others are rewritten without times."""
        found = []
        with tarfile.open(self.path) as tar:
            names = self._manifest(tar)["Layers"]
            diff_ids = json.loads(_read(tar, self._manifest(tar)["Config"]))["rootfs"]["diff_ids"]
            for place, (name, diff_id) in enumerate(zip(names, diff_ids, strict=True)):
                inherited = place < len(base) and base[place] == diff_id
                if inherited and (known := cache.get(diff_id)):
                    blob, layer = known
                    copy_blob(blob, folder, layer.digest)
                elif inherited:
                    layer = compress(_chunks(_unzipped(tar, name)), folder)
                    cache.put(Layout(folder).blob(layer.digest), layer)
                else:
                    layer = compress(rewritten(_unzipped(tar, name)), folder)
                found.append(layer)
        return tuple(found)

    @staticmethod
    def _manifest(tar: tarfile.TarFile) -> Mapping[str, Any]:
        manifest: Mapping[str, Any] = json.loads(_read(tar, "manifest.json"))[0]
        return manifest


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    if file is None:
        raise ValueError(f"`{name}` is no file of the archive")
    return file.read()


def _unzipped(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    """A layer as a plain tar; newer engines save it compressed."""
    file = tar.extractfile(name)
    if file is None:
        raise ValueError(f"`{name}` is no file of the archive")
    if file.read(2) == b"\x1f\x8b":
        file.seek(0)
        return gzip.open(file)  # type: ignore[return-value]
    file.seek(0)
    return file


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def rewritten(file: IO[bytes]) -> Iterator[bytes]:
    """The tar in `file` in the same order, with the same content and rights, but without times, names of owners, and
    the places where engines mount something of theirs."""
    with tarfile.open(fileobj=file, mode="r|") as old:
        kept = (member for member in old if not (member.isdir() and member.name.strip("./") in _MOUNTED))
        yield from written((_plain(member), old.extractfile(member) if member.isreg() else None) for member in kept)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime = 0
    member.uname = member.gname = ""
    member.pax_headers = {key: value for key, value in member.pax_headers.items() if key.startswith(_KEPT_HEADERS)}
    return member


def written(members: Iterable[tuple[tarfile.TarInfo, IO[bytes] | None]]) -> Iterator[bytes]:
    """The tar of `members`, each with its content where it is a file, piece by piece."""
    sink = _Sink()
    with tarfile.open(fileobj=sink, mode="w|") as tar:
        for member, content in members:
            tar.addfile(member, content)
            yield from sink.taken()
    yield from sink.taken()


class _Sink(io.RawIOBase):
    """Where a tar is written to, to be taken away piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> Iterator[bytes]:
        yield from self._pieces
        self._pieces.clear()


def compress(pieces: Iterator[bytes], folder: Path) -> Layer:
    """Write the tar that `pieces` make up as a blob of `folder`. The same tar gives the same blob."""
    blobs = folder / BLOBS
    blobs.mkdir(parents=True, exist_ok=True)
    aside = blobs / ".layer"
    tar = hashlib.sha256()
    with aside.open("wb") as file, gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as zipped:
        for piece in pieces:
            tar.update(piece)
            zipped.write(piece)
    digest = sha256(aside)
    size = aside.stat().st_size
    aside.rename(blobs / digest)
    return Layer(f"sha256:{digest}", size, f"sha256:{tar.hexdigest()}")


def pack(layout: Layout, target: Path, name: str) -> None:
    """Write the image as one file that `podman load` and `docker load` take, to be called `name` there.

    It is both kinds of archive at once: an OCI layout, and a `manifest.json` that names the same blobs.
    """
    described = [
        {
            "Config": f"{BLOBS}/{layout.image_id.removeprefix('sha256:')}",
            "RepoTags": [name],
            "Layers": [f"{BLOBS}/{layer.digest.removeprefix('sha256:')}" for layer in layout.layers],
        }
    ]
    with tarfile.open(target, "w") as tar:
        for path in sorted(layout.folder.rglob("*")):
            if path.is_file():
                tar.add(path, path.relative_to(layout.folder).as_posix())
        content = json.dumps(described).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
