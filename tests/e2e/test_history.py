"""Versions along a history of commits: branches, hotfixes, clones, dirty trees, no git at all."""

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Project

pytestmark = [pytest.mark.slow, pytest.mark.git]
Make = Callable[..., "Project"]


@pytest.fixture
def line(make: Make) -> "Project":
    """A line of its data alone, whose 1.0.0 is published, tagged and committed."""
    project = make("data")
    project.relevo("run")
    project.commit("lock 1.0.0")
    return project


def publish(project: "Project", text: str) -> None:
    """One more row, committed, published; and the lock committed."""
    project.add_row(text)
    project.commit(text)
    project.relevo("run")
    project.commit(f"lock of {text}")


def test_each_version_is_tagged_and_locked(line: "Project") -> None:
    publish(line, "otra queja")
    assert line.versions() == ["1.0.0", "1.1.0"]
    assert line.tags() == ["data@v1.0.0", "data@v1.1.0"]
    assert line.lock() == {"data": "1.1.0"}
    assert line.git("cat-file", "-t", "data@v1.1.0") == "tag"


def test_the_lock_alone_does_not_make_the_tree_dirty(line: "Project") -> None:
    line.add_row("otra queja")
    line.commit()
    line.relevo("run")
    assert line.git("status", "--short") == "M relevo.lock"
    line.relevo("run")
    assert line.versions() == ["1.0.0", "1.1.0"]


def test_a_dirty_tree_publishes_and_is_tagged_once_committed(line: "Project") -> None:
    line.add_row("otra queja")
    assert "not tagged: there are changes that are not committed" in line.relevo("run").stderr
    assert line.versions() == ["1.0.0", "1.1.0"]
    assert line.tags() == ["data@v1.0.0"]
    line.commit()
    line.relevo("run")
    assert line.versions() == ["1.0.0", "1.1.0"]
    assert line.tags() == ["data@v1.0.0", "data@v1.1.0"]


def test_outside_git_it_works_and_says_what_it_lacks(make: Make) -> None:
    line = make("data", git=False)
    assert "not tagged: this line is not in a git repository" in line.relevo("run").stderr
    line.correct_label()
    line.relevo("run")
    assert line.versions() == ["1.0.0", "1.0.1"]
    assert line.lock() == {"data": "1.0.1"}
    line.relevo("verify")


def test_a_branch_makes_local_builds_that_nobody_tags(line: "Project") -> None:
    line.git("switch", "--quiet", "--create", "feature/pago")
    for number in (1, 2):
        line.add_row(f"queja {number}")
        line.commit()
        assert "local builds of branch `feature/pago`: not tagged" in line.relevo("run").stderr
    assert line.versions() == ["1.0.0", "1.1.0-feature-pago.1", "1.1.0-feature-pago.2"]
    assert line.tags() == ["data@v1.0.0"]
    line.relevo("verify")


def test_after_the_merge_the_release_gets_the_number(line: "Project") -> None:
    line.git("switch", "--quiet", "--create", "pago")
    line.add_row("queja de la rama")
    line.commit()
    line.relevo("run")
    line.git("checkout", "--quiet", ".")  # the lock of the branch stays on the branch
    line.git("switch", "--quiet", "main")
    line.git("merge", "--quiet", "pago")
    line.relevo("run")
    assert line.versions() == ["1.0.0", "1.1.0", "1.1.0-pago.1"]
    assert line.tags() == ["data@v1.0.0", "data@v1.1.0"]


def test_a_hotfix_of_an_old_version_takes_its_next_patch_and_the_newest_stays(line: "Project") -> None:
    publish(line, "otra queja")
    fork = line.git("rev-parse", "HEAD")
    header, *rows = line.rows()
    line.write([header, *([text, label.upper()] for text, label in rows)])  # groups renamed: major
    line.commit("names in capitals")
    line.relevo("run")
    line.commit("lock 2.0.0")
    line.git("switch", "--quiet", "--create", "hotfix/1.1", fork)
    line.correct_label()
    line.commit("corrected")
    line.relevo("run")
    assert line.versions() == ["1.0.0", "1.1.0", "1.1.1", "2.0.0"]
    assert line.lock() == {"data": "1.1.1"}
    assert "data@v1.1.1" in line.tags()
    line.commit("lock 1.1.1")
    line.git("switch", "--quiet", "main")
    assert line.plan()["idle"]
    assert line.lock() == {"data": "2.0.0"}


def test_two_branches_that_make_the_same_number_the_second_is_refused_naming_both_commits(line: "Project") -> None:
    fork = line.git("rev-parse", "HEAD")
    line.add_row("queja de la primera")
    first = line.commit()
    line.relevo("run")
    line.git("checkout", "--quiet", ".")
    line.git("switch", "--quiet", "--create", "release/b", fork)
    line.add_row("queja de la segunda")
    second = line.commit()
    refused = line.relevo("run", expect=1)
    assert "data@1.1.0 already exists" in refused.stderr
    assert first in refused.stderr
    assert second in refused.stderr
    assert line.versions() == ["1.0.0", "1.1.0"]
    line.git("merge", "--quiet", "--strategy-option=ours", "main")
    line.relevo("run")
    assert line.versions()[:2] == ["1.0.0", "1.1.0"]
    assert len(line.versions()) == 3


def test_a_fresh_clone_lacks_the_store_and_says_how_to_get_it(
    line: "Project", clone: Callable[["Project"], "Project"]
) -> None:
    there = clone(line)
    for verb in ("plan", "run"):
        refused = there.relevo(verb, expect=2)
        assert "the tag of data@1.0.0 is in git, but that version is not in the store" in refused.stderr
        assert "hint: copy .relevo/store from where it was made" in refused.stderr
    shutil.copytree(line.root / ".relevo/store", there.root / ".relevo/store")
    assert there.plan()["idle"]
    publish(there, "queja de la copia")
    assert there.versions() == ["1.0.0", "1.1.0"]


def test_in_a_subfolder_of_a_repository_only_the_line_counts(make: Make) -> None:
    line = make("data", git=False)
    line.git("init", "--quiet", "--initial-branch=main", "..")
    for key, value in (("user.name", "Ana"), ("user.email", "ana@example.org")):
        line.git("config", key, value)
    line.commit()
    (line.root.parent / "README.md").write_text("not committed, and not of the line")
    line.relevo("run")
    assert line.tags() == ["data@v1.0.0"]
