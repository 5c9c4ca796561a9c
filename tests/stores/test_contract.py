"""What every store must do (`core.ports.Store`). A new store is one more line in `STORES`."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from relevo.core.artifact import Artifact, Ref
from relevo.core.errors import FailureError, NotFoundError, OutsideError
from relevo.core.ports import Store
from relevo.stores.folder import FolderStore
from relevo.testing import MemoryStore
from relevo.tools.files import digests

STORES: list[Callable[[Path], Store]] = [FolderStore, MemoryStore]


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    opened: Store = request.param(tmp_path / "some" / "store")
    return opened


def test_an_empty_store_has_no_versions_and_makes_nothing_by_reading(store: Store, tmp_path: Path) -> None:
    assert list(store.versions("model")) == []
    assert list(tmp_path.iterdir()) == []


def test_what_is_put_comes_back_the_same(store: Store, make: Callable[..., Artifact]) -> None:
    draft = make("1.0.0")
    put = store.put(draft)
    shutil.rmtree(draft.folder)
    got = store.get(Ref.parse("model@1.0.0"))
    assert got == put == draft
    assert digests(got.folder).items() >= got.files.items()
    assert (got.folder / "weights/one.bin").read_bytes() == b"\0\1"
    assert not list(store.check(got.ref))


def test_the_result_of_put_lies_in_the_store(store: Store, make: Callable[..., Artifact]) -> None:
    draft = make("1.0.0")
    put = store.put(draft)
    assert put.folder != draft.folder
    assert put.folder == store.get(put.ref).folder


def test_versions_are_those_of_one_stage_in_ascending_order(store: Store, make: Callable[..., Artifact]) -> None:
    for version in ("1.10.0", "1.2.0", "2.0.0-pago.2", "2.0.0", "2.0.0-pago.10"):
        store.put(make(version))
    store.put(make("7.0.0", stage="data"))
    assert [str(v) for v in store.versions("model")] == ["1.2.0", "1.10.0", "2.0.0-pago.2", "2.0.0-pago.10", "2.0.0"]


def test_an_artifact_that_is_not_there_is_named(store: Store, make: Callable[..., Artifact]) -> None:
    store.put(make("1.0.0"))
    with pytest.raises(NotFoundError, match=r"model@1\.0\.1 is not in the store"):
        store.get(Ref.parse("model@1.0.1"))


def test_the_same_content_again_changes_nothing(store: Store, make: Callable[..., Artifact]) -> None:
    first = store.put(make("1.0.0"))
    again = store.put(make("1.0.0", made_at="2027-01-01T00:00:00Z"))
    assert again.made_at == first.made_at == store.get(first.ref).made_at


def test_other_content_under_the_same_version_is_refused_naming_both(
    store: Store, make: Callable[..., Artifact]
) -> None:
    first, other = make("1.0.0"), make("1.0.0", {"model.json": b"other"})
    store.put(first)
    with pytest.raises(FailureError) as caught:
        store.put(other)
    assert caught.value.code == "other-content"
    assert first.output_digest in str(caught.value)
    assert other.output_digest in str(caught.value)
    assert store.get(first.ref) == first
    assert not list(store.check(first.ref))


@pytest.mark.parametrize("what", ["changed", "missing", "added"])
def test_a_draft_that_is_not_what_was_checked_is_refused(
    store: Store, make: Callable[..., Artifact], what: str
) -> None:
    draft = make("1.0.0")
    match what:
        case "changed":
            (draft.folder / "model.json").write_bytes(b"[]")
        case "missing":
            (draft.folder / "model.json").unlink()
        case _:
            (draft.folder / "notes.txt").write_bytes(b"")
    with pytest.raises(OutsideError) as caught:
        store.put(draft)
    assert caught.value.code == "draft-changed"
    assert list(store.versions("model")) == []


@pytest.mark.parametrize("what", ["link", "link to a folder", "pipe"])
def test_only_plain_files_are_kept(store: Store, make: Callable[..., Artifact], tmp_path: Path, what: str) -> None:
    draft = make("1.0.0")
    odd = draft.folder / "odd"
    match what:
        case "link":
            odd.symlink_to(draft.folder / "model.json")
        case "link to a folder":
            odd.symlink_to(tmp_path)
        case _:
            os.mkfifo(odd)
    with pytest.raises(OutsideError, match="odd` is no plain file"):
        store.put(draft)
    assert list(store.versions("model")) == []
