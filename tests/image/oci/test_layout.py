"""An image on the disk: the same image has the same digests, and nothing lies there that is not described."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_image import config_of, file, laid_out, sha256, tar

from relevo.image.oci.archive import compress
from relevo.image.oci.layout import Layer, Layout, adopt, copy_blob, write

ONE, TWO = tar(file("a", b"1")), tar(file("b", b"2"))


def blobs(folder: Path) -> set[str]:
    return {f"sha256:{path.name}" for path in (folder / "blobs" / "sha256").iterdir()}


def test_an_image_is_an_index_a_manifest_a_config_and_its_layers(tmp_path: Path) -> None:
    layers = [compress(iter([content]), tmp_path) for content in (ONE, TWO)]
    config = config_of([ONE, TWO], User="10001")
    layout = write(tmp_path, config, layers, "localhost/relevo/quejas:1.0.0")
    assert json.loads((tmp_path / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    (described,) = json.loads((tmp_path / "index.json").read_text())["manifests"]
    assert described == {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": layout.digest,
        "size": layout.blob(layout.digest).stat().st_size,
        "annotations": {"org.opencontainers.image.ref.name": "localhost/relevo/quejas:1.0.0"},
    }
    assert json.loads((tmp_path / "index.json").read_text())["schemaVersion"] == 2
    assert layout.manifest["schemaVersion"] == 2
    assert layout.manifest["config"]["digest"] == layout.image_id
    assert [blob["digest"] for blob in layout.manifest["layers"]] == [layer.digest for layer in layers]
    assert layout.config == config
    assert {*blobs(tmp_path)} == {layout.digest, layout.image_id, *(layer.digest for layer in layers)}


def test_every_blob_has_its_digest_and_its_size(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, ONE, TWO)
    for name in blobs(tmp_path):
        assert sha256(layout.blob(name).read_bytes()) == name
    described = [layout.manifest["config"], *layout.manifest["layers"]]
    assert [each["size"] for each in described] == [layout.blob(each["digest"]).stat().st_size for each in described]


def test_a_layer_knows_its_tar_and_the_instruction_that_made_it(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, ONE, TWO)
    assert [(layer.diff_id, layer.by) for layer in layout.layers] == [
        (sha256(ONE), "layer 0"),
        (sha256(TWO), "layer 1"),
    ]
    with layout.open(layout.layers[1]) as opened:
        assert [member.name for member in opened] == ["b"]


@pytest.mark.parametrize(
    ("history", "by"),
    [
        ([{"created_by": "RUN a"}, {"empty_layer": True}, {"created_by": "COPY c"}], ["RUN a", "COPY c"]),
        ([{"created_by": "RUN a"}], ["", ""]),
        ([{}, {"created_by": "COPY c"}], ["", "COPY c"]),
        (None, ["", ""]),
    ],
    ids=["what made no layer is left out", "fewer than layers", "without words", "none"],
)  # fmt: skip
def test_a_history_that_does_not_fit_says_nothing(history: Any, by: list[str], tmp_path: Path) -> None:
    config = {**config_of([ONE, TWO]), "history": history}
    if history is None:
        del config["history"]
    layout = write(tmp_path, config, [compress(iter([content]), tmp_path) for content in (ONE, TWO)])
    assert [layer.by for layer in layout.layers] == by


def test_the_same_config_and_layers_have_the_same_digests_whatever_their_order_of_keys(tmp_path: Path) -> None:
    config = config_of([ONE], User="1", Env=["B=2", "A=1"])
    turned = dict(reversed(config.items()))
    one, other = (
        write(tmp_path / name, its, [compress(iter([ONE]), tmp_path / name)])
        for name, its in (("one", config), ("other", turned))
    )
    assert list(config) != list(turned)
    assert (one.digest, one.image_id) == (other.digest, other.image_id)
    assert (tmp_path / "one/index.json").read_bytes() == (tmp_path / "other/index.json").read_bytes()


@pytest.mark.parametrize(
    "other",
    [{"User": "2"}, {"Env": ["A=1"]}, {"Labels": {"a": "b"}}],
    ids=["user", "environment", "labels"],
)
def test_how_it_is_started_is_part_of_what_it_is(other: dict[str, Any], tmp_path: Path) -> None:
    one, changed = (
        laid_out(tmp_path / "one", ONE, User="1"),
        laid_out(tmp_path / "other", ONE, **{"User": "1", **other}),
    )
    assert one.image_id != changed.image_id
    assert one.digest != changed.digest
    assert one.layers == changed.layers


def test_what_was_described_before_is_gone_once_it_is_described_anew(tmp_path: Path) -> None:
    first = laid_out(tmp_path, ONE, User="1")
    old = first.digest, first.image_id
    second = write(tmp_path, {**first.config, "created": "now"}, first.layers)
    assert {*old}.isdisjoint(blobs(tmp_path))
    assert blobs(tmp_path) == {second.digest, second.image_id, first.layers[0].digest}


def test_described_twice_it_is_as_described_once(tmp_path: Path) -> None:
    first = laid_out(tmp_path, ONE)
    digest = first.digest
    assert write(tmp_path, first.config, first.layers).digest == digest
    assert Layout(tmp_path).layers[0].diff_id == sha256(ONE)


def test_a_manifest_of_somebody_else_is_kept_byte_for_byte(tmp_path: Path) -> None:
    mine = laid_out(tmp_path, ONE)
    theirs = json.dumps(dict(mine.manifest), indent=3).encode() + b"\n"
    assert theirs != mine.blob(mine.digest).read_bytes()
    adopted = adopt(tmp_path, theirs)
    assert adopted.digest == sha256(theirs)
    assert adopted.blob(adopted.digest).read_bytes() == theirs
    assert "annotations" not in json.loads((tmp_path / "index.json").read_text())["manifests"][0]
    assert adopted.layers == mine.layers


def test_a_blob_is_brought_over_once(tmp_path: Path) -> None:
    source = tmp_path / "blob"
    source.write_bytes(b"layer")
    name = sha256(b"layer")
    copy_blob(source, tmp_path / "layout", name)
    copied = Layout(tmp_path / "layout").blob(name)
    assert copied.read_bytes() == b"layer"
    copied.unlink()
    copied.write_bytes(b"there already")
    copy_blob(source, tmp_path / "layout", name)
    assert copied.read_bytes() == b"there already"


def test_a_blob_that_cannot_be_linked_is_copied(tmp_path: Path) -> None:
    original = tmp_path / "blob"
    original.write_bytes(b"layer")
    symbolic = Path("/proc/self/fd") / str((opened := original.open("rb")).fileno())  # of another file system
    with opened:
        copy_blob(symbolic, tmp_path / "layout", sha256(b"layer"))
    copied = Layout(tmp_path / "layout").blob(sha256(b"layer"))
    assert copied.read_bytes() == b"layer"
    assert copied.stat().st_nlink == original.stat().st_nlink == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda layout: (layout.folder / "index.json").unlink(),
        lambda layout: (layout.folder / "index.json").write_text("{"),
        lambda layout: (layout.folder / "index.json").write_text("{}"),
        lambda layout: (layout.folder / "index.json").write_text('{"manifests": []}'),
        lambda layout: layout.blob(layout.digest).unlink(),
        lambda layout: layout.blob(layout.image_id).unlink(),
        lambda layout: layout.blob(layout.image_id).write_text("{}"),
        lambda layout: layout.blob(layout.image_id).write_text('{"rootfs": {"diff_ids": []}}'),
    ],
    ids=[
        "no index",
        "half an index",
        "an empty index",
        "no image",
        "no manifest",
        "no config",
        "other config",
        "layers",
    ],
)
def test_what_is_no_layout_says_so_when_it_is_read(spoil: Any, tmp_path: Path) -> None:
    laid_out(tmp_path, ONE)
    spoil(Layout(tmp_path))
    with pytest.raises((OSError, LookupError, ValueError)):
        _ = Layout(tmp_path).layers


@given(
    st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text())), max_size=5),
    st.lists(st.builds(Layer, st.text(), st.integers(0), st.text()), max_size=3),
)
def test_any_config_comes_back_as_it_was(tmp_path_factory: Any, config: dict[str, Any], layers: list[Layer]) -> None:
    folder = tmp_path_factory.mktemp("layout")
    layout = write(folder, config, layers)
    assert Layout(folder).config == config
    content = layout.blob(layout.image_id).read_bytes()
    assert layout.image_id == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert [blob["digest"] for blob in Layout(folder).manifest["layers"]] == [layer.digest for layer in layers]
