"""In-memory twins of what a line stands on, for tests: of relevo itself, of plugins, of lines.

Each passes the same contract suite as the real thing.
"""

import itertools
from collections.abc import Iterator, Mapping

from relevo.core.base import Tag
from relevo.core.errors import FailureError
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict


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
