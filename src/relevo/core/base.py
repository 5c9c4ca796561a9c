"""Which version a stage is compared with. Declared once, so that a fresh clone, a branch and a hotfix are one case."""

from collections.abc import Iterable
from dataclasses import dataclass

from relevo.core.errors import FailureError, UsageError
from relevo.core.message import N_
from relevo.core.version import Bump, Version


@dataclass(frozen=True, slots=True)
class Tag:
    """A git tag: the commit that it marks, and whether that is HEAD or an ancestor of HEAD."""

    commit: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Known:
    """One version of a stage that a tag or the store knows of.

    `reachable`: its tag, or the commit that its manifest names, is HEAD or an ancestor of HEAD (False outside git).
    `commit` is where it was made, "" outside git.
    """

    version: Version
    tagged: bool
    stored: bool
    reachable: bool
    commit: str = ""


def base(stage: str, known: Iterable[Known]) -> Version | None:
    """The newest release reachable from HEAD, else the newest release in the store; None when there is none.

    Raises UsageError when that version has a tag but is not in the store.
    """
    releases = [item for item in known if item.version.is_release]
    candidates = [item for item in releases if item.reachable] or [item for item in releases if item.stored]
    if not candidates:
        return None
    newest = max(candidates, key=lambda item: item.version)
    if not newest.stored:
        raise UsageError(
            "tag-newer-than-store",
            N_("the tag of {stage}@{version} is in git, but that version is not in the store"),
            hint=N_("copy .relevo/store from where it was made: a clone has the tags, and not the artifacts"),
            stage=stage,
            version=str(newest.version),
        )
    return newest.version


def free(stage: str, version: Version, known: Iterable[Known], commit: str) -> Version:
    """`version`, or the next patch above it where untagged work of another history took that number already.

    Raises FailureError when another branch published it with a tag, naming both commits.
    """
    taken = {item.version: item for item in known}
    while item := taken.get(version):
        if item.tagged:
            raise FailureError(
                "version-taken",
                N_("{stage}@{version} already exists: it was made at commit {theirs}, and this is commit {ours}"),
                hint=N_("merge the branch that made it first, then run again: the next free number follows by itself"),
                stage=stage,
                version=str(version),
                theirs=item.commit,
                ours=commit,
            )
        version = version.next(Bump.PATCH)
    return version


def next_build(version: Version, branch: str, known: Iterable[Known]) -> Version:
    """The next local build of `version` on `branch`: `1.2.0-branch.1`, then `.2`, …"""
    first = version.on_branch(branch, 1)
    same = [
        item.version.build for item in known if item.version.release == version and item.version.branch == first.branch
    ]
    return version.on_branch(branch, max(same, default=0) + 1)
