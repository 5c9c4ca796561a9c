"""git, seen from a line: where HEAD is, which tags it reaches, whether the tree is clean; and placing a tag.

Few calls, each at most once per instance, because `relevo plan` answers in a fraction of a second.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from relevo.core.base import Tag
from relevo.core.errors import FailureError, OutsideError, RelevoError, UsageError
from relevo.core.lock import LOCK
from relevo.core.message import N_
from relevo.tools.process import Completed, run

#: So many of the newest commits are asked for at once; older ones are asked for one by one.
RECENT = 2000

#: git says the same in every language and time zone, asks nothing, takes no lock to look, and finds the repository by
#: itself even when a hook started us (githooks(5): hooks inherit GIT_DIR and its like).
_ENVIRONMENT: Mapping[str, str | None] = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_DIR": None,
    "GIT_WORK_TREE": None,
    "GIT_INDEX_FILE": None,
    "GIT_PREFIX": None,
    "TZ": "UTC",
}

#: What relevo itself writes into a line's folder; the second is what a killed run may leave of the first.
_OURS = (f":(exclude){LOCK}", f":(exclude).{LOCK}.*.tmp", ":(exclude).relevo")


class Git:
    """The git repository around the line in `root`, at any depth. Satisfies `core.ports.Repository`.

    Outside git, or where git is not installed, there is no commit, branch or tag, and nothing is dirty. What was read
    is remembered: make a new instance to see what others did since. Every method raises OutsideError when git fails,
    for example because the repository belongs to another user.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._contained: dict[str, bool] = {}

    def head(self) -> str:
        oid = self._header("branch.oid")
        return "" if oid == "(initial)" else oid

    def branch(self) -> str:
        name = self._header("branch.head")
        return "" if name == "(detached)" else name

    def dirty(self) -> bool:
        return any(not entry.startswith("# ") for entry in self._status or ())

    def tags(self) -> Mapping[str, Tag]:
        return self._tags

    def contains(self, commit: str) -> bool:
        if not (commit and self.head()):
            return False
        if commit == self.head() or commit in self._recent:
            return True
        if len(self._recent) < RECENT:
            return False
        if commit not in self._contained:
            asked = self._run("merge-base", "--is-ancestor", commit, "HEAD", check=False)
            self._contained[commit] = asked.returncode == 0
        return self._contained[commit]

    def tag(self, name: str, message: str) -> None:
        if self._carries(name):
            return
        try:
            self._run("tag", "--annotate", "--cleanup=whitespace", "--message", message, name, "HEAD")
        except OutsideError as error:
            del self._tags
            if self._carries(name):  # another work tree of this repository was faster
                return
            raise self._explained(name, error) from error
        del self._tags

    def origin(self) -> str:
        """Where the repository was cloned from, without a user or password; "" when it was not."""
        url = self._run("config", "--get", "remote.origin.url", check=False).stdout.strip() if self.head() else ""
        return re.sub(r"(?<=://)[^/]*@", "", url)

    def committed_at(self) -> str:
        """When HEAD was committed, as ISO 8601 in UTC; "" when there is no commit."""
        if not self.head():
            return ""
        return self._run("log", "-1", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%cd").stdout.strip()

    def _carries(self, name: str) -> bool:
        """Whether HEAD carries the tag. Raises FailureError when another commit does."""
        there = self.tags().get(name)
        if there is None:
            return False
        if there.commit != self.head():
            raise FailureError(
                "tag-taken",
                N_("the tag `{name}` is already at commit {theirs}, and this is commit {ours}"),
                hint=N_("merge the branch that made it first, then run again: the next free number follows by itself"),
                name=name,
                theirs=there.commit,
                ours=self.head(),
            )
        return True

    def _explained(self, name: str, error: OutsideError) -> RelevoError:
        if self._status is None:
            return UsageError(
                "outside-git",
                N_("`{name}` cannot be tagged: the line is not in a git repository"),
                hint=N_("`git init` in the line's folder, and commit it"),
                name=name,
            )
        if not self.head():
            return UsageError(
                "nothing-committed",
                N_("`{name}` cannot be tagged: the repository has no commit yet"),
                hint=N_("commit the line's files, then run again"),
                name=name,
            )
        if "default identity" in str(error):
            return UsageError(
                "git-identity-missing",
                N_("git does not know who places the tag `{name}`"),
                hint=N_('git config user.name "Your Name" && git config user.email you@example.org'),
                name=name,
            )
        return error

    @cached_property
    def _status(self) -> list[str] | None:
        """Headers (`# branch.oid …`), then each path of the line's folder that differs; None outside git."""
        options = ("--porcelain=v2", "--branch", "--untracked-files=all", "--no-renames", "-z")
        try:
            status = self._run("status", *options, "--", ".", *_OURS)
        except OutsideError as error:
            if error.code == "program-missing" or "not a git repository" in str(error):
                return None
            raise
        return [entry for entry in status.stdout.split("\0") if entry]

    def _header(self, name: str) -> str:
        start = f"# {name} "
        return next((entry.removeprefix(start) for entry in self._status or () if entry.startswith(start)), "")

    @cached_property
    def _tags(self) -> Mapping[str, Tag]:
        if self._status is None:
            return {}
        # A tag of a tag is followed to its commit: that is the line that ends in ^{}.
        listed = self._run("show-ref", "--tags", "--dereference", check=False).stdout.splitlines()
        commits = {}
        for line in listed:
            commit, _, ref = line.partition(" refs/tags/")
            commits[ref.removesuffix("^{}")] = commit
        if not (commits and self.head()):
            return {name: Tag(commit, reachable=False) for name, commit in commits.items()}
        names = self._run("for-each-ref", "--merged=HEAD", "--format=%(refname:strip=2)", "refs/tags").stdout
        merged = set(names.splitlines())
        return {name: Tag(commit, reachable=name in merged) for name, commit in commits.items()}

    @cached_property
    def _recent(self) -> frozenset[str]:
        return frozenset(self._run("rev-list", f"--max-count={RECENT}", "HEAD").stdout.split())

    def _run(self, *arguments: str, check: bool = True) -> Completed:
        return run(["git", *arguments], cwd=self.root, env=_ENVIRONMENT, timeout=60, check=check)
