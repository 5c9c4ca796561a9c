"""The builder without an engine: where it takes its base from, and what it gives back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_registry import INDEX, Fake
from small_image import ARCHITECTURE, PYTHON_LAYER, file, laid_out, put, python_base, sha256, tar

from relevo.core.errors import FailureError, OutsideError, UsageError
from relevo.core.message import Message
from relevo.image.builder import choose
from relevo.image.builders.oci import Oci
from relevo.image.oci.archive import Cache, Saved
from relevo.image.oci.layout import MANIFEST_TYPE, Layer, Layout

DOCKERFILE = "ARG BASE=python:3.12-slim\nFROM ${BASE}\nCOPY a.txt /opt/\nUSER 10001\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where images come to lie that were pulled."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "relevo" / "images"


@pytest.fixture
def context(tmp_path: Path) -> Path:
    return put(tmp_path / "context", {"Dockerfile": DOCKERFILE, "a.txt": "a"})


@pytest.fixture
def aside(tmp_path: Path) -> Path:
    folder = tmp_path / "aside"
    folder.mkdir()
    return folder


def publish(fake: Fake, tag: str, layout: Layout, platform: str = "") -> None:
    """The image of `layout` is in the registry, as `team/base:tag`; with `platform` in an index."""
    content = layout.blob(layout.digest).read_bytes()
    fake.manifests["team/base", layout.digest] = MANIFEST_TYPE, content
    fake.manifests["team/base", tag] = MANIFEST_TYPE, content
    for digest in (layout.image_id, *(layer.digest for layer in layout.layers)):
        fake.blobs["team/base", digest] = layout.blob(digest).read_bytes()
    if platform:
        os, _, architecture = platform.partition("/")
        of = {"os": os, "architecture": architecture}
        described = {"mediaType": MANIFEST_TYPE, "digest": layout.digest, "size": len(content), "platform": of}
        index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [described]}).encode()
        fake.manifests["team/base", tag] = INDEX, index


def test_it_is_chosen_by_its_name_and_needs_nothing() -> None:
    assert choose("oci").name == "oci"
    assert Oci(()).architecture() in ("amd64", "arm64", ARCHITECTURE)


def test_it_takes_no_arguments() -> None:
    with pytest.raises(UsageError, match="`build_args` in \\[image\\]") as refused:
        choose("oci", ["--no-cache"])
    assert refused.value.code == "no-build-args"


def test_a_base_in_a_folder_is_called_by_the_digest_of_its_config(tmp_path: Path) -> None:
    layout = python_base(tmp_path / "base")
    assert Oci(()).base(f"oci:{tmp_path / 'base'}") == layout.image_id


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (None, "cannot-read"),
        ({"index.json": '{"manifests": []}'}, "no-layout"),
        ({"index.json": "{"}, "no-layout"),
        ({"index.json": "{}"}, "no-layout"),
        ({"index.json": '{"manifests": [{"digest": "sha256:0"}]}'}, "no-layout"),
        ({"index.json": '{"manifests": [{"digest": "sha256:../../../etc/passwd"}]}'}, "no-layout"),
        ({"index.json": '{"manifests": [{"digest": "sha256:%s"}]}' % ("0" * 64)}, "cannot-read"),
    ],
)
def test_a_folder_that_is_no_image_is_named(contents: dict[str, str] | None, code: str, tmp_path: Path) -> None:
    if contents is not None:
        put(tmp_path / "base", contents)
    with pytest.raises(OutsideError) as refused:
        Oci(()).base(f"oci:{tmp_path / 'base'}")
    assert refused.value.code == code
    assert f"`{tmp_path / 'base'}`" in str(refused.value)


@pytest.mark.parametrize("platform", ["", f"linux/{ARCHITECTURE}"], ids=["one image", "an index"])
def test_a_base_is_pulled_from_its_registry_once(
    platform: str, fakes: Callable[..., Fake], tmp_path: Path, cache: Path
) -> None:
    fake, layout = fakes(), python_base(tmp_path / "base")
    publish(fake, "1", layout, platform)
    assert Oci(()).base(f"{fake.host}/team/base:1") == layout.image_id
    assert {seen.path.rpartition("/")[2] for seen in fake.asked("GET", "/blobs/")} == {
        layout.image_id,
        *(layer.digest for layer in layout.layers),
    }
    pulled = Layout(cache / layout.digest.removeprefix("sha256:"))
    assert (pulled.digest, pulled.config, pulled.layers) == (layout.digest, layout.config, layout.layers)
    asked = len(fake.asked("GET", "/blobs/"))
    assert Oci(()).base(f"{fake.host}/team/base:1") == layout.image_id
    assert len(fake.asked("GET", "/blobs/")) == asked == 2


def test_a_base_that_was_pulled_in_part_is_completed(fakes: Callable[..., Fake], tmp_path: Path, cache: Path) -> None:
    fake, layout = fakes(), laid_out(tmp_path / "base", PYTHON_LAYER, tar(file("more")))
    publish(fake, "1", layout)
    Oci(()).base(f"{fake.host}/team/base:1")
    gone = layout.layers[1].digest
    Layout(cache / layout.digest.removeprefix("sha256:")).blob(gone).unlink()
    fake.seen.clear()
    Oci(()).base(f"{fake.host}/team/base:1")
    assert [seen.path.rpartition("/")[2] for seen in fake.asked("GET", "/blobs/")] == [gone]


def test_a_base_for_other_machines_only_is_refused(fakes: Callable[..., Fake], tmp_path: Path) -> None:
    fake = fakes()
    publish(fake, "1", python_base(tmp_path / "base"), "linux/s390x")
    with pytest.raises(UsageError, match=f"is not made for `linux/{ARCHITECTURE}`, only for `linux/s390x`"):
        Oci(()).base(f"{fake.host}/team/base:1")


def test_a_base_that_nobody_has_says_what_to_do(fakes: Callable[..., Fake]) -> None:
    fake = fakes()
    with pytest.raises(OutsideError) as refused:
        Oci(()).base(f"{fake.host}/team/base:1")
    assert refused.value.code == "base-missing"
    assert f"`{fake.host}/team/base:1` is not here and cannot be fetched: " in str(refused.value)
    assert "RELEVO_BASE" in str(refused.value.hint)


def test_a_registry_that_is_down_is_the_outside_world(fakes: Callable[..., Fake]) -> None:
    with pytest.raises(OutsideError) as refused:
        Oci(()).base("127.0.0.1:1/team/base:1")
    assert refused.value.code == "base-missing"
    assert isinstance(refused.value.message.params["words"], Message), "in any language"


def test_a_name_that_is_none_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="is no name of an image"):
        Oci(()).base("Python 3")


def test_what_it_built_is_saved_as_an_engine_saves_it(context: Path, aside: Path, tmp_path: Path) -> None:
    layout, builder = python_base(tmp_path / "base"), Oci(())
    image = builder.build(context, builder.base(f"oci:{tmp_path / 'base'}"), aside)
    builder.save(image, tmp_path / "image.tar")
    saved = Saved(tmp_path / "image.tar")
    assert saved.image_id == image
    assert saved.config()["config"] == {**layout.config["config"], "User": "10001"}
    diff_ids = [layer.diff_id for layer in layout.layers]
    base, own = saved.layers(tmp_path / "layout", diff_ids, Cache(tmp_path / "kept"))
    (below,) = layout.layers
    assert base == Layer(below.digest, below.size, below.diff_id)
    with Layout(tmp_path / "layout").open(own) as opened:
        assert [member.name for member in opened] == ["opt", "opt/a.txt"]


def test_built_twice_it_is_the_same_image(context: Path, tmp_path: Path) -> None:
    python_base(tmp_path / "base")
    found = set()
    for name in ("one", "other"):
        builder = Oci(())
        (tmp_path / name).mkdir()
        found.add(builder.build(context, builder.base(f"oci:{tmp_path / 'base'}"), tmp_path / name))
    assert len(found) == 1


def test_a_forgotten_image_is_gone_and_may_be_forgotten_again(context: Path, aside: Path, tmp_path: Path) -> None:
    python_base(tmp_path / "base")
    builder = Oci(())
    image = builder.build(context, builder.base(f"oci:{tmp_path / 'base'}"), aside)
    builder.forget(image)
    builder.forget(image)
    with pytest.raises(KeyError):
        builder.save(image, tmp_path / "image.tar")


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"FROM ${BASE}\nRUN pip install x\n", "needs-an-engine", "`Dockerfile`, line 2"),
        (b"FROM other\n", "needs-an-engine", "names `other`"),
    ],
)
def test_a_dockerfile_that_cannot_be_followed_is_a_failure_of_the_build(
    content: bytes, code: str, said: str, context: Path, tmp_path: Path
) -> None:
    (context / "Dockerfile").write_bytes(content)
    python_base(tmp_path / "base")
    builder = Oci(())
    with pytest.raises(FailureError) as refused:
        builder.build(context, builder.base(f"oci:{tmp_path / 'base'}"), tmp_path)
    assert refused.value.code == code
    assert said in str(refused.value)


def test_a_builder_of_an_unknown_name_is_refused() -> None:
    with pytest.raises(UsageError, match="kiln"):
        choose("kiln")


def test_the_digest_of_a_pulled_base_is_checked(fakes: Callable[..., Any], tmp_path: Path) -> None:
    fake, layout = fakes(), python_base(tmp_path / "base")
    publish(fake, "1", layout)
    fake.blobs["team/base", layout.layers[0].digest] = b"something else"
    with pytest.raises(OutsideError) as refused:
        Oci(()).base(f"{fake.host}/team/base:1")
    assert sha256(b"something else") in str(refused.value)
