"""The bill of materials of an image, as CycloneDX 1.6: its packages, and the model as a component (ML-BOM)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from relevo.core.artifact import Artifact, Draft
from relevo.image.labels import OCI
from relevo.image.oci.layout import Layout

#: Distributions whose packages are apk's; others that are known here have dpkg.
_OF_APK = ("alpine", "wolfi", "chainguard")
#: The serial number of a bill follows from the image, so that the same image has the same bill.
_NAMESPACE = UUID("5b1cdd2c-7a1d-5a3e-9f0c-3f2f6f3f9a51")


def bill(draft: Draft, layout: Layout) -> str:
    """The bill of the image of `draft`, as JSON."""
    line, version = draft.settings.line.name, str(draft.version)
    image = Component(
        type=ComponentType.CONTAINER,
        name=line,
        version=version,
        bom_ref=f"image:{line}@{version}",
        hashes=[_sha256(layout.image_id.removeprefix("sha256:"))],
    )
    bom = Bom(serial_number=uuid5(_NAMESPACE, layout.image_id))
    bom.metadata = BomMetaData(component=image)
    created = layout.config["config"]["Labels"].get(f"{OCI}created")
    bom.metadata.timestamp = datetime.fromisoformat(created or "1970-01-01T00:00:00Z")
    components = [*_packages(draft), _model(draft.inputs["model"]), _data(draft.inputs["data"])]
    for component in components:
        bom.components.add(component)
    bom.register_dependency(image, components)
    text: str = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    return text + "\n"


def _packages(draft: Draft) -> Iterator[Component]:
    for name, version in draft.facts["packages"].items():
        yield _library(PackageURL("pypi", name=name, version=version))
    distribution = draft.facts["os"].partition(" ")[0]
    kind = "apk" if distribution in _OF_APK else "deb"
    for name, version in draft.facts["base_packages"].items():
        yield _library(PackageURL(kind, distribution, name, version))


def _library(purl: PackageURL) -> Component:
    return Component(
        type=ComponentType.LIBRARY, name=purl.name, version=purl.version, purl=purl, bom_ref=purl.to_string()
    )


def _model(model: Artifact) -> Component:
    facts: dict[str, Any] = {"accuracy": model.facts["accuracy"], "groups": len(model.facts["groups"])}
    return _artifact(model, ComponentType.MACHINE_LEARNING_MODEL, facts)


def _data(data: Artifact) -> Component:
    return _artifact(data, ComponentType.DATA, {})


def _artifact(artifact: Artifact, kind: ComponentType, facts: dict[str, Any]) -> Component:
    told = {
        **facts,
        **{f"made-from.{name}": f"{its.version} sha256:{its.output_digest}" for name, its in artifact.inputs.items()},
    }
    return Component(
        type=kind,
        name=f"{artifact.line}-{artifact.stage}",
        version=str(artifact.version),
        bom_ref=f"{artifact.stage}:{artifact.line}@{artifact.version}",
        hashes=[_sha256(artifact.output_digest)],
        properties=[Property(name=f"relevo:{name}", value=str(value)) for name, value in told.items()],
    )


def _sha256(content: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=content)
