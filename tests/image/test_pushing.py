"""An image from the store to a registry: what is sent, what is never moved, and the bill of materials beside it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_registry import PASSWORD, USER, Fake
from small_image import PYTHON_LAYER, artifact, config_of, file, put, sha256, tar

from relevo.core.artifact import Artifact
from relevo.core.errors import FailureError, OutsideError, UsageError
from relevo.core.version import Version
from relevo.image.oci.archive import compress
from relevo.image.oci.layout import Layout, write
from relevo.image.pushing import SBOM_TYPE, Pushed, push
from relevo.testing import Recorded

REPOSITORY = "team/quejas"


@pytest.fixture
def image(tmp_path: Path) -> Callable[..., Artifact]:
    """image("1.0.1", model=b"2"): an image in the store, of a base, a service and a model."""

    def make(version: str = "1.0.0", model: bytes = b"1", **run: Any) -> Artifact:
        where = tmp_path / f"{version}-{model.decode()}"
        layers = [PYTHON_LAYER, tar(file("app.py")), tar(file("model", model * 10_000))]
        made = [compress(iter([layer]), where / "oci") for layer in layers]
        layout = write(where / "oci", config_of(layers, **run), made)
        put(where, {"sbom.cdx.json": json.dumps({"of": layout.image_id})})
        return artifact("image", version, where)

    return make


@pytest.fixture
def registry(fakes: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A registry that wants a password, which the variables tell."""
    monkeypatch.setenv("RELEVO_REGISTRY_USER", USER)
    monkeypatch.setenv("RELEVO_REGISTRY_PASSWORD", PASSWORD)
    return fakes(auth="basic", subjects=True)


def pushed(image: Artifact, registry: Fake, progress: Recorded | None = None) -> Pushed:
    return push(image, f"{registry.host}/{REPOSITORY}", progress or Recorded())


def sent(registry: Fake) -> dict[str, int]:
    """Digest → bytes of every blob that was sent; those of attached documents are not the image's."""
    own = {digest: len(content) for (_, digest), content in registry.blobs.items()}
    uploads = [seen.path.rpartition("digest=")[2].replace("%3A", ":") for seen in registry.asked("PUT", "/blobs/")]
    return {digest: own[digest] for digest in uploads}


def test_everything_is_there_under_the_version_as_tag(image: Callable[..., Artifact], registry: Fake) -> None:
    made = image()
    layout = Layout(made.folder / "oci")
    found = pushed(made, registry)
    assert found.to_json() == {
        "reference": f"{registry.host}/{REPOSITORY}@{layout.digest}",
        "tag": f"{registry.host}/{REPOSITORY}:1.0.0",
        "digest": layout.digest,
        "sent": sum(layer.size for layer in layout.layers) + layout.blob(layout.image_id).stat().st_size,
        "new": True,
    }
    content = layout.blob(layout.digest).read_bytes()
    assert registry.manifests[REPOSITORY, "1.0.0"][1] == content
    for digest in (layout.image_id, *(layer.digest for layer in layout.layers)):
        assert registry.blobs[REPOSITORY, digest] == layout.blob(digest).read_bytes()


def test_the_manifest_comes_last_so_that_nobody_sees_half_an_image(
    image: Callable[..., Artifact], registry: Fake
) -> None:
    pushed(image(), registry)
    written = [
        seen.path.split("/")[4] for seen in registry.asked("PUT") if "/1.0.0" in seen.path or "/blobs/" in seen.path
    ]
    first = written.index("manifests")
    assert written[:first] == ["blobs"] * 4


def test_pushed_again_nothing_is_sent(image: Callable[..., Artifact], registry: Fake) -> None:
    made = image()
    first = pushed(made, registry)
    registry.seen.clear()
    again = pushed(made, registry)
    assert (again.sent, again.new) == (0, False)
    assert replace(again, sent=first.sent, new=True) == first
    assert {seen.method for seen in registry.seen} <= {"GET", "HEAD"}


def test_a_new_model_sends_its_own_layer_and_the_config(image: Callable[..., Artifact], registry: Fake) -> None:
    pushed(image(), registry)
    registry.seen.clear()
    newer = image("1.0.1", model=b"2")
    layout = Layout(newer.folder / "oci")
    found = pushed(newer, registry)
    bill = (newer.folder / "sbom.cdx.json").read_bytes()
    assert {*sent(registry)} - {sha256(b"{}"), sha256(bill)} == {layout.layers[-1].digest, layout.image_id}
    assert found.sent == layout.layers[-1].size + layout.blob(layout.image_id).stat().st_size
    assert registry.manifests[REPOSITORY, "1.0.0"] != registry.manifests[REPOSITORY, "1.0.1"]


def test_the_same_image_under_another_version_sends_no_blob_of_it(
    image: Callable[..., Artifact], registry: Fake
) -> None:
    pushed(image(), registry)
    found = pushed(image("1.0.1"), registry)
    assert (found.sent, found.new) == (0, True)
    assert found.tag.endswith(":1.0.1")


def test_what_was_broken_off_goes_on(image: Callable[..., Artifact], registry: Fake) -> None:
    made = image()
    layout = Layout(made.folder / "oci")
    registry.plant("PUT", r"/manifests/", 500)
    with pytest.raises(OutsideError, match="500"):
        pushed(made, registry)
    assert (REPOSITORY, "1.0.0") not in registry.manifests
    registry.planted.clear()
    found = pushed(made, registry)
    assert (found.sent, found.new) == (0, True)
    assert registry.manifests[REPOSITORY, "1.0.0"][1] == layout.blob(layout.digest).read_bytes()


def test_a_tag_of_another_image_is_never_moved(image: Callable[..., Artifact], registry: Fake) -> None:
    theirs, ours = image(model=b"1"), image(model=b"2")
    there = pushed(theirs, registry).digest
    registry.seen.clear()
    with pytest.raises(FailureError) as refused:
        pushed(ours, registry)
    here = Layout(ours.folder / "oci").digest
    assert refused.value.code == "tag-with-other-image"
    assert str(refused.value.message) == (
        f"`{registry.host}/{REPOSITORY}:1.0.0` is there with another image: {there} there, {here} here"
    )
    assert registry.asked("PUT") == registry.asked("POST") == []


def test_the_bill_of_materials_is_attached_once(image: Callable[..., Artifact], registry: Fake) -> None:
    made = image()
    digest = pushed(made, registry).digest
    pushed(made, registry)
    (attached,) = registry.registry().referrers(REPOSITORY, digest)
    assert attached.artifact_type == SBOM_TYPE == "application/vnd.cyclonedx+json"
    manifest = json.loads(registry.manifests[REPOSITORY, attached.digest][1])
    (layer,) = manifest["layers"]
    assert registry.blobs[REPOSITORY, layer["digest"]] == (made.folder / "sbom.cdx.json").read_bytes()
    assert manifest["subject"]["digest"] == digest
    assert manifest["annotations"] == {"org.opencontainers.image.title": "sbom.cdx.json"}


def test_a_registry_that_lists_no_referrers_has_it_too(
    image: Callable[..., Artifact], fakes: Callable[..., Fake]
) -> None:
    fake = fakes(subjects=False)
    made = image()
    digest = pushed(made, fake).digest
    count = len(fake.manifests)
    pushed(made, fake)
    assert [each.artifact_type for each in fake.registry(user="").referrers(REPOSITORY, digest)] == [SBOM_TYPE]
    assert len(fake.manifests) == count


def test_a_bill_that_was_not_attached_when_the_push_broke_off_is_attached_by_the_next(
    image: Callable[..., Artifact], registry: Fake
) -> None:
    made = image()
    registry.plant("GET", "/referrers/", 500)
    with pytest.raises(OutsideError):
        pushed(made, registry)
    registry.planted.clear()
    found = pushed(made, registry)
    assert found.new is False
    assert len(registry.registry().referrers(REPOSITORY, found.digest)) == 1


def test_the_progress_ends_with_what_was_sent(image: Callable[..., Artifact], registry: Fake) -> None:
    heard: list[tuple[str, int, int]] = []

    class Heard(Recorded):
        def step(self, message: Any, done: int = 0, total: int = 0) -> None:
            heard.append((str(message), done, total))

    total = pushed(image(), registry, Heard()).sent
    text = f"pushing 1.0.0 to {registry.host}/{REPOSITORY}"
    counted = [(done, of) for said, done, of in heard if said == text]
    assert counted == sorted(counted)
    assert counted[-1] == (total, total)
    assert heard[-1][0] == "attaching the bill of materials"


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("127.0.0.1:1/team/quejas:1.0.0", "repository-with-tag"),
        ("127.0.0.1:1/team/quejas@sha256:" + "a" * 64, "repository-with-tag"),
        ("127.0.0.1:1/Team/Quejas", "reference-invalid"),
        ("", "reference-invalid"),
    ],
)
def test_it_goes_to_a_repository_and_not_to_a_tag(to: str, code: str, image: Callable[..., Artifact]) -> None:
    with pytest.raises(UsageError) as refused:
        push(image(), to, Recorded())
    assert refused.value.code == code
    assert f"`{to}`" in str(refused.value)


def test_a_registry_that_is_down_is_the_outside_world(image: Callable[..., Artifact]) -> None:
    with pytest.raises(OutsideError, match=r"127\.0\.0\.1:1"):
        push(image(), "127.0.0.1:1/team/quejas", Recorded())


def test_a_wrong_password_is_refused_and_not_shown(
    image: Callable[..., Artifact], registry: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELEVO_REGISTRY_PASSWORD", "hunter2")
    with pytest.raises(OutsideError, match="refuses") as refused:
        pushed(image(), registry)
    assert "hunter2" not in str(refused.value)
    assert registry.blobs == {}


@pytest.mark.parametrize("changed", [{"version": Version.parse("1.0.1-rama.2")}, {"dirty": True}], ids=str)
def test_only_releases_are_pushed(changed: dict[str, Any], image: Callable[..., Artifact], registry: Fake) -> None:
    with pytest.raises(UsageError) as refused:
        pushed(replace(image(), **changed), registry)
    assert refused.value.code == "not-a-release"


def test_what_was_committed_and_tagged_later_is_a_release(image: Callable[..., Artifact], registry: Fake) -> None:
    made = replace(image(), dirty=True)
    assert push(made, f"{registry.host}/team/name", Recorded(), tagged=True).new
