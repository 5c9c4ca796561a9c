"""What stands in manifests and indexes, and the tag that lists referrers where a registry does not."""

import json

import pytest

from relevo.core.errors import NotFoundError, OutsideError
from relevo.tools.distribution import Descriptor
from relevo.tools.distribution.descriptor import DOCKER_INDEX, DOCKER_MANIFEST, INDEX, MANIFEST, dumps

SBOM = {"media_type": "application/spdx+json", "artifact_type": "application/spdx+json", "annotations": {}}


@pytest.fixture
def fake(fakes):
    return fakes()


def index(fake, *platforms, media_type=INDEX, name="3.12"):
    """An index with one manifest a platform; their descriptors."""
    registry, made = fake.registry(), []
    for number, platform in enumerate(platforms):
        content = dumps({"schemaVersion": 2, "mediaType": MANIFEST, "annotations": {"n": str(number)}})
        made.append(Descriptor(MANIFEST, registry.push_manifest("a/b", name, content, MANIFEST), len(content)))
        system, _, architecture = platform.partition("/")
        platforms = {"platform": {"os": system, "architecture": architecture}} if platform else {}
        made[-1] = (made[-1], {**made[-1].to_json(), **platforms})
    content = dumps({"schemaVersion": 2, "mediaType": media_type, "manifests": [entry for _, entry in made]})
    registry.push_manifest("a/b", name, content, media_type)
    return [descriptor for descriptor, _ in made]


@pytest.mark.parametrize("media_type", [INDEX, DOCKER_INDEX])
def test_the_manifest_of_a_platform_is_the_first_for_it(fake, media_type):
    made = index(fake, "", "unknown/unknown", "linux/arm64", "linux/amd64", "linux/amd64", media_type=media_type)
    registry = fake.registry()
    assert registry.resolve("a/b", "3.12").media_type == media_type
    assert registry.platform_manifest("a/b", "3.12")[0] == made[3]
    assert registry.platform_manifest("a/b", "3.12", "linux/arm64")[0] == made[2]


def test_a_platform_that_is_not_there_is_named_with_those_that_are(fake):
    index(fake, "linux/arm64", "unknown/unknown", "linux/s390x")
    with pytest.raises(NotFoundError) as caught:
        fake.registry().platform_manifest("a/b", "3.12")
    assert caught.value.code == "platform-missing"
    assert str(caught.value).endswith("is not made for `linux/amd64`, only for `linux/arm64`, `linux/s390x`")


@pytest.mark.parametrize(
    "entries", [None, {}, ["x"], [{}], [{"mediaType": MANIFEST, "digest": 1, "size": 1}], [{"mediaType": MANIFEST}]]
)
def test_an_index_that_is_none_is_refused(fake, entries):
    content = dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
    fake.registry().push_manifest("a/b", "3.12", content, INDEX)
    with pytest.raises((OutsideError, NotFoundError)) as caught:
        fake.registry().platform_manifest("a/b", "3.12")
    assert caught.value.code == ("platform-missing" if entries == {} else "registry-unexpected")


def test_the_type_is_what_the_manifest_says_else_the_header(fake):
    for content in (dumps({"mediaType": DOCKER_MANIFEST}), b"{}"):
        fake.plant("GET", "/manifests/1$", headers={"Content-Type": f"{MANIFEST}; charset=utf-8"}, body=content)
        found, _ = fake.registry().manifest("a/b", "1")
        assert found.media_type == (MANIFEST if content == b"{}" else DOCKER_MANIFEST)
        fake.planted.clear()
    assert fake.seen[-1].headers["accept"].split(", ") == [INDEX, MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST]


@pytest.mark.parametrize("missing", ["Docker-Content-Digest", "Content-Type"])
def test_a_head_that_says_too_little_is_asked_in_full(fake, missing):
    (made, *_) = index(fake, "linux/amd64")
    headers = {"Content-Type": MANIFEST, "Docker-Content-Digest": made.digest, "Content-Length": str(made.size)}
    fake.plant("HEAD", "/manifests/", headers={name: value for name, value in headers.items() if name != missing})
    assert fake.registry().resolve("a/b", made.digest) == made
    assert len(fake.asked("GET")) == 1


@pytest.mark.parametrize("subjects", [True, False])
def test_the_tag_is_written_only_where_the_registry_does_not_list_referrers(fakes, blob, subjects):
    fake = fakes(subjects=subjects)
    subject = Descriptor(MANIFEST, "sha256:" + "0" * 64, 7, annotations={"a": "b"})
    registry = fake.registry()
    made = registry.attach("a/b", subject, blob(b"1")[0], **SBOM)
    assert (registry.resolve("a/b", "sha256-" + "0" * 64) is None) == subjects
    assert registry.referrers("a/b", subject.digest) == [made]
    manifest = json.loads(registry.manifest("a/b", made.digest)[1])
    assert manifest["subject"] == {"mediaType": MANIFEST, "digest": subject.digest, "size": 7}


def test_what_others_wrote_into_that_tag_stays(fake, blob):
    subject = Descriptor(MANIFEST, "sha256:" + "0" * 64, 7)
    theirs = {"mediaType": MANIFEST, "digest": "sha256:" + "1" * 64, "size": 3, "data": "e30=", "x": {"y": 1}}
    content = dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [theirs], "annotations": {"a": "b"}})
    registry = fake.registry()
    registry.push_manifest("a/b", "sha256-" + "0" * 64, content, INDEX)
    made = registry.attach("a/b", subject, blob(b"1")[0], **SBOM)
    _, after = registry.manifest("a/b", "sha256-" + "0" * 64)
    assert json.loads(after) == {**json.loads(content), "manifests": [theirs, made.to_json()]}


def test_a_tag_of_that_name_that_is_no_index_is_left_alone(fake, blob):
    subject = Descriptor(MANIFEST, "sha256:" + "0" * 64, 7)
    registry = fake.registry()
    digest = registry.push_manifest("a/b", "sha256-" + "0" * 64, dumps({"mediaType": MANIFEST}), MANIFEST)
    with pytest.raises(OutsideError, match="sha256-000"):
        registry.attach("a/b", subject, blob(b"1")[0], **SBOM)
    assert registry.resolve("a/b", "sha256-" + "0" * 64).digest == digest


def test_a_long_list_of_referrers_comes_in_pages_and_an_endless_one_is_refused(fake):
    one, two = ({"mediaType": MANIFEST, "digest": f"sha256:{n * 64}", "size": 1} for n in "12")
    digest = "sha256:" + "0" * 64
    pages = {"last=1$": ([two], ""), "last=x": ([], "last=x"), f"{digest}$": ([one], "last=1")}
    for pattern, (entries, following) in pages.items():
        link = {"Link": f'</v2/a/b/referrers/{digest}?{following}>; rel="next"'} if following else {}
        fake.plant("GET", pattern, headers=link, body=dumps({"manifests": entries}))
    assert [found.digest for found in fake.registry().referrers("a/b", digest)] == [one["digest"], two["digest"]]
    fake.planted.pop()
    fake.plant("GET", f"{digest}$", headers={"Link": '<?last=x>; rel="next"'}, body=dumps({"manifests": []}))
    with pytest.raises(OutsideError) as caught:
        fake.registry().referrers("a/b", digest)
    assert caught.value.code == "registry-unexpected"
    assert len(fake.asked("GET", "last=x")) < 100
