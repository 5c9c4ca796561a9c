"""Artifacts: immutable, versioned sets of files with a manifest; and drafts, which are not there yet."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relevo.core.change import Change
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.settings import Settings
from relevo.core.verdict import Verdict
from relevo.core.version import Version

MANIFEST = "manifest.json"
MANIFEST_FORMAT = 1


def digest(value: Any) -> str:
    """SHA-256 (hexadecimal) of a JSON value in its one canonical spelling: sorted keys, no white space, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def input_digest(stage: str, inputs: Mapping[str, "Input"], recipe: Mapping[str, str]) -> str:
    """Digest of what goes in: the inputs' output digests, and the stage's own sources and settings."""
    return digest({"stage": stage, "inputs": {k: v.output_digest for k, v in inputs.items()}, "recipe": dict(recipe)})


def files_digest(files: Mapping[str, str]) -> str:
    """The output digest of a stage whose output is its files: path → SHA-256 of the content."""
    return digest({"files": dict(files)})


@dataclass(frozen=True, slots=True)
class Ref:
    """`model@1.0.1`: the name of an artifact within its line."""

    stage: str
    version: Version

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Raises UsageError when `text` is not `stage@version`."""
        stage, at, version = text.partition("@")
        try:
            if not (stage and at):
                raise ValueError(text)
            return cls(stage, Version.parse(version.removeprefix("v")))
        except ValueError:
            raise UsageError(
                "not-a-reference",
                N_("`{text}` does not name an artifact"),
                hint=N_("write stage@version, for example model@1.0.1; `relevo log` lists them"),
                text=text,
            ) from None

    def __str__(self) -> str:
        return f"{self.stage}@{self.version}"


@dataclass(frozen=True, slots=True)
class Input:
    """What an artifact was made from: a version of an earlier stage, and the digest of what came out there."""

    version: Version
    output_digest: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """One published artifact: its manifest, and the folder where its files can be read.

    `recipe` maps each of the stage's own sources and settings to its digest or value; `files` maps each relative path
    to its SHA-256; `inputs` maps the name of a stage to what was taken from it (for the whole way back to the data);
    `facts` are what the version rules look at. `commit` is empty outside git, `dirty` says that the tree had changes.
    """

    line: str
    stage: str
    version: Version
    input_digest: str
    output_digest: str
    recipe: Mapping[str, str]
    files: Mapping[str, str]
    inputs: Mapping[str, Input]
    facts: Mapping[str, Any]
    changes: tuple[Change, ...]
    verdicts: tuple[Verdict, ...]
    made_at: str
    tool: str
    commit: str = ""
    branch: str = ""
    dirty: bool = False
    base: Version | None = None
    folder: Path = field(default=Path(), compare=False)

    @property
    def ref(self) -> Ref:
        return Ref(self.stage, self.version)

    def to_json(self) -> dict[str, Any]:
        return {
            "format": MANIFEST_FORMAT,
            "line": self.line,
            "stage": self.stage,
            "version": str(self.version),
            "base": str(self.base) if self.base else None,
            "input_digest": self.input_digest,
            "output_digest": self.output_digest,
            "recipe": dict(self.recipe),
            "files": dict(self.files),
            "inputs": {
                k: {"version": str(v.version), "output_digest": v.output_digest} for k, v in self.inputs.items()
            },
            "facts": dict(self.facts),
            "changes": [change.to_json() for change in self.changes],
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
            "made_at": self.made_at,
            "tool": self.tool,
            "commit": self.commit,
            "branch": self.branch,
            "dirty": self.dirty,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], folder: Path) -> "Artifact":
        """The artifact described by a manifest. Raises KeyError, TypeError or ValueError when it is not one."""
        if value["format"] != MANIFEST_FORMAT:
            raise ValueError(f"manifest format {value['format']}")
        for name in ("recipe", "files", "inputs", "facts"):
            if not isinstance(value[name], Mapping):
                raise TypeError(f"{name} is not a table")
        return cls(
            line=value["line"],
            stage=value["stage"],
            version=Version.parse(value["version"]),
            base=Version.parse(value["base"]) if value["base"] else None,
            input_digest=value["input_digest"],
            output_digest=value["output_digest"],
            recipe=value["recipe"],
            files=value["files"],
            inputs={k: Input(Version.parse(v["version"]), v["output_digest"]) for k, v in value["inputs"].items()},
            facts=value["facts"],
            changes=tuple(map(Change.from_json, value["changes"])),
            verdicts=tuple(map(Verdict.from_json, value["verdicts"])),
            made_at=value["made_at"],
            tool=value["tool"],
            commit=value["commit"],
            branch=value["branch"],
            dirty=value["dirty"],
            folder=folder,
        )


@dataclass(frozen=True, slots=True)
class Made:
    """What making a stage gave: the facts, and the digest of what came out (None: it is the digest of its files)."""

    facts: Mapping[str, Any]
    output_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An artifact on its way: made, with its version, not yet gated. This is all that a gate sees.

    `inputs` are the artifacts that were taken (published or of this same run); `base` is the one that it is compared
    with, None for the first; `base_inputs` are what the base was made from. `folder` is aside; a gate may read it and
    must not write to it.
    """

    stage: str
    version: Version
    folder: Path
    output_digest: str
    facts: Mapping[str, Any]
    inputs: Mapping[str, Artifact]
    base: Artifact | None
    changes: tuple[Change, ...]
    settings: Settings
    root: Path
    base_inputs: Mapping[str, Artifact] = field(default_factory=dict)
