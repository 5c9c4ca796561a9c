"""The store in a folder: its layout, what a kill leaves, what hands and disks do to it."""

import errno
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relevo.core.artifact import Artifact, Ref
from relevo.core.errors import NotFoundError, OutsideError
from relevo.stores.folder import LARGE, FolderStore
from relevo.tools.files import walk
from relevo.tools.process import run, start

Make = Callable[..., Artifact]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def content(store: FolderStore) -> list[str]:
    """What lies in the store, apart from its own lock."""
    return [name for name, _ in walk(store.location) if name != ".lock"]


def problems(store: FolderStore, ref: str = "model@1.0.0") -> list[str]:
    return [str(message) for message in store.check(Ref.parse(ref))]


def test_layout(store: FolderStore, make: Make) -> None:
    store.put(make("1.0.0"))
    store.put(make("1.1.0-pago.1"))
    assert content(store) == [
        f"model/{version}/{name}"
        for version in ("1.0.0", "1.1.0-pago.1")
        for name in ("manifest.json", "model.json", "weights/one.bin")
    ]
    assert json.loads((store.location / "model/1.0.0/manifest.json").read_text())["version"] == "1.0.0"


def test_other_files_and_folders_in_the_store_are_not_versions(store: FolderStore, make: Make) -> None:
    store.put(make("1.0.0"))
    (store.location / "model/notes.txt").write_text("")
    (store.location / "model/01.0.0").mkdir()
    (store.location / "README").write_text("")
    assert [str(version) for version in store.versions("model")] == ["1.0.0"]
    assert store.versions("README") == []


def test_a_large_file_that_recurs_in_the_next_version_is_kept_once(store: FolderStore, make: Make) -> None:
    base, small = b"b" * LARGE, b"s" * 10
    store.put(make("1.0.0", {"base": base, "small": small}))
    store.put(make("1.0.1", {"base": base, "small": small, "model": b"m"}))
    kept = {name: (store.location / "model/1.0.1" / name).stat().st_nlink for name in ("base", "small", "model")}
    assert kept == {"base": 2, "small": 1, "model": 1}
    assert problems(store, "model@1.0.1") == []


def test_a_damaged_large_file_is_not_taken_over(store: FolderStore, make: Make) -> None:
    store.put(make("1.0.0", {"base": b"b" * LARGE}))
    (store.location / "model/1.0.0/base").write_bytes(b"x" * LARGE)
    store.put(make("1.0.1", {"base": b"b" * LARGE}))
    assert problems(store, "model@1.0.1") == []
    assert problems(store, "model@1.0.0") != []


# touched by hand


def test_each_file_that_differs_is_missing_or_was_added_is_named(store: FolderStore, make: Make) -> None:
    folder = store.put(make("1.0.0", {"a": b"1", "b": b"2", "c": b"3", "deep/d": b"4"})).folder
    (folder / "a").write_bytes(b"touched")
    (folder / "b").unlink()
    (folder / "c").unlink()
    (folder / "c").symlink_to("a")
    (folder / "deep/e").write_bytes(b"")
    assert [text.split(" has digest")[0] for text in problems(store)] == [
        "`c` is no plain file",
        "`deep/e` is not in the manifest",
        "`a`",
        "`b` is missing",
    ]


def test_a_file_that_differs_is_shown_with_both_digests(store: FolderStore, make: Make) -> None:
    folder = store.put(make("1.0.0", {"a": b""})).folder
    (folder / "a").write_bytes(b"abc")
    # the well-known SHA-256 of "abc" and of nothing (FIPS 180-4 examples)
    assert problems(store) == [
        "`a` has digest ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad, "
        "and its manifest says e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("output_digest", "0" * 64),
        ("facts", {"accuracy": 1.0}),
        ("verdicts", []),
        ("made_at", "2020-01-01T00:00:00Z"),
        ("commit", ""),
    ],
)
def test_a_manifest_that_was_edited_is_noticed(store: FolderStore, make: Make, key: str, value: Any) -> None:
    path = store.put(make("1.0.0")).folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    assert problems(store) == ["manifest.json was changed after it was published"]


def test_a_manifest_whose_recipe_was_edited_does_not_fit_its_input_digest(store: FolderStore, make: Make) -> None:
    path = store.put(make("1.0.0")).folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "recipe": {"seed": "1"}}))
    assert "says input digest" in problems(store)[1]


def test_laying_a_manifest_out_otherwise_is_no_change(store: FolderStore, make: Make) -> None:
    path = store.put(make("1.0.0")).folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True, ensure_ascii=False))
    assert problems(store) == []


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff",
        b"[]",
        b"7",
        b"[" * 100_000,
        b"{}",
        {"format": 2},
        {"version": "1.0"},
        {"version": "1.0.1"},
        {"stage": "data"},
        {"files": []},
        {"files": {"/etc/passwd": "0"}},
        {"files": {"../1.0.1/model.json": "0"}},
        {"files": {"a//b": "0"}},
        {"facts": None},
        {"inputs": {"data": 1}},
        {"verdicts": [{"gate": "quality"}]},
        {"changes": [7]},
    ],
    ids=lambda damage: str(damage)[:40],
)
def test_a_broken_manifest_is_an_error_that_names_it(store: FolderStore, make: Make, damage: Any) -> None:
    path = store.put(make("1.0.0")).folder / "manifest.json"
    if isinstance(damage, bytes):
        path.write_bytes(damage)
    else:
        path.write_text(json.dumps({**json.loads(path.read_text()), **damage}))
    with pytest.raises(OutsideError, match=r"model/1\.0\.0/manifest\.json` is no manifest: ") as caught:
        store.get(Ref.parse("model@1.0.0"))
    assert caught.value.code == "manifest-broken"
    assert problems(store) == [str(caught.value.message)]


def test_a_version_whose_manifest_is_gone_is_seen_and_named(store: FolderStore, make: Make) -> None:
    (store.put(make("1.0.0")).folder / "manifest.json").unlink()
    assert [str(version) for version in store.versions("model")] == ["1.0.0"]
    assert "is no manifest: No such file" in problems(store)[0]
    with pytest.raises(OutsideError, match="is no manifest"):
        store.put(make("1.0.0"))


@pytest.mark.parametrize("stage", ["..", ".", "../store", "/etc", ".incoming", "a/b", ""])
def test_no_name_leads_out_of_the_store(store: FolderStore, make: Make, stage: str) -> None:
    version = store.put(make("1.0.0")).version
    with pytest.raises(NotFoundError):
        store.get(Ref(stage, version))
    with pytest.raises(NotFoundError):
        store.put(make("1.0.0", stage=stage))


def test_the_name_of_the_manifest_is_taken(store: FolderStore, make: Make) -> None:
    with pytest.raises(OutsideError, match=r"manifest\.json` is not as it was"):
        store.put(make("1.0.0", {"manifest.json": b"{}"}))


# disks


def test_a_place_that_is_no_folder_is_named(store: FolderStore, make: Make) -> None:
    store.location.parent.mkdir(exist_ok=True)
    store.location.write_text("a file where the store should be")
    with pytest.raises(OutsideError, match=rf"cannot write `{store.location}/model`: Not a directory"):
        store.put(make("1.0.0"))


REFUSALS = {errno.ENOSPC: "hint: make room", errno.EROFS: "hint: that disk is read-only"}


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_disk_that_refuses_leaves_the_store_as_it_was(
    store: FolderStore, make: Make, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    store.put(make("1.0.0"))
    before = content(store)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, refuse)
        with pytest.raises(OutsideError, match=rf"(?s)cannot write `{store.location}/.*{REFUSALS[code]}"):
            store.put(make("1.0.1"))
    assert content(store) == before
    store.put(make("1.0.1"))
    assert problems(store, "model@1.0.1") == []


# kills


PUT = """
import json, sys
from pathlib import Path
from relevo.core.artifact import Artifact
from relevo.stores.folder import LARGE, FolderStore

artifact = Artifact.from_json(json.loads(sys.argv[2]), Path(sys.argv[3]))
FolderStore(Path(sys.argv[1])).put(artifact)
"""
KILL_AFTER = Path(__file__).parents[1] / "kill_after.py"


@pytest.fixture
def putting(store: FolderStore, tmp_path: Path) -> Callable[[Artifact], list[str]]:
    """The arguments of a Python process that puts an artifact into the store."""
    script = tmp_path / "put.py"
    script.write_text(PUT)
    return lambda draft: [str(script), str(store.location), json.dumps(draft.to_json()), str(draft.folder)]


def test_killed_after_any_write_the_version_is_whole_or_not_there(
    store: FolderStore, make: Make, putting: Callable[[Artifact], list[str]]
) -> None:
    store.put(make("1.0.0"))
    seen = set()
    for calls in range(1, 100):
        version = f"1.0.{calls}"
        draft = make(version)
        done = run([sys.executable, str(KILL_AFTER), str(calls), *putting(draft)], timeout=30, check=False)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        there = draft.version in store.versions("model")
        seen.add(there)
        if there:
            assert problems(store, f"model@{version}") == []
        assert problems(store) == []
        store.put(draft)
        assert problems(store, f"model@{version}") == []
        assert not (store.location / ".incoming").exists()
        if done.returncode == 0:
            break
    assert calls > 8  # two files, their folders, the manifest, the rename, the store: so many moments were tried
    assert seen == {True, False}


def test_what_a_killed_run_left_is_removed_by_the_next_put(store: FolderStore, make: Make) -> None:
    left = store.location / ".incoming/data@3.0.0"
    left.mkdir(parents=True)
    (left / "rows.parquet").write_bytes(b"half")
    store.put(make("2.0.0"))
    assert {name.split("/")[0] for name in content(store)} == {"model"}


def test_many_writers_of_one_store_do_not_disturb_each_other(
    store: FolderStore, make: Make, putting: Callable[[Artifact], list[str]]
) -> None:
    drafts = [make(f"1.{number % 2}.0", {"a": str(number % 2).encode() * 10**6}) for number in range(6)]
    writers = [start([sys.executable, *putting(draft)]) for draft in drafts]
    for writer in writers:
        while writer.returncode is None:
            time.sleep(0.01)
        assert writer.stop() == 0, writer.errors
    assert [problems(store, f"model@{version}") for version in store.versions("model")] == [[], []]
