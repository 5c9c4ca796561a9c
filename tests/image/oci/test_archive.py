"""What engines save becomes a layout in which neither the time of the build nor the engine shows, and back."""

import gzip
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_image import Member, config_of, file, folder, hardlink, laid_out, link, listed, save, sha256, tar

from relevo.image.oci.archive import Cache, Saved, compress, pack, rewritten
from relevo.image.oci.layout import Layer, Layout

XATTR = "SCHILY.xattr.user.note"
#: As an engine makes them: with times, and with the names of the owners on the machine where it was built.
BASE = tar(folder("usr"), file("usr/old", b"base", mtime=1_700_000_000, uname="root", gname="root"))
OWN = tar(
    folder("proc", mtime=5),
    folder("dev/"),
    folder("./sys"),
    folder("opt", mtime=7.25, uname="ana"),
    file("opt/new", b"own", 0o755, mtime=8, uid=10001, gname="staff", pax_headers={XATTR: "kept", "LIBARCHIVE.x": "1"}),
    folder("run"),
)


def again(content: bytes) -> bytes:
    return b"".join(rewritten(io.BytesIO(content)))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def layers(archive: Path, where: Path, base: Sequence[bytes], cache: Cache) -> list[bytes]:
    """The tar of each layer that comes to lie in `where`."""
    found = Saved(archive).layers(where, [sha256(content) for content in base], cache)
    layout = Layout(where)
    contents = []
    for layer in found:
        blob = layout.blob(layer.digest)
        assert (sha256(blob.read_bytes()), blob.stat().st_size) == (layer.digest, layer.size)
        contents.append(gzip.decompress(blob.read_bytes()))
        assert sha256(contents[-1]) == layer.diff_id
    return contents


zipped = pytest.mark.parametrize("zipped", [False, True], ids=["plain", "zipped"])


@zipped
def test_the_layers_of_the_base_stay_what_they_are_and_the_others_lose_their_times(
    zipped: bool, tmp_path: Path, cache: Cache
) -> None:
    archive = save(tmp_path / "image.tar", [BASE, OWN], config_of([BASE, OWN]), zipped)
    base, own = layers(archive, tmp_path / "layout", [BASE], cache)
    assert base == BASE
    assert own == again(OWN) != OWN


def test_in_an_own_layer_no_time_no_name_of_an_owner_and_no_place_of_a_mount_is_left() -> None:
    found = [member for member, _ in listed(again(OWN))]
    assert [(its.name, its.mode, its.mtime, its.uid, its.uname, its.gname) for its in found] == [
        ("opt", 0o755, 0, 0, "", ""),
        ("opt/new", 0o755, 0, 10001, "", ""),
    ]
    assert found[1].pax_headers == {XATTR: "kept"}


@pytest.mark.parametrize("name", ["dev", "proc", "run", "sys"])
def test_only_the_folder_of_a_mount_is_left_out_and_not_what_lies_in_it_or_is_called_alike(name: str) -> None:
    others = [f"{name}/x", f"opt/{name}", f"{name}x"]
    kept = again(tar(folder(name), *(folder(other) for other in others)))
    assert [member.name for member, _ in listed(kept)] == others
    assert [member.name for member, _ in listed(again(tar(file(name))))] == [name], "a file is no place of a mount"


def test_a_base_that_was_met_before_is_not_compressed_again(tmp_path: Path, cache: Cache) -> None:
    config = config_of([BASE, OWN])
    first = save(tmp_path / "1.tar", [BASE, OWN], config)
    second = save(tmp_path / "2.tar", [b"not even looked at", OWN], config)
    once = layers(first, tmp_path / "first", [BASE], cache)
    assert layers(second, tmp_path / "second", [BASE], cache) == once


def test_a_layer_that_is_longer_than_a_piece_is_written_once() -> None:
    contents = {f"opt/{number}": bytes([number]) * 50_000 for number in range(5)}
    new = again(tar(*(file(name, content) for name, content in contents.items())))
    assert {member.name: content for member, content in listed(new)} == contents
    assert len(new) < 6 * 50_000


def test_own_layers_are_never_remembered(tmp_path: Path, cache: Cache) -> None:
    config = config_of([BASE, OWN])
    layers(save(tmp_path / "1.tar", [BASE, OWN], config), tmp_path / "first", [BASE], cache)
    other = tar(file("opt/new", b"other"))
    _, own = layers(save(tmp_path / "2.tar", [BASE, other], config), tmp_path / "second", [BASE], cache)
    assert [content for _, content in listed(own)] == [b"other"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda blob: blob.write_bytes(blob.read_bytes()[:-1]),
        lambda blob: blob.unlink(),
        lambda blob: blob.with_suffix(".json").write_text("["),
        lambda blob: blob.with_suffix(".json").unlink(),
    ],
    ids=["cut off", "gone", "described in half", "not described"],
)
def test_a_spoilt_cache_heals(spoil: Any, tmp_path: Path, cache: Cache) -> None:
    archive = save(tmp_path / "image.tar", [BASE, OWN], config_of([BASE, OWN]))
    good = layers(archive, tmp_path / "1", [BASE], cache)
    kept = tmp_path / "cache" / "blobs" / "sha256" / sha256(BASE).removeprefix("sha256:")
    content = kept.read_bytes()
    kept.unlink()  # the layouts that were made have it by a link
    kept.write_bytes(content)
    spoil(kept)
    assert cache.get(sha256(BASE)) is None
    assert layers(archive, tmp_path / "2", [BASE], cache) == good
    found = cache.get(sha256(BASE))
    assert found is not None
    assert found[0].read_bytes() == content


@pytest.mark.parametrize(
    "base", [[], [OWN], [OWN, BASE], [tar(), OWN]], ids=["no base", "another", "turned", "another below"]
)
def test_a_layer_is_of_the_base_only_at_its_own_place(base: list[bytes], tmp_path: Path, cache: Cache) -> None:
    below = tar(file("x", mtime=3))
    archive = save(tmp_path / "image.tar", [BASE, below], config_of([BASE, below]))
    assert layers(archive, tmp_path / "layout", base, cache) == [again(BASE), again(below)]


def test_the_id_of_a_saved_image_is_the_digest_of_its_config(tmp_path: Path) -> None:
    config = config_of([BASE], User="1")
    saved = Saved(save(tmp_path / "image.tar", [BASE], config))
    assert saved.config() == config
    assert saved.image_id == sha256(json.dumps(config).encode())


@pytest.mark.parametrize(
    ("content", "raised"),
    [
        (b"no archive", tarfile.TarError),
        (tar(), KeyError),
        (tar(file("manifest.json", b"{")), ValueError),
        (tar(file("manifest.json", b'[{"Layers": []}]')), KeyError),
        (tar(folder("config.json"), file("manifest.json", b'[{"Config": "config.json", "Layers": []}]')), ValueError),
    ],
    ids=["no tar", "an empty one", "half a manifest", "no config", "a folder for a config"],
)
def test_what_is_no_saved_image_is_refused(
    content: bytes, raised: type[Exception], tmp_path: Path, cache: Cache
) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(content)
    with pytest.raises(raised):
        Saved(path).layers(tmp_path / "layout", [], cache)


def test_a_folder_in_the_place_of_a_layer_is_refused(tmp_path: Path, cache: Cache) -> None:
    manifest = b'[{"Config": "config.json", "Layers": ["0"]}]'
    config = json.dumps(config_of([BASE])).encode()
    (tmp_path / "image.tar").write_bytes(tar(file("manifest.json", manifest), file("config.json", config), folder("0")))
    with pytest.raises(ValueError, match="`0` is no file"):
        Saved(tmp_path / "image.tar").layers(tmp_path / "layout", [], cache)


def test_an_image_that_promises_more_layers_than_it_has_is_refused(tmp_path: Path, cache: Cache) -> None:
    archive = save(tmp_path / "image.tar", [BASE], config_of([BASE, OWN]))
    with pytest.raises(ValueError, match=r"zip\(\)"):
        Saved(archive).layers(tmp_path / "layout", [], cache)


def test_a_packed_image_is_both_a_layout_and_what_an_engine_saves(tmp_path: Path, cache: Cache) -> None:
    layout = laid_out(tmp_path / "layout", BASE, again(OWN), User="10001", Entrypoint=["python3"])
    pack(layout, tmp_path / "image.tar", "localhost/relevo/quejas:1.0.0")
    saved = Saved(tmp_path / "image.tar")
    assert (saved.config(), saved.image_id) == (layout.config, layout.image_id)
    assert saved.layers(tmp_path / "back", [layer.diff_id for layer in layout.layers], cache) == tuple(
        Layer(layer.digest, layer.size, layer.diff_id) for layer in layout.layers
    )
    with tarfile.open(tmp_path / "image.tar") as opened:
        assert json.load(opened.extractfile("manifest.json"))[0]["RepoTags"] == [  # type: ignore[arg-type]
            "localhost/relevo/quejas:1.0.0"
        ]
        opened.extractall(tmp_path / "opened", filter="data")
    other = Layout(tmp_path / "opened")
    assert (other.digest, other.config, other.layers) == (layout.digest, layout.config, layout.layers)


def test_the_same_layer_is_compressed_to_the_same_blob(tmp_path: Path) -> None:
    one = compress(iter([OWN]), tmp_path / "one")
    other = compress(iter([OWN[:1000], OWN[1000:]]), tmp_path / "other")
    assert one == other
    assert [path.name for path in (tmp_path / "one/blobs/sha256").iterdir()] == [one.digest.removeprefix("sha256:")]


# Names that are as long as tar has no place for, and of any alphabet; mounts have a test of their own above.
names = st.text(st.sampled_from("aé😀b.- "), min_size=1, max_size=40).map(lambda name: f"opt/{name}/{'x' * 70}")
attributes = {
    "mtime": st.one_of(st.integers(0, 2**40), st.floats(0, 2**31)),
    "uid": st.integers(0, 2**31),
    "gid": st.integers(0, 2**31),
    "uname": st.sampled_from(["", "root", "año"]),
    "gname": st.sampled_from(["", "staff"]),
    "pax_headers": st.dictionaries(
        st.sampled_from(["SCHILY.xattr.user.a", "SCHILY.xattr.security.capability"]),
        st.binary(min_size=1, max_size=9).map(lambda value: value.decode(errors="surrogateescape")),
    ),
}
MODES = st.integers(0, 0o7777)


@st.composite
def members(draw: Any) -> list[Member]:
    found = []
    for name in draw(st.lists(names, unique=True, max_size=4)):
        more = {key: draw(value) for key, value in attributes.items()}
        kind = draw(st.sampled_from([file, folder, link, hardlink]))
        if kind is file:
            found.append(file(name, draw(st.binary(max_size=600)), draw(MODES), **more))
        elif kind is folder:
            found.append(folder(name, draw(MODES), **more))
        else:
            found.append(kind(name, draw(names), **more))
    return found


def told(content: bytes) -> list[Any]:
    """What a container sees of each entry."""
    return [
        (
            its.name,
            its.type,
            its.mode,
            its.uid,
            its.gid,
            its.linkname,
            {key: value for key, value in its.pax_headers.items() if key.startswith("SCHILY.xattr.")},
            inside,
        )
        for its, inside in listed(content)
    ]


@given(members())
def test_rewritten_a_layer_keeps_everything_but_times_and_names_of_owners(found: list[Member]) -> None:
    old = tar(*found)
    new = again(old)
    assert told(new) == told(old)
    assert [(its.mtime, its.uname, its.gname) for its, _ in listed(new)] == [(0, "", "")] * len(found)
    assert again(new) == new


@given(members(), st.lists(st.tuples(attributes["mtime"], attributes["uname"]), min_size=5, max_size=5))
def test_rewritten_a_layer_does_not_tell_when_and_where_it_was_built(found: list[Member], other: list[Any]) -> None:
    one = again(tar(*found))
    for (member, _), (mtime, uname) in zip(found, other, strict=False):
        member.mtime, member.uname = mtime, uname
    assert again(tar(*found)) == one
