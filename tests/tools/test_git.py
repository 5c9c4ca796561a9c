"""The contract of `core.ports.Repository`, over git and its twin; then what only git can be asked."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from relevo.core.base import Tag
from relevo.core.errors import FailureError, OutsideError, UsageError
from relevo.core.ports import Repository
from relevo.testing import MemoryRepository
from relevo.tools import git
from relevo.tools.git import Git
from relevo.tools.process import run

pytestmark = pytest.mark.git


class World(Protocol):
    """What happens in a repository while a line lives in it."""

    def commit(self) -> str: ...
    def switch(self, branch: str) -> None: ...
    def checkout(self, commit: str) -> None: ...
    def edit(self) -> None: ...
    def look(self) -> Repository:
        """As the next `relevo` command sees it."""


class GitWorld:
    def __init__(self, top: Path, line: str = ".") -> None:
        self.top, self.line = top, top / line
        self.numbers = itertools.count(1)
        self.line.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Ana")
        self.git("config", "user.email", "ana@example.org")

    def git(self, *arguments: str) -> str:
        return run(["git", *arguments], cwd=self.top, timeout=30).stdout.strip()

    def commit(self) -> str:
        self.edit()
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"change number {next(self.numbers)}")
        return self.git("rev-parse", "HEAD")

    def switch(self, branch: str) -> None:
        known = self.git("branch", "--format=%(refname:short)").splitlines()
        self.git("switch", "--quiet", *([] if branch in known else ["--create"]), branch)

    def checkout(self, commit: str) -> None:
        self.git("checkout", "--quiet", commit)

    def edit(self) -> None:
        with (self.line / "quejas.csv").open("a") as file:
            file.write("a,b\n")

    def look(self) -> Repository:
        return Git(self.line)


class MemoryWorld(MemoryRepository):
    def look(self) -> Repository:
        return self


@pytest.fixture(params=["git", "git-subfolder", "memory"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    match request.param:
        case "git":
            return GitWorld(tmp_path)
        case "git-subfolder":
            return GitWorld(tmp_path, "lines/quejas")
        case _:
            return MemoryWorld()


def test_before_the_first_commit(world: World) -> None:
    there = world.look()
    assert (there.head(), there.branch(), there.dirty(), there.tags()) == ("", "main", False, {})
    assert not there.contains("0" * 40)


def test_head_branch_and_clean_tree_after_a_commit(world: World) -> None:
    commit = world.commit()
    there = world.look()
    assert (there.head(), there.branch(), there.dirty()) == (commit, "main", False)


def test_an_edit_makes_the_tree_dirty_until_it_is_committed(world: World) -> None:
    world.commit()
    world.edit()
    assert world.look().dirty()
    world.commit()
    assert not world.look().dirty()


def test_a_tag_is_at_its_commit_and_reachable_from_what_follows(world: World) -> None:
    first = world.commit()
    world.look().tag("data@v1.0.0", "data 1.0.0")
    world.commit()
    assert world.look().tags() == {"data@v1.0.0": Tag(first, reachable=True)}


def test_a_tag_can_be_seen_at_once_where_it_was_placed(world: World) -> None:
    commit = world.commit()
    there = world.look()
    assert there.tags() == {}
    there.tag("data@v1.0.0", "data 1.0.0")
    assert there.tags() == {"data@v1.0.0": Tag(commit, reachable=True)}


def test_tags_of_other_branches_are_known_but_not_reachable(world: World) -> None:
    first = world.commit()
    world.look().tag("data@v1.0.0", "data 1.0.0")
    world.switch("next")
    second = world.commit()
    world.look().tag("data@v2.0.0", "data 2.0.0")
    world.switch("main")
    assert world.look().tags() == {
        "data@v1.0.0": Tag(first, reachable=True),
        "data@v2.0.0": Tag(second, reachable=False),
    }


def test_contains_its_history_and_nothing_else(world: World) -> None:
    first = world.commit()
    world.switch("other")
    theirs = world.commit()
    world.switch("main")
    second = world.commit()
    there = world.look()
    assert [there.contains(c) for c in (first, second, theirs, "f" * 40, "")] == [True, True, False, False, False]


def test_detached_head(world: World) -> None:
    first = world.commit()
    world.look().tag("data@v1.0.0", "data 1.0.0")
    second = world.commit()
    world.look().tag("data@v1.0.1", "data 1.0.1")
    world.checkout(first)
    there = world.look()
    assert (there.head(), there.branch(), there.contains(second)) == (first, "", False)
    assert there.tags() == {"data@v1.0.0": Tag(first, reachable=True), "data@v1.0.1": Tag(second, reachable=False)}


def test_placing_a_tag_again_does_nothing(world: World) -> None:
    commit = world.commit()
    for _ in range(2):
        world.look().tag("data@v1.0.0", "data 1.0.0")
    assert world.look().tags() == {"data@v1.0.0": Tag(commit, reachable=True)}


def test_a_tag_never_moves(world: World) -> None:
    first = world.commit()
    world.look().tag("data@v1.0.0", "data 1.0.0")
    world.commit()
    with pytest.raises(FailureError, match=first) as caught:
        world.look().tag("data@v1.0.0", "data 1.0.0")
    assert caught.value.code == "tag-taken"
    assert world.look().tags()["data@v1.0.0"].commit == first


# git alone


@pytest.fixture
def repo(tmp_path: Path) -> GitWorld:
    return GitWorld(tmp_path / "repo", "lines/quejas")


def test_tags_are_annotated_with_their_message(repo: GitWorld) -> None:
    repo.commit()
    Git(repo.line).tag("data@v1.0.0", "data 1.0.0\n\n# 3 rows added\n")
    assert repo.git("cat-file", "-t", "data@v1.0.0") == "tag"
    assert repo.git("tag", "--list", "--format=%(contents)", "data@v1.0.0") == "data 1.0.0\n\n# 3 rows added"


def test_light_tags_and_tags_of_tags_count_with_their_commit(repo: GitWorld) -> None:
    commit = repo.commit()
    repo.git("tag", "light")
    repo.git("tag", "-a", "-m", "x", "annotated")
    repo.git("tag", "-a", "-m", "x", "nested", "annotated")
    assert Git(repo.line).tags() == dict.fromkeys(("light", "annotated", "nested"), Tag(commit, reachable=True))


@pytest.mark.parametrize("path", ["relevo.lock", ".relevo.lock.7.tmp", ".relevo/store/data/1.0.0/manifest.json"])
def test_what_relevo_writes_does_not_make_the_tree_dirty(repo: GitWorld, path: str) -> None:
    repo.commit()
    (repo.line / path).parent.mkdir(parents=True, exist_ok=True)
    (repo.line / path).write_text("{}")
    assert not Git(repo.line).dirty()


@pytest.mark.parametrize("path", ["new.csv", "ñandú.csv", "model/relevo.lock"])
def test_a_new_file_makes_the_tree_dirty(repo: GitWorld, path: str) -> None:
    repo.commit()
    (repo.line / path).parent.mkdir(parents=True, exist_ok=True)
    (repo.line / path).write_text("")
    assert Git(repo.line).dirty()


def test_changes_elsewhere_in_the_repository_do_not_count(repo: GitWorld) -> None:
    repo.commit()
    (repo.top / "README.md").write_text("")
    assert not Git(repo.line).dirty()


def test_a_second_work_tree_has_its_own_head_and_shares_the_tags(repo: GitWorld, tmp_path: Path) -> None:
    commit = repo.commit()
    here = Git(repo.line)
    assert here.tags() == {}
    repo.git("worktree", "add", "--quiet", "-b", "hotfix/1.0", str(tmp_path / "tree"))
    there = Git(tmp_path / "tree/lines/quejas")
    assert (there.head(), there.branch()) == (commit, "hotfix/1.0")
    there.tag("data@v1.0.0", "data 1.0.0")
    here.tag("data@v1.0.0", "data 1.0.0")  # it had not seen the other's tag: same commit, nothing to do
    assert here.tags() == there.tags()


def test_another_work_tree_was_faster_with_the_same_number(repo: GitWorld, tmp_path: Path) -> None:
    repo.commit()
    here = Git(repo.line)
    assert here.tags() == {}
    repo.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "tree"))
    run(["git", "commit", "--quiet", "--allow-empty", "-m", "x"], cwd=tmp_path / "tree", timeout=30)
    Git(tmp_path / "tree/lines/quejas").tag("data@v1.0.0", "data 1.0.0")
    with pytest.raises(FailureError, match="already at commit"):
        here.tag("data@v1.0.0", "data 1.0.0")


def test_a_long_history_is_asked_commit_by_commit(repo: GitWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    first = repo.commit()
    repo.switch("other")
    theirs = repo.commit()
    repo.switch("main")
    repo.commit()
    repo.commit()
    monkeypatch.setattr(git, "RECENT", 2)
    there = Git(repo.line)
    assert [there.contains(commit) for commit in (first, theirs, "f" * 40)] == [True, False, False]


def test_run_by_a_hook_the_repository_is_the_one_around_the_line(
    repo: GitWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repo.commit()
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert Git(repo.line).head() == commit


def test_without_an_identity_the_two_settings_are_named(repo: GitWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit()
    for key in ("user.name", "user.email"):
        repo.git("config", "--unset", key)
    repo.git("config", "user.useConfigOnly", "true")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    with pytest.raises(UsageError, match=r"(?s)who places the tag `data@v1.0.0`.*git config user\.name") as caught:
        Git(repo.line).tag("data@v1.0.0", "data 1.0.0")
    assert caught.value.code == "git-identity-missing"


def test_nothing_can_be_tagged_before_the_first_commit(repo: GitWorld) -> None:
    with pytest.raises(UsageError, match="has no commit yet"):
        Git(repo.line).tag("data@v1.0.0", "data 1.0.0")


def no_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))


def no_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("lacking", [no_repository, no_program])
def test_outside_git_everything_is_empty_and_tagging_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: Callable[[Path, pytest.MonkeyPatch], None]
) -> None:
    lacking(tmp_path, monkeypatch)
    there = Git(tmp_path)
    assert (there.head(), there.branch(), there.tags()) == ("", "", {})
    assert not there.dirty()
    assert not there.contains("f" * 40)
    with pytest.raises(UsageError, match="not in a git repository"):
        there.tag("data@v1.0.0", "data 1.0.0")


def test_a_repository_that_git_refuses_is_not_taken_for_none(repo: GitWorld) -> None:
    repo.commit()
    (repo.top / ".git/config").write_text("[broken")
    with pytest.raises(OutsideError, match="bad config"):
        Git(repo.line).head()


ORIGINS = [
    ("https://git.example.org/team/quejas.git", "https://git.example.org/team/quejas.git"),
    ("https://ana:s3cret@git.example.org/team/quejas.git", "https://git.example.org/team/quejas.git"),
    ("https://ana:p@ss@git.example.org/team/quejas.git", "https://git.example.org/team/quejas.git"),
    ("https://t0ken@git.example.org/team/quejas.git", "https://git.example.org/team/quejas.git"),
    ("ssh://git@git.example.org:2222/team/quejas.git", "ssh://git.example.org:2222/team/quejas.git"),
    ("git@git.example.org:team/quejas.git", "git@git.example.org:team/quejas.git"),
    ("https://git.example.org/team/a@b.git", "https://git.example.org/team/a@b.git"),
    ("/srv/git/quejas.git", "/srv/git/quejas.git"),
]


@pytest.mark.parametrize(("url", "told"), ORIGINS)
def test_where_it_was_cloned_from_is_told_without_a_user_or_password(url: str, told: str, repo: GitWorld) -> None:
    repo.commit()
    repo.git("remote", "add", "origin", url)
    assert Git(repo.line).origin() == told


def test_what_was_not_cloned_comes_from_nowhere(repo: GitWorld) -> None:
    assert (Git(repo.line).origin(), Git(repo.line).committed_at()) == ("", "")
    repo.commit()
    assert Git(repo.line).origin() == ""


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_the_moment_of_a_commit_is_in_utc_wherever_one_is(
    zone: str, repo: GitWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:05+09:00")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z")
    repo.commit()
    monkeypatch.setenv("TZ", zone)
    assert Git(repo.line).committed_at() == "2026-01-01T18:04:05Z"
