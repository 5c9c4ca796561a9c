"""Artifacts in a folder: `STAGE/VERSION/{manifest.json, files …}`.

An artifact is copied to `.incoming/`, every file and folder of it is synced to the disk, its manifest last; one rename
makes it visible, whole. Whoever is killed leaves something in `.incoming/` at most, and the next `put` removes it.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from relevo.core.artifact import MANIFEST, Artifact, Ref, digest, input_digest
from relevo.core.errors import FailureError, NotFoundError, OutsideError
from relevo.core.message import N_, Message
from relevo.core.version import Version
from relevo.tools.files import is_plain, not_plain, sha256, sync, unreadable, unwritable, walk

_INCOMING = ".incoming"
_LOCK = ".lock"
#: A file of so many bytes that recurs in the next version of its stage, as the base of an image does, is kept once.
LARGE = 1 << 20
_STAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)
#: The digest that a manifest carries of all its other fields.
_SEAL = "manifest_digest"


class FolderStore:
    """The store at `location`, which is made by the first `put`. Satisfies `core.ports.Store`."""

    def __init__(self, location: Path) -> None:
        self.location = location

    def versions(self, stage: str) -> Sequence[Version]:
        try:
            names = [path.name for path in (self.location / stage).iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise unreadable(self.location / stage, error) from error
        found = []
        for name in names:
            with suppress(ValueError):
                found.append(Version.parse(name))
        return sorted(found)

    def get(self, ref: Ref) -> Artifact:
        return self._read(ref)[0]

    def put(self, artifact: Artifact) -> Artifact:
        folder = self._folder(artifact.ref)
        aside = self.location / _INCOMING / str(artifact.ref)
        try:
            _make_folder(folder.parent)
            with self._alone():
                shutil.rmtree(aside.parent, ignore_errors=True)
                there = self._same(artifact) if folder.exists() else None
                if not there:
                    try:
                        aside.mkdir(parents=True)
                        _copy(artifact, aside, self._large(artifact.stage))
                        _write_manifest(artifact, aside)
                        aside.rename(folder)
                    finally:
                        shutil.rmtree(aside.parent, ignore_errors=True)
                # Also for what was there: whoever renamed it may have been killed before this.
                sync(folder.parent)
        except OSError as error:
            raise unwritable(Path(error.filename2 or error.filename or folder), error) from error
        return there or replace(artifact, folder=folder)

    def check(self, ref: Ref) -> Sequence[Message]:
        try:
            artifact, manifest = self._read(ref)
        except OutsideError as error:
            return [error.message]
        seal = manifest.pop(_SEAL, None)
        problems = []
        if seal != digest(manifest):
            problems.append(Message(N_("{file} was changed after it was published"), {"file": MANIFEST}))
        made_from = input_digest(artifact.stage, artifact.inputs, artifact.recipe)
        if made_from != artifact.input_digest:
            params = {"file": MANIFEST, "written": artifact.input_digest, "found": made_from}
            problems.append(
                Message(N_("{file} says input digest {written}, but its inputs and recipe give {found}"), params)
            )
        try:
            problems.extend(_compare(artifact.folder, artifact.files))
        except OSError as error:
            problems.append(unreadable(Path(error.filename or artifact.folder), error).message)
        return problems

    def _folder(self, ref: Ref) -> Path:
        """Raises NotFoundError for a stage whose name would lead out of the store."""
        if not _STAGE.fullmatch(ref.stage):
            raise _missing(ref)
        return self.location / ref.stage / str(ref.version)

    def _read(self, ref: Ref) -> tuple[Artifact, dict[str, Any]]:
        folder = self._folder(ref)
        path = folder / MANIFEST
        try:
            manifest = json.loads(path.read_bytes())
            artifact = Artifact.from_json(manifest, folder)
            if artifact.ref != ref:
                raise ValueError(f"it is the manifest of {artifact.ref}")
            for name in artifact.files:
                if PurePosixPath(name).is_absolute() or not {"", ".", ".."}.isdisjoint(name.split("/")):
                    raise ValueError(f"it names the file {name!r}")
        except OSError as error:
            if not folder.exists():
                raise _missing(ref) from None
            raise _broken(path, error.strerror or str(error)) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _broken(path, f"{type(error).__name__}: {error}") from error
        return artifact, manifest

    def _large(self, stage: str) -> dict[str, Path]:
        """SHA-256 → path of the large files of the newest version of `stage`; empty when it cannot be read."""
        try:
            newest = self.get(Ref(stage, self.versions(stage)[-1]))
            paths = {digest: newest.folder / name for name, digest in newest.files.items()}
            return {digest: path for digest, path in paths.items() if path.stat().st_size >= LARGE}
        except (IndexError, OSError, OutsideError):
            return {}

    def _same(self, artifact: Artifact) -> Artifact:
        there = self.get(artifact.ref)
        if there.output_digest != artifact.output_digest:
            raise FailureError(
                "other-content",
                N_("{artifact} is in the store with other content: {theirs} there, {ours} here"),
                hint=N_("a published version never changes: see both with `relevo show` and make a new one"),
                artifact=str(artifact.ref),
                theirs=there.output_digest,
                ours=artifact.output_digest,
            )
        return there

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time; the system takes the lock back from whoever is killed."""
        with (self.location / _LOCK).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _missing(ref: Ref) -> NotFoundError:
    return NotFoundError(
        "artifact-missing",
        N_("{artifact} is not in the store"),
        hint=N_("`relevo log` lists what there is"),
        artifact=str(ref),
    )


def _broken(path: Path, reason: str) -> OutsideError:
    return OutsideError(
        "manifest-broken",
        N_("`{path}` is no manifest: {reason}"),
        hint=N_("bring that folder back from a backup, or remove it whole"),
        path=str(path),
        reason=reason,
    )


def _make_folder(folder: Path) -> None:
    """`mkdir -p`, with every new name synced to the disk."""
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


def _copy(artifact: Artifact, aside: Path, large: Mapping[str, Path]) -> None:
    """Copies the files, and makes sure that what arrived is what the artifact says. A file whose digest is in `large`
    becomes a link to what lies there."""
    for name, path in walk(artifact.folder):
        if not is_plain(path):
            raise not_plain(path)
        if name not in artifact.files:
            raise _changed(path)
        target = aside / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not _linked(target, large.get(artifact.files[name]), artifact.files[name]):
            shutil.copyfile(path, target)
    for name, expected in artifact.files.items():
        if name == MANIFEST or not (aside / name).is_file() or sha256(aside / name) != expected:
            raise _changed(artifact.folder / name)


def _linked(target: Path, there: Path | None, digest: str) -> bool:
    """Make `target` a link to the file `there`, unless that is damaged, or the disk knows no links."""
    with suppress(OSError):
        if there and is_plain(there) and sha256(there) == digest:
            target.hardlink_to(there)
            return True
    return False


def _changed(path: Path) -> OutsideError:
    return OutsideError(
        "draft-changed",
        N_("`{path}` is not as it was when it was checked; nothing was published"),
        hint=N_("leave .relevo alone while relevo runs, and run again"),
        path=str(path),
    )


def _write_manifest(artifact: Artifact, aside: Path) -> None:
    """After everything else is on the disk."""
    for folder, _, files in os.walk(aside, topdown=False):
        for name in files:
            sync(Path(folder, name))
        sync(Path(folder))
    manifest = artifact.to_json()
    path = aside / MANIFEST
    path.write_text(json.dumps({**manifest, _SEAL: digest(manifest)}, indent=1) + "\n", encoding="ascii")
    sync(path)
    sync(aside)


def _compare(folder: Path, files: Mapping[str, str]) -> Iterator[Message]:
    there = dict(walk(folder))
    for name, path in there.items():
        if name not in files and name != MANIFEST:
            yield Message(N_("`{file}` is not in the manifest"), {"file": name})
        elif not is_plain(path):
            yield Message(N_("`{file}` is no plain file"), {"file": name})
    for name, expected in files.items():
        if name not in there:
            yield Message(N_("`{file}` is missing"), {"file": name})
        elif is_plain(there[name]) and (found := sha256(there[name])) != expected:
            params = {"file": name, "expected": expected, "found": found}
            yield Message(N_("`{file}` has digest {found}, and its manifest says {expected}"), params)
