"""Images on the disk, as small as a test needs them."""

import io
import itertools
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pytest

from relevo.image.oci.archive import compress, written
from relevo.image.oci.layout import Layout, write

#: Path → content. A path that ends with `/` is a folder, and a content that is text is where a symbolic link leads.
Files = Mapping[str, bytes | str]


def members(files: Files) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
    for name, content in files.items():
        member = tarfile.TarInfo(name.rstrip("/"))
        if isinstance(content, str):
            member.type, member.linkname = tarfile.SYMTYPE, content
        elif name.endswith("/"):
            member.type = tarfile.DIRTYPE
        else:
            member.size = len(content)
        yield member, io.BytesIO(content) if member.isreg() and isinstance(content, bytes) else None


@pytest.fixture
def lay(tmp_path: Path) -> Callable[..., Layout]:
    """lay({"etc/a": b"…"}, {"etc/.wh.a": b""}, User="1"): an image of those layers, the lowest first."""
    names = (f"layout{number}" for number in itertools.count(1))

    def lay(*layers: Files, folder: Path | None = None, by: tuple[str, ...] = (), **run: Any) -> Layout:
        folder = folder or tmp_path / next(names)
        blobs = [compress(written(members(files)), folder) for files in layers]
        made = by or ("base", *[""] * (len(layers) - 1))
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": run,
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in blobs]},
            "history": [{"created_by": each} for each in made],
        }
        return write(folder, config, blobs)

    return lay
