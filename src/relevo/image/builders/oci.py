"""No engine at all: copies files and writes down how they are started, for machines where no engine may run.

It takes its base from a registry or from a folder (`oci:PATH`), and a Dockerfile of one stage that copies, says how the
image is run, and removes by `RUN rm -rf`. Whatever has to run while the image is built needs one of the other builders.
"""

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from relevo.core.errors import OutsideError, UsageError
from relevo.core.message import N_
from relevo.image.builder import DOCKERFILE, FOLDER
from relevo.image.builders.copying import Building
from relevo.image.dockerfile import parse
from relevo.image.engine import base_missing
from relevo.image.oci.archive import pack
from relevo.image.oci.layout import BROKEN, Layout, adopt, opened
from relevo.tools.distribution import Credentials, Reference, Registry

#: How the kernel calls a processor, and how images do.
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class Oci:
    """Keeps the layouts that it met, as an engine keeps images."""

    name: ClassVar[str] = "oci"

    def __init__(self, arguments: Sequence[str]) -> None:
        if arguments:
            raise UsageError(
                "no-build-args",
                N_("the builder `oci` takes no further arguments, and `build_args` in [image] has some"),
                hint=N_("take them away, or name another builder: podman, buildah, docker"),
            )
        self._images: dict[str, Layout] = {}

    def health(self) -> None:
        """It needs nothing."""

    def architecture(self) -> str:
        return _ARCHITECTURES.get(platform.machine(), platform.machine())

    def base(self, reference: str) -> str:
        path = Path(reference.removeprefix(FOLDER))
        return self._keep(opened(path) if reference.startswith(FOLDER) else self._pulled(Reference.parse(reference)))

    def build(self, context: Path, base: str, aside: Path) -> str:
        text = (context / DOCKERFILE).read_text(encoding="utf-8")
        building = Building(context, self._images[base], base, aside / "built")
        for instruction in parse(text):
            building.follow(instruction)
        return self._keep(building.finished())

    def save(self, image: str, archive: Path) -> None:
        pack(self._images[image], archive, f"localhost/relevo/{self.name}")

    def forget(self, image: str) -> None:
        """Its files lie in the scratch folder of the build."""
        self._images.pop(image, None)

    def _keep(self, layout: Layout) -> str:
        self._images[layout.image_id] = layout
        return layout.image_id

    def _pulled(self, reference: Reference) -> Layout:
        """The image from its registry; blobs that were pulled before are still there."""
        registry = Registry(reference.host, Credentials())
        wanted = f"linux/{self.architecture()}"
        try:
            manifest, content = registry.platform_manifest(reference.repository, reference.name, wanted)
        except OutsideError as error:
            raise base_missing(str(reference), error.message) from error
        return _laid_out(registry, reference.repository, manifest.digest, content)


def _laid_out(registry: Registry, repository: str, digest: str, manifest: bytes) -> Layout:
    """The image of `manifest` in a folder of this user's cache; what is there already is not pulled again."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "relevo" / "images"
    layout = Layout(cache / digest.removeprefix("sha256:"))
    try:
        described = json.loads(manifest)
        wanted = {blob["digest"]: layout.blob(blob["digest"]) for blob in (described["config"], *described["layers"])}
    except BROKEN as error:
        what = f"{registry.host}/{repository}@{digest}"
        raise OutsideError("no-image", N_("`{what}` is no image: {reason}"), what=what, reason=str(error)) from error
    for its, path in wanted.items():
        if not path.exists():
            registry.pull_blob(repository, its, path)
    return adopt(layout.folder, manifest)
