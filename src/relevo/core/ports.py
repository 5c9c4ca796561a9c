"""The seams. Each port is a Protocol with a working example, and each has a contract suite under `tests/`.

Classes are found by entry point (`relevo.stages`, `.gates`, `.sources`, `.stores`): built-ins and plugins alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from relevo.core.artifact import Artifact, Draft, Made, Ref
from relevo.core.base import Tag
from relevo.core.change import Change
from relevo.core.message import Message
from relevo.core.plan import Planned, Stop
from relevo.core.settings import Settings
from relevo.core.verdict import Verdict
from relevo.core.version import Version


class Progress(Protocol):
    """Hears how far long work is. The tool is silent; only `cli/` shows it."""

    def step(self, message: Message, done: int = 0, total: int = 0) -> None:
        """`message` says what is being done now; `total` 0 means that nobody knows how much there is."""

    def gate(self, stage: str, verdict: Verdict) -> None:
        """One gate of `stage` has spoken."""


class Silent:
    """Progress that nobody watches."""

    def step(self, message: Message, done: int = 0, total: int = 0) -> None:
        pass

    def gate(self, stage: str, verdict: Verdict) -> None:
        pass


class Stage(Protocol):
    """One stage of a line: makes one kind of artifact. Built as `cls(root, settings)`.

    class Sbom:
        name, takes = "sbom", ("service",)

        def __init__(self, root, settings): ...
        def recipe(self): return {"format": "cyclonedx"}
        def stops(self, upstream, inputs): return ()
        def foresee(self, base, aside, progress): return None
        def make(self, inputs, folder, progress):
            (folder / "sbom.json").write_text("{}")
            return Made(facts={"packages": 0})
        def changes(self, base, made, folder): return ()
        def finish(self, draft): pass
    """

    name: ClassVar[str]
    takes: ClassVar[tuple[str, ...]]

    def __init__(self, root: Path, settings: Settings) -> None: ...

    def recipe(self) -> Mapping[str, str]:
        """The stage's own sources and settings: name → digest or value. Cheap, and without side effects.

        Raises UsageError when a source or setting is missing or cannot be used.
        """

    def stops(self, upstream: Mapping[str, Planned], inputs: Mapping[str, Artifact]) -> tuple[Stop, ...]:
        """Why the stage's code must be changed before it can take what comes; called by plan and run alike.

        `upstream` has the plan of every earlier stage; `inputs` the artifacts to be taken, where they exist already.
        """

    def foresee(self, base: Artifact | None, aside: Path, progress: Progress) -> tuple[Change, ...] | None:
        """The exact own changes against `base`, found without publishing (`aside` is a scratch folder); None when only
        making can tell. The data stage can; the others return None."""

    def make(self, inputs: Mapping[str, Artifact], folder: Path, progress: Progress) -> Made:
        """Write the artifact's files into the empty `folder`. Same inputs and recipe, same output."""

    def changes(self, base: Artifact, made: Made, folder: Path) -> tuple[Change, ...]:
        """The stage's own differences between `base` and what was made in `folder`. What follows from an earlier stage,
        and `recipe-changed`, are added by the line."""

    def finish(self, draft: Draft) -> None:
        """Write into `draft.folder` what depends on the version; called once, before the gates."""


class Gate(Protocol):
    """One check of one draft before it may be published. Built as `cls()`.

    class NotEmpty:
        name, guards = "not-empty", "data"

        def check(self, draft):
            rows = draft.facts["rows"]
            return Verdict.of(self.name, rows > 0, measured=rows, limit=1, unit="rows")
    """

    name: ClassVar[str]
    guards: ClassVar[str]

    def check(self, draft: Draft) -> Verdict:
        """Measure, and say what was found. A broken artifact gives a failed verdict, not an exception."""


class Store(Protocol):
    """Where artifacts are kept: write-once, and safe against a kill at any moment. Built as `cls(location)`."""

    def versions(self, stage: str) -> Sequence[Version]:
        """Every version of `stage` that was put here, in ascending order."""

    def get(self, ref: Ref) -> Artifact:
        """The artifact, its `folder` readable. Raises NotFoundError, or OutsideError when the manifest is broken."""

    def put(self, artifact: Artifact) -> Artifact:
        """Publish the files of `artifact.folder`; the result's `folder` is the store's. Visible whole or not at all.

        Putting the same content again does nothing. Raises FailureError when other content has that version.
        """

    def check(self, ref: Ref) -> Iterable[Message]:
        """What differs between the manifest and what is there: one message a file, none when all is well."""


class Repository(Protocol):
    """The version control around a line."""

    def head(self) -> str:
        """The commit of HEAD, "" outside git or before the first commit."""

    def branch(self) -> str:
        """The current branch, "" when detached or outside git."""

    def dirty(self) -> bool:
        """Whether the line's folder has changes that are not committed (relevo.lock does not count)."""

    def tags(self) -> Mapping[str, Tag]:
        """Every tag by its name."""

    def contains(self, commit: str) -> bool:
        """Whether `commit` is HEAD or an ancestor of HEAD."""

    def tag(self, name: str, message: str) -> None:
        """Place an annotated tag at HEAD. Does nothing when HEAD already carries it.

        Raises FailureError when another commit carries it.
        """
