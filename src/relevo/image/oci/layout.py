"""An image on the disk: index → manifest → config and layers, as the OCI image specification 1.1 lays them out.

oci-layout  index.json  blobs/sha256/…
"""

import gzip
import hashlib
import json
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from relevo.core.errors import OutsideError
from relevo.core.message import N_
from relevo.tools.files import unreadable

INDEX, MARKER, BLOBS = "index.json", "oci-layout", "blobs/sha256"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
REF_NAME = "org.opencontainers.image.ref.name"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. `digest` and `size` (bytes) are of the compressed blob, `diff_id` is the digest of the tar in it, and
    `by` is the instruction that made it. Digests are written `sha256:…`."""

    digest: str
    size: int
    diff_id: str
    by: str = ""


#: What reading an image that is none, or is damaged, may raise; an OSError of the disk itself is not among them.
BROKEN = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    EOFError,
    zlib.error,
    tarfile.TarError,
    gzip.BadGzipFile,
)


def _hexadecimal(digest: str) -> str:
    """The name of a blob. Raises ValueError for what would lead elsewhere."""
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise ValueError(f"`{digest}` is no SHA-256")
    return digest.removeprefix("sha256:")


class Layout:
    """The image in `folder`, read as it is needed. Raises OSError, LookupError or ValueError when it is not one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def blob(self, digest: str) -> Path:
        return self.folder / BLOBS / _hexadecimal(digest)

    @property
    def digest(self) -> str:
        """The digest of the manifest: what a registry calls the image by."""
        return str(self._descriptor["digest"])

    @property
    def image_id(self) -> str:
        """The digest of the config: what an engine calls the image by."""
        return str(self.manifest["config"]["digest"])

    @cached_property
    def _descriptor(self) -> Mapping[str, Any]:
        descriptor: Mapping[str, Any] = json.loads((self.folder / INDEX).read_bytes())["manifests"][0]
        return descriptor

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        manifest: Mapping[str, Any] = json.loads(self.blob(self.digest).read_bytes())
        return manifest

    @cached_property
    def config(self) -> dict[str, Any]:
        config: dict[str, Any] = json.loads(self.blob(self.image_id).read_bytes())
        return config

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """From the bottom to the top."""
        diff_ids = self.config["rootfs"]["diff_ids"]
        made = [step.get("created_by", "") for step in self.config.get("history", ()) if not step.get("empty_layer")]
        by = made if len(made) == len(diff_ids) else [""] * len(diff_ids)
        return tuple(
            Layer(blob["digest"], blob["size"], diff_id, how)
            for blob, diff_id, how in zip(self.manifest["layers"], diff_ids, by, strict=True)
        )

    @contextmanager
    def open(self, layer: Layer) -> Iterator[tarfile.TarFile]:
        """The tar of one layer, to be read from its beginning to its end."""
        with gzip.open(self.blob(layer.digest)) as unzipped, tarfile.open(fileobj=unzipped, mode="r|") as tar:
            yield tar


def opened(folder: Path) -> Layout:
    """The image in `folder`. Raises OutsideError when there is none, or when it is damaged."""
    layout = Layout(folder)
    try:
        _ = layout.layers, layout.config["config"]
    except OSError as error:
        raise unreadable(folder, error) from error
    except BROKEN as error:
        raise OutsideError(
            "no-layout", N_("`{folder}` is no OCI layout: {reason}"), folder=str(folder), reason=str(error)
        ) from error
    return layout


def write(folder: Path, config: Mapping[str, Any], layers: Sequence[Layer], name: str = "") -> Layout:
    """Describe in `folder` the image of `config` and of `layers`, whose blobs lie there already. `name` is its tag.

    What an earlier call described there is replaced; the same config and layers give the same digests.
    """
    stale = Layout(folder)
    if (folder / INDEX).exists():
        for digest in (stale.image_id, stale.digest):
            stale.blob(digest).unlink()
    config_blob = _put(folder, _json(config), CONFIG_TYPE)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": config_blob,
        "layers": [{"mediaType": LAYER_TYPE, "digest": layer.digest, "size": layer.size} for layer in layers],
    }
    return adopt(folder, _json(manifest), name)


def adopt(folder: Path, manifest: bytes, name: str = "") -> Layout:
    """Describe in `folder` the image of `manifest`, byte for byte, whose blobs lie there already."""
    described = _put(folder, manifest, MANIFEST_TYPE)
    if name:
        described["annotations"] = {REF_NAME: name}
    (folder / MARKER).write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
    (folder / INDEX).write_bytes(_json({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [described]}))
    return Layout(folder)


def _put(folder: Path, content: bytes, kind: str) -> dict[str, Any]:
    """Writes a blob; its descriptor."""
    name = hashlib.sha256(content).hexdigest()
    path = folder / BLOBS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"mediaType": kind, "digest": f"sha256:{name}", "size": len(content)}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def copy_blob(source: Path, folder: Path, digest: str) -> None:
    """Bring a blob of that digest into `folder`, by a link where the disk allows one."""
    target = folder / BLOBS / _hexadecimal(digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        try:
            target.hardlink_to(source)
        except OSError:
            shutil.copyfile(source, target)
