"""What holds for every registry that wants a password: one in this process, in three kinds, and a real one."""

import json

import pytest

from relevo.core.errors import OutsideError
from relevo.tools.distribution import Descriptor
from relevo.tools.distribution.descriptor import MANIFEST, dumps

SBOM = "application/spdx+json"


@pytest.fixture
def image(place, blob):
    """An image of one layer, pushed without a tag: its descriptor and its manifest."""
    registry = place.registry()
    config, layer = blob(b'{"os":"linux"}'), blob(b"layer" * 100_000)
    for path, digest in (config, layer):
        registry.push_blob(place.repository, path, digest)
    parts = {
        "config": Descriptor("application/vnd.oci.image.config.v1+json", config[1], 14).to_json(),
        "layers": [Descriptor("application/vnd.oci.image.layer.v1.tar", layer[1], 500_000).to_json()],
    }
    content = dumps({"schemaVersion": 2, "mediaType": MANIFEST, **parts})
    digest = registry.push_manifest(place.repository, "1.0.0", content, MANIFEST)
    return Descriptor(MANIFEST, digest, len(content)), content


def test_what_is_not_there_resolves_to_none(place):
    registry = place.registry()
    assert registry.resolve(place.repository, "1.0.0") is None
    assert registry.resolve(place.repository, "sha256:" + "0" * 64) is None
    assert not registry.has_blob(place.repository, "sha256:" + "0" * 64)


def test_what_was_pushed_is_pulled_byte_for_byte(place, image, tmp_path):
    descriptor, content = image
    registry = place.registry()
    assert registry.resolve(place.repository, "1.0.0") == descriptor
    assert registry.resolve(place.repository, descriptor.digest) == descriptor
    assert registry.manifest(place.repository, "1.0.0") == (descriptor, content)
    assert registry.platform_manifest(place.repository, "1.0.0") == (descriptor, content)
    layer = json.loads(content)["layers"][0]["digest"]
    assert registry.has_blob(place.repository, layer)
    progress = []
    target = tmp_path / "layout" / "blobs" / "sha256" / layer[7:]
    registry.pull_blob(place.repository, layer, target, progress.append)
    assert target.read_bytes() == b"layer" * 100_000
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert (progress, progress[-1]) == (sorted(progress), 500_000)


def test_progress_ends_with_the_size_also_when_there_is_nothing_to_send(place, blob):
    path, digest = blob(b"x" * 1_000_000)
    sent, again = [], []
    place.registry().push_blob(place.repository, path, digest, sent.append)
    place.registry().push_blob(place.repository, path, digest, again.append)
    assert (sent[-1], again) == (1_000_000, [1_000_000])
    assert len(sent) > 1


def test_an_empty_file_is_a_blob(place, blob, tmp_path):
    path, digest = blob(b"")
    place.registry().push_blob(place.repository, path, digest)
    place.registry().pull_blob(place.repository, digest, tmp_path / "empty")
    assert (tmp_path / "empty").read_bytes() == b""


def test_a_tag_moves_and_the_digest_stays(place, image):
    descriptor, content = image
    other = content.replace(b"{", b"{ ", 1)
    registry = place.registry()
    moved = registry.push_manifest(place.repository, "1.0.0", other, MANIFEST)
    assert moved != descriptor.digest
    assert registry.manifest(place.repository, "1.0.0")[1] == other
    assert registry.manifest(place.repository, descriptor.digest)[1] == content


def test_what_is_attached_is_found_from_its_subject_once_however_often_it_was_attached(place, image, blob, tmp_path):
    subject, _ = image
    registry = place.registry()
    assert registry.referrers(place.repository, subject.digest) == []
    kinds = {"media_type": SBOM, "artifact_type": SBOM, "annotations": {"org.example.made": "año"}}
    first, second = blob(b'{"packages":[]}'), blob(b'{"packages":["a"]}')
    made = [registry.attach(place.repository, subject, path, **kinds) for path, _ in (first, second, first)]
    assert made[0] == made[2] != made[1]
    found = registry.referrers(place.repository, subject.digest)
    assert sorted(found, key=str) == sorted(made[:2], key=str)
    manifest = json.loads(registry.manifest(place.repository, made[0].digest)[1])
    assert manifest["subject"] == subject.to_json()
    assert manifest["config"]["mediaType"] == "application/vnd.oci.empty.v1+json"
    registry.pull_blob(place.repository, manifest["config"]["digest"], tmp_path / "config")
    registry.pull_blob(place.repository, manifest["layers"][0]["digest"], tmp_path / "sbom")
    assert ((tmp_path / "config").read_bytes(), (tmp_path / "sbom").read_bytes()) == (b"{}", b'{"packages":[]}')


def test_a_file_that_has_another_digest_is_refused_by_the_registry(place, blob):
    path, digest = blob(b"right")
    path.write_bytes(b"wrong")
    with pytest.raises(OutsideError) as caught:
        place.registry().push_blob(place.repository, path, digest)
    assert caught.value.code == "registry-failed"
    assert "400: DIGEST_INVALID" in str(caught.value)
    assert not place.registry().has_blob(place.repository, digest)


def test_what_must_be_there_and_is_not_is_named(place, tmp_path):
    for ask in (
        lambda registry: registry.manifest(place.repository, "1.0.0"),
        lambda registry: registry.pull_blob(place.repository, "sha256:" + "0" * 64, tmp_path / "blob"),
    ):
        with pytest.raises(OutsideError) as caught:
            ask(place.registry())
        assert caught.value.code == "registry-missing"
        assert f"`{place.host}` has no `{place.repository}" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_password_is_refused_and_not_shown(place, blob):
    path, digest = blob(b"x")
    for ask in (
        lambda registry: registry.resolve(place.repository, "1.0.0"),
        lambda registry: registry.push_blob(place.repository, path, digest),
    ):
        with pytest.raises(OutsideError) as caught:
            ask(place.registry("hunter2"))
        assert caught.value.code == "registry-refused"
        assert f"`{place.host}` refuses `{place.repository}" in str(caught.value)
        assert "from `RELEVO_REGISTRY_USER`" in str(caught.value)
        assert "hunter2" not in repr(caught.value.message) + str(caught.value)


def test_without_a_password_it_is_said_where_to_give_one(place):
    with pytest.raises(OutsideError) as caught:
        place.anonymous().manifest(place.repository, "1.0.0")
    assert caught.value.code == "registry-refused"
    assert "without a password" in str(caught.value)
    assert f"`podman login {place.host}`" in str(caught.value)
    assert "RELEVO_REGISTRY_PASSWORD" in str(caught.value)
