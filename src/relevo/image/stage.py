"""The image stage: from the service artifact to a container image, as an OCI layout with its bill of materials."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from relevo.core.artifact import Artifact, Draft, Made, digest
from relevo.core.change import Change
from relevo.core.plan import Planned, Stop
from relevo.core.ports import Progress
from relevo.core.settings import Settings
from relevo.core.version import Version
from relevo.image.sources import Sources

#: Grows when relevo itself puts an image together in another way.
RECIPE_FORMAT = "1"
#: The folder of the layout, and the bill of materials, in the artifact.
OCI, SBOM = "oci", "sbom.cdx.json"


class ImageStage:
    """What is imported here is paid by every `relevo plan`."""

    name: ClassVar[str] = "image"
    takes: ClassVar[tuple[str, ...]] = ("service",)

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = root
        self._settings = settings

    def recipe(self) -> Mapping[str, str]:
        """The digest of each file beside the Dockerfile, the base as it is named, and what the builder is told."""
        image = self._settings.image
        return {
            **Sources.of(self._root, image.dockerfile).digests(),
            "base": image.base,
            "build_args": digest(list(image.build_args)),  # they may hold a password
            "format": RECIPE_FORMAT,
        }

    def stops(self, upstream: Mapping[str, Planned], inputs: Mapping[str, Artifact]) -> tuple[Stop, ...]:  # noqa: ARG002
        return ()

    def foresee(self, base: Artifact | None, aside: Path, progress: Progress) -> tuple[Change, ...] | None:  # noqa: ARG002
        return None

    def make(self, inputs: Mapping[str, Artifact], folder: Path, progress: Progress) -> Made:
        """`oci/`, the image without its version. The output digest is that of its layers and of how they are started.

        Raises FailureError when the Dockerfile cannot be built, OutsideError when there is no engine to check it with.
        """
        from relevo.image import engine, extra
        from relevo.image.build import build
        from relevo.image.builder import choose
        from relevo.image.facts import facts

        image = self._settings.image
        extra.need()
        engine.find(image.builder, image.run_args).sweep(str(self._root))
        builder = choose(image.builder, image.build_args)
        with tempfile.TemporaryDirectory(prefix=".image-", dir=folder.parent) as aside:
            built = build(builder, self._root, self._settings, inputs["service"], folder / OCI, Path(aside), progress)
        own = built.own_layers()
        found: dict[str, Any] = {
            **facts(built.layout.config, built.base),
            "layers": [{"by": layer.by, "bytes": layer.size, "diff_id": layer.diff_id} for layer in own],
            "base_layers": len(built.base.layers),
            "packages": dict(built.packages),
            "base_packages": dict(built.base.packages),
        }
        return Made(found, built.digest)

    def changes(self, base: Artifact, made: Made, folder: Path) -> tuple[Change, ...]:  # noqa: ARG002
        from relevo.image.facts import changes

        return changes(base.facts, made.facts)

    def finish(self, draft: Draft) -> None:
        """The labels, which tell the version and where it comes from, and the bill of materials."""
        from relevo.image.labels import described, stamp
        from relevo.image.oci.layout import Layout
        from relevo.image.sbom import bill
        from relevo.tools.git import Git

        git = Git(self._root)
        head = git.head()
        commit = f"{head}-dirty" if head and git.dirty() else head
        labels = described(draft, commit, git.origin(), git.committed_at())
        layout = stamp(Layout(draft.folder / OCI), labels, local_name(draft.settings.line.name, draft.version))
        (draft.folder / SBOM).write_text(bill(draft, layout), encoding="utf-8")


def local_name(line: str, version: Version) -> str:
    """What an image is called in the engine of this machine."""
    return f"localhost/relevo/{line}:{version}"
