"""An image from the store to a registry, with its bill of materials. No engine is needed."""

from dataclasses import dataclass
from typing import Any

from relevo.core.artifact import Artifact
from relevo.core.errors import FailureError, UsageError
from relevo.core.message import N_, Message
from relevo.core.ports import Progress
from relevo.image.oci.layout import MANIFEST_TYPE, Layout, opened
from relevo.image.stage import OCI, SBOM
from relevo.tools.distribution import Credentials, Descriptor, Reference, Registry

SBOM_TYPE = "application/vnd.cyclonedx+json"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What is in the registry now. `reference` names it by its digest; `sent` are the bytes of the blobs that had to
    go, `new` is False when the registry had the very image under that tag already."""

    reference: str
    tag: str
    digest: str
    sent: int
    new: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "reference": self.reference,
            "tag": self.tag,
            "digest": self.digest,
            "sent": self.sent,
            "new": self.new,
        }


def push(image: Artifact, to: str, progress: Progress, tagged: bool = False) -> Pushed:
    """Bring `image` to the repository `to`, tagged with its version; again: only what is missing. `tagged`: git has a
    tag of that version, so that what was not committed when it was made has been since.

    Raises UsageError when `to` is no repository or `image` no release, FailureError when the tag is there with another
    digest, OutsideError when the registry cannot be reached or refuses.
    """
    place, tag = _repository(to), str(image.version)
    if not image.version.is_release or (image.dirty and not tagged):
        raise UsageError(
            "not-a-release",
            N_("{image} is no release: it was made on another branch, or with changes that were not committed"),
            hint=N_("commit, and run on a release branch: relevo run"),
            image=str(image.ref),
        )
    layout = opened(image.folder / OCI)
    registry = Registry(place.host, Credentials(place.host))
    there = registry.resolve(place.repository, tag)
    if there and there.digest != layout.digest:
        raise FailureError(
            "tag-with-other-image",
            N_("`{place}:{tag}` is there with another image: {theirs} there, {ours} here"),
            hint=N_("a tag is never moved: find out who pushed it, or make a new version"),
            place=str(place),
            tag=tag,
            theirs=there.digest,
            ours=layout.digest,
        )
    sent = 0 if there else _send(layout, registry, place.repository, tag, progress)
    _attach(image, layout, registry, place.repository, progress)
    return Pushed(f"{place}@{layout.digest}", f"{place}:{tag}", layout.digest, sent, not there)


def _repository(to: str) -> Reference:
    place = Reference.parse(to)
    if place.tag or place.digest:
        raise UsageError(
            "repository-with-tag",
            N_("`{to}` names one image; an image is pushed to a repository, and its version becomes the tag"),
            hint=N_("leave out what follows the name"),
            to=to,
        )
    return place


def _send(layout: Layout, registry: Registry, repository: str, tag: str, progress: Progress) -> int:
    """Layers, config, then the manifest that makes them visible; the bytes that had to go."""
    blobs = {layer.digest: layer.size for layer in layout.layers}
    blobs[layout.image_id] = layout.blob(layout.image_id).stat().st_size
    missing = [digest for digest in blobs if not registry.has_blob(repository, digest)]
    total, done = sum(blobs[digest] for digest in missing), 0
    text = Message(N_("pushing {tag} to {place}"), {"tag": tag, "place": f"{registry.host}/{repository}"})
    for digest in missing:
        before = done
        registry.push_blob(
            repository,
            layout.blob(digest),
            digest,
            lambda sent, before=before: progress.step(text, before + sent, total),  # type: ignore[misc]
        )
        done += blobs[digest]
    registry.push_manifest(repository, tag, layout.blob(layout.digest).read_bytes(), MANIFEST_TYPE)
    return total


def _attach(image: Artifact, layout: Layout, registry: Registry, repository: str, progress: Progress) -> None:
    """The bill of materials, unless it is there already."""
    if any(each.artifact_type == SBOM_TYPE for each in registry.referrers(repository, layout.digest)):
        return
    progress.step(Message(N_("attaching the bill of materials")))
    subject = Descriptor(MANIFEST_TYPE, layout.digest, layout.blob(layout.digest).stat().st_size)
    registry.attach(
        repository,
        subject,
        image.folder / SBOM,
        media_type=SBOM_TYPE,
        artifact_type=SBOM_TYPE,
        annotations={"org.opencontainers.image.title": SBOM},
    )
