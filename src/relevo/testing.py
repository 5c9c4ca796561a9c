"""In-memory twins of what a line stands on, for tests: of relevo itself, of plugins, of lines.

Each passes the same contract suite as the real thing.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from relevo.core.artifact import Artifact, Ref
from relevo.core.base import Tag
from relevo.core.errors import FailureError, NotFoundError, OutsideError
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.core.version import Version
from relevo.tools.files import digests


class FixedClock:
    """A `tools.clock.Clock` that stands at `moment` (ISO 8601, UTC)."""

    def __init__(self, moment: str = "2026-03-01T09:30:00Z") -> None:
        self.moment = moment

    def now(self) -> str:
        return self.moment


class Recorded:
    """A `core.ports.Progress` that keeps what it hears."""

    def __init__(self) -> None:
        self.steps: list[Message] = []
        self.verdicts: list[tuple[str, Verdict]] = []

    def step(self, message: Message, done: int = 0, total: int = 0) -> None:  # noqa: ARG002
        self.steps.append(message)

    def gate(self, stage: str, verdict: Verdict) -> None:
        self.verdicts.append((stage, verdict))


class MemoryStore:
    """A `core.ports.Store` that keeps everything in memory; what is read of it is laid out below `location`."""

    def __init__(self, location: Path) -> None:
        self.location = location
        self._kept: dict[Ref, tuple[Artifact, dict[str, bytes]]] = {}

    def versions(self, stage: str) -> Sequence[Version]:
        return sorted(ref.version for ref in self._kept if ref.stage == stage)

    def get(self, ref: Ref) -> Artifact:
        if ref not in self._kept:
            raise NotFoundError("artifact-missing", N_("{artifact} is not in the store"), artifact=str(ref))
        artifact, contents = self._kept[ref]
        for name, content in contents.items():
            path = artifact.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return artifact

    def put(self, artifact: Artifact) -> Artifact:
        there = self._kept.get(artifact.ref)
        if there and there[0].output_digest != artifact.output_digest:
            text = N_("{artifact} is in the store with other content: {theirs} there, {ours} here")
            both = {"theirs": there[0].output_digest, "ours": artifact.output_digest}
            raise FailureError("other-content", text, artifact=str(artifact.ref), **both)
        if not there:
            if digests(artifact.folder) != artifact.files:
                raise OutsideError(
                    "draft-changed", N_("`{path}` is not as it was when it was checked"), path=str(artifact.folder)
                )
            contents = {name: (artifact.folder / name).read_bytes() for name in artifact.files}
            folder = self.location / artifact.stage / str(artifact.version)
            self._kept[artifact.ref] = replace(artifact, folder=folder), contents
        return self.get(artifact.ref)

    def check(self, ref: Ref) -> Sequence[Message]:
        """Nothing: what is in memory is not touched by hand."""
        self.get(ref)
        return ()


class MemoryRepository:
    """A `core.ports.Repository` without git: `commit`, `switch`, `checkout` and `edit` do what their names say.

    >>> repository = MemoryRepository()
    >>> first = repository.commit()
    >>> repository.tag("data@v1.0.0", "data 1.0.0")
    >>> repository.tags()["data@v1.0.0"] == Tag(first, reachable=True)
    True
    """

    def __init__(self, branch: str = "main") -> None:
        self._branch = branch
        self._detached = ""
        self._heads: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._dirty = False
        self._numbers = itertools.count(1)

    def commit(self) -> str:
        """A new commit of everything that was edited."""
        commit = f"{next(self._numbers):040x}"
        self._parents[commit] = self.head()
        if self._branch:
            self._heads[self._branch] = commit
        else:
            self._detached = commit
        self._dirty = False
        return commit

    def switch(self, branch: str) -> None:
        """To `branch`, which starts at HEAD when it is new."""
        if branch not in self._heads and self.head():
            self._heads[branch] = self.head()
        self._branch = branch

    def checkout(self, commit: str) -> None:
        """To `commit`, detached."""
        self._branch, self._detached = "", commit

    def edit(self) -> None:
        """Change a file of the line without committing it."""
        self._dirty = True

    def head(self) -> str:
        return self._heads.get(self._branch, "") if self._branch else self._detached

    def branch(self) -> str:
        return self._branch

    def dirty(self) -> bool:
        return self._dirty

    def tags(self) -> Mapping[str, Tag]:
        return {name: Tag(commit, self.contains(commit)) for name, commit in self._tags.items()}

    def contains(self, commit: str) -> bool:
        return commit in self._history()

    def tag(self, name: str, message: str) -> None:  # noqa: ARG002
        theirs = self._tags.setdefault(name, self.head())
        if theirs != self.head():
            raise FailureError(
                "tag-taken", N_("the tag `{name}` is already at commit {theirs}"), name=name, theirs=theirs
            )

    def _history(self) -> Iterator[str]:
        commit = self.head()
        while commit:
            yield commit
            commit = self._parents[commit]
