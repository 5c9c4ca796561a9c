"""From a service artifact to an image on the disk. The stage does it once, and the gate `reproducible` once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from relevo.core.artifact import Artifact, digest
from relevo.core.errors import OutsideError
from relevo.core.message import N_, Message
from relevo.core.ports import Progress
from relevo.core.settings import Settings
from relevo.image import base as bases
from relevo.image.base import Base
from relevo.image.builder import Builder
from relevo.image.context import assemble
from relevo.image.dockerfile import layered
from relevo.image.labels import plain
from relevo.image.oci.archive import Cache, Saved
from relevo.image.oci.layout import BROKEN, Layer, Layout, write
from relevo.image.sources import Sources

#: Below `.relevo`: what is only there to save time.
CACHE = Path(".relevo") / "cache"


@dataclass(frozen=True, slots=True)
class Built:
    """An image that lies in `layout`, its base, and the version of each package that was brought into it."""

    layout: Layout
    base: Base
    packages: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The digest of what runs: the layers and how they are started, whatever the image says of itself."""
        return digest({"config": self.layout.config["config"], "rootfs": self.layout.config["rootfs"]})

    def own_layers(self) -> Sequence[Layer]:
        """Those above the base."""
        return self.layout.layers[len(self.base.layers) :]


def build(  # noqa: PLR0913, PLR0917 - what an image is made from, and where
    builder: Builder, root: Path, settings: Settings, service: Artifact, folder: Path, aside: Path, progress: Progress
) -> Built:
    """Build the image of `service` into the layout `folder`; `aside` is an empty scratch folder.

    Raises FailureError when the Dockerfile cannot be built, UsageError or OutsideError for what is missing.
    """
    user = Sources.of(root, settings.image.dockerfile)
    own = layered(user.instructions())
    progress.step(Message(N_("looking at the base image")))
    base = bases.read(builder, bases.located(settings.image.base, root), aside, root / CACHE)
    context = aside / "context"
    context.mkdir()
    progress.step(Message(N_("bringing the packages together")))
    packages = assemble(user, service, base, context)
    progress.step(Message(N_("building the image with {builder}"), {"builder": builder.name}))
    image = builder.build(context, base.image_id, aside)
    archive = aside / "image.tar"
    try:
        builder.save(image, archive)
    finally:
        builder.forget(image)
    progress.step(Message(N_("compressing the layers")))
    try:
        saved = Saved(archive)
        layers = saved.layers(folder, base.layers, Cache(root / CACHE))
        config = plain(saved.config(), own, len(base.layers))
    except BROKEN as error:
        raise OutsideError(
            "image-unreadable",
            N_("what {builder} saved cannot be read: {reason}"),
            builder=builder.name,
            reason=f"{type(error).__name__}: {error}",
        ) from error
    finally:
        archive.unlink(missing_ok=True)
    config["rootfs"]["diff_ids"] = [layer.diff_id for layer in layers]
    return Built(write(folder, config, layers), base, packages)
