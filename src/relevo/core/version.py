"""Semantic versions (semver.org 2.0.0) as the line uses them: `1.2.3`, and `1.2.3-BRANCH.4` for local branch builds."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import total_ordering


class Bump(IntEnum):
    """Which part of a version a change raises. Ordered, so that `max` picks the bump of several changes."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Bump":
        """The bump named `none`, `patch`, `minor` or `major`. Raises ValueError for another word."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"not a bump: {word}") from None


_NUMBER = r"(0|[1-9]\d*)"
_BRANCH = r"(?!\d+\.)([0-9A-Za-z-]+)"  # of digits alone it would be a number to semver, and sort as one
_PATTERN = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_BRANCH}\.{_NUMBER})?", re.ASCII)


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version; `branch` and `build` are set only for local builds of a branch, which sort before the release."""

    major: int
    minor: int
    patch: int
    branch: str = ""
    build: int = 0

    @classmethod
    def parse(cls, text: str) -> "Version":
        """`"1.2.3"` or `"1.2.3-branch.4"`. Raises ValueError for anything else."""
        match = _PATTERN.fullmatch(text)
        if not match:
            raise ValueError(f"not a version: {text}")
        major, minor, patch, branch, build = match.groups()
        return cls(int(major), int(minor), int(patch), branch or "", int(build or 0))

    def __str__(self) -> str:
        core = f"{self.major}.{self.minor}.{self.patch}"
        return f"{core}-{self.branch}.{self.build}" if self.branch else core

    def __lt__(self, other: "Version") -> bool:
        return self._key() < other._key()

    def _key(self) -> tuple[int, int, int, bool, str, int]:
        return (self.major, self.minor, self.patch, not self.branch, self.branch, self.build)

    @property
    def is_release(self) -> bool:
        return not self.branch

    @property
    def release(self) -> "Version":
        return Version(self.major, self.minor, self.patch)

    def next(self, bump: Bump) -> "Version":
        """The release that follows by `bump`; the same one for `Bump.NONE`."""
        match bump:
            case Bump.MAJOR:
                return Version(self.major + 1, 0, 0)
            case Bump.MINOR:
                return Version(self.major, self.minor + 1, 0)
            case Bump.PATCH:
                return Version(self.major, self.minor, self.patch + 1)
            case _:
                return self.release

    def bump_to(self, other: "Version") -> Bump:
        """The part in which `other` differs first; a local build differs from its release by a patch."""
        if self.major != other.major:
            return Bump.MAJOR
        if self.minor != other.minor:
            return Bump.MINOR
        return Bump.NONE if self == other else Bump.PATCH

    def on_branch(self, branch: str, build: int) -> "Version":
        """The local build number `build` of `branch`; other characters than letters, digits and `-` become `-`."""
        name = re.sub(r"[^0-9A-Za-z-]+", "-", branch).strip("-")
        if not name or name.isdecimal():
            name = f"branch-{name}".rstrip("-")
        return Version(self.major, self.minor, self.patch, name, build)


FIRST = Version(1, 0, 0)
