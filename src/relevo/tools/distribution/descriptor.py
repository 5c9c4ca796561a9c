"""What a manifest or an index says of something it names: its type, digest and size."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
EMPTY = "application/vnd.oci.empty.v1+json"
#: Docker's own, older names of the same two.
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"

INDEXES = (INDEX, DOCKER_INDEX)
#: In this order: who has both, should give OCI's.
MANIFESTS = (INDEX, MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """`digest` is `sha256:` and 64 hexadecimal digits, `size` in bytes; `artifact_type` is empty where none is said."""

    media_type: str
    digest: str
    size: int
    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the image specification writes it; what is empty is left out."""
        optional = {"artifactType": self.artifact_type, "annotations": dict(self.annotations)}
        return {
            "mediaType": self.media_type,
            "digest": self.digest,
            "size": self.size,
            **{key: value for key, value in optional.items() if value},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Descriptor":
        """Raises KeyError, TypeError, AttributeError or ValueError when it is none."""
        media_type, digest, size = value["mediaType"], value["digest"], value["size"]
        if not (isinstance(media_type, str) and isinstance(digest, str) and isinstance(size, int)):
            raise TypeError(value)
        return cls(media_type, digest, size, value.get("artifactType") or "", dict(value.get("annotations") or {}))


def dumps(value: Mapping[str, Any]) -> bytes:
    """The JSON of a manifest or an index: the same for equal values, so that their digests are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
