"""What a run publishes, tags and locks; and that plan and run agree."""

import json
import sys
from typing import Any

import pytest

from relevo.core.artifact import Ref
from relevo.core.errors import FailureError, OutsideError, UsageError
from relevo.core.plan import State
from relevo.core.settings import VersionSettings
from relevo.core.verdict import Outcome
from relevo.core.version import Version

ALL = ("data", "model", "service")


def test_the_first_run_makes_everything_1_0_0_tags_it_and_locks_it(world: Any) -> None:
    run = world.line().run()
    assert run.outcome == "done"
    assert world.versions() == dict.fromkeys(ALL, "1.0.0")
    assert run.tags == ("data@v1.0.0", "model@v1.0.0", "service@v1.0.0")
    lock = json.loads((world.root / "relevo.lock").read_text())
    assert {name: stage["version"] for name, stage in lock["stages"].items()} == dict.fromkeys(ALL, "1.0.0")


def test_running_again_does_nothing_and_says_so(world: Any) -> None:
    world.line().run()
    again = world.line().run()
    assert (again.outcome, again.published, again.tags, again.locked) == ("idle", (), (), False)
    assert world.line().plan().idle


STEPS = [
    # what is changed, the versions after it, the outcome
    ({"words": "b a"}, ("1.0.0", "1.0.0", "1.0.0"), "idle"),
    ({"words": "a b c"}, ("1.1.0", "1.1.0", "1.1.0"), "done"),
    ({"count": "clever"}, ("1.0.0", "1.0.1", "1.0.1"), "done"),
    ({"words": "a b c", "count": "clever"}, ("1.1.0", "1.1.0", "1.1.0"), "done"),
    ({"words": "a"}, ("2.0.0", "2.0.0", "1.0.0"), "stopped"),
    ({"words": "a", "label": "2"}, ("2.0.0", "2.0.0", "2.0.0"), "done"),
]


@pytest.mark.parametrize(("change", "versions", "outcome"), STEPS)
def test_a_change_moves_the_versions(
    world: Any, change: dict[str, str], versions: tuple[str, ...], outcome: str
) -> None:
    world.line().run()
    world.write(**change)
    plan = world.line().plan()
    run = world.line().run()
    assert run.outcome == outcome
    assert tuple(world.versions().values()) == versions
    for name, planned in plan.stages.items():
        done = run.plan.stages[name]
        assert planned.state is done.state
        if planned.next:
            assert planned.next == done.next if planned.exact else planned.next <= done.next


def test_the_same_words_in_another_order_are_read_once(world: Any) -> None:
    world.line().run()
    world.write(words="b a")
    assert not world.line().status().stages["data"].fresh
    world.line().run()
    assert world.line().status().stages["data"].fresh


def test_a_stop_publishes_what_passed_and_leaves_the_lock_at_the_last_coherent_set(world: Any) -> None:
    world.line().run()
    before = (world.root / "relevo.lock").read_text()
    world.write(words="a")
    run = world.line().run()
    assert [str(artifact.ref) for artifact in run.published] == ["data@2.0.0", "model@2.0.0"]
    assert run.plan.stages["service"].stops[0].file == "label.code"
    assert (world.root / "relevo.lock").read_text() == before


def test_after_the_stop_the_changed_code_makes_the_next_major(world: Any) -> None:
    world.line().run()
    world.write(words="a")
    world.line().run()
    world.write(label="2")
    run = world.line().run()
    assert [str(artifact.ref) for artifact in run.published] == ["service@2.0.0"]
    follows = run.plan.stages["service"].changes[0]
    assert (follows.code, follows.params["from"], follows.params["to"]) == ("follows", "1.0.0", "2.0.0")
    assert [change.code for change in follows.because[0].because] == ["group-gone"]
    assert run.locked


def test_a_failed_gate_publishes_nothing_of_the_run(world: Any) -> None:
    world.gates["service"].outcomes = [Outcome.FAILED]
    run = world.line().run()
    assert run.outcome == "failed"
    assert world.versions() == dict.fromkeys(ALL, "")
    assert not world.repository.tags()
    assert not (world.root / "relevo.lock").exists()


def test_an_inconclusive_gate_is_measured_once_more(world: Any) -> None:
    world.gates["model"].outcomes = [Outcome.INCONCLUSIVE, Outcome.PASSED]
    assert world.line().run().outcome == "done"


def test_twice_inconclusive_publishes_nothing(world: Any) -> None:
    world.gates["model"].outcomes = [Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE]
    assert world.line().run().outcome == "inconclusive"
    assert world.versions() == dict.fromkeys(ALL, "")


def test_run_of_one_stage_publishes_just_that_stage_and_no_lock(world: Any) -> None:
    run = world.line().run("data")
    assert [artifact.stage for artifact in run.published] == ["data"]
    assert not run.locked


def test_finish_knows_the_versions(world: Any) -> None:
    world.line().run()
    stamp = world.line().show(Ref("service", Version(1, 0, 0))).folder / "stamp"
    assert stamp.read_text() == "1.0.0 on data 1.0.0"


def test_a_dirty_tree_publishes_locally_and_is_tagged_after_the_commit(world: Any) -> None:
    world.repository.edit()
    run = world.line().run()
    assert len(run.published) == 3
    assert run.tags == ()
    assert "not committed" in str(run.notes[0])
    world.repository.commit()
    assert world.line().run().tags == ("data@v1.0.0", "model@v1.0.0", "service@v1.0.0")


def test_numbers_go_on_from_what_was_published_locally(world: Any) -> None:
    world.line().run()
    for words in ("a b c", "a b c d"):
        (world.root / "words.txt").write_text(words)
        world.repository.edit()
        world.line().run()
    assert world.versions()["data"] == "1.2.0"


def test_content_equal_to_an_old_version_gets_the_next_number_and_says_which_it_equals(world: Any) -> None:
    world.line().run()
    world.write(words="a b c")
    world.line().run()
    world.write(words="a b", label="2")
    run = world.line().run()
    assert run.plan.stages["data"].next == Version(2, 0, 0)
    assert run.plan.stages["data"].changes[-1].params == {"version": "1.0.0"}


def test_a_hotfix_counts_from_where_it_stands(world: Any) -> None:
    world.line().run()
    world.write(words="a b c")
    world.line().run()
    fix = world.repository.head()
    world.write(words="a", label="2")
    world.line().run()
    world.repository.checkout(fix)
    world.repository.switch("hotfix/one")
    world.write(words="a b c", label="1", count="fixed")
    run = world.line().run()
    assert [str(artifact.ref) for artifact in run.published] == ["model@1.1.1", "service@1.1.1"]
    newest = world.line().status().stages["model"].newest
    assert newest and newest.version == Version(2, 0, 0)


def test_the_second_of_two_branches_that_make_a_number_is_refused_naming_both_commits(world: Any) -> None:
    world.line().run()
    fork = world.repository.head()
    world.write(words="a b c")
    world.line().run()
    theirs = world.repository.head()
    world.repository.checkout(fork)
    world.repository.switch("develop")
    world.write(words="a b d")
    with pytest.raises(FailureError) as refused:
        world.line().run()
    assert theirs in str(refused.value)
    assert world.repository.head() in str(refused.value)


def test_a_branch_that_makes_no_releases_counts_its_local_builds(world: Any) -> None:
    world.line().run()
    world.repository.switch("try-it")
    for number, words in enumerate(("a b c", "a b c d"), 1):
        world.write(words=words)
        run = world.line().run()
        assert run.plan.stages["data"].next == Version(1, 1, 0, "try-it", number)
        assert run.tags == ()
    assert world.line().run().outcome == "idle"


def test_a_tag_that_the_store_does_not_hold_is_refused(world: Any) -> None:
    world.line().run()
    world.repository.tag("data@v1.4.0", "from another machine")
    with pytest.raises(UsageError, match=r"data@1\.4\.0"):
        world.line().run()


def test_sources_that_change_while_they_are_made_publish_nothing(world: Any) -> None:
    line = world.line()
    finish = line.stages[2].finish

    def edit(draft: Any) -> None:
        finish(draft)
        (world.root / "words.txt").write_text("a b c d e")

    line.stages[2].finish = edit
    with pytest.raises(UsageError, match="while it was being made"):
        line.run()
    assert world.versions() == dict.fromkeys(ALL, "")


def test_rules_can_be_overridden(world: Any) -> None:
    world.line().run()
    world.write(words="a b c")
    run = world.line(policy={"data.rows-added": "patch"}).run()
    assert run.plan.stages["service"].next == Version(1, 0, 1)


def test_tags_can_have_another_form(world: Any) -> None:
    run = world.line(versions=VersionSettings(tag="demo/{stage}/{version}")).run()
    assert run.tags[0] == "demo/data/1.0.0"


def test_a_stage_that_waits_is_planned_as_waiting(world: Any) -> None:
    world.write(label="3")
    assert world.line().plan().stages["service"].state is State.STOPPED


def test_a_stage_that_lags_behind_gets_all_the_reasons(world: Any) -> None:
    world.line().run()
    world.write(words="a b c")
    world.line().run("data")
    world.write(words="a b c d e")
    world.line().run()
    model = world.line().status().stages["model"].current
    assert model is not None
    (follows,) = model.changes
    assert (follows.params["from"], follows.params["to"]) == ("1.0.0", "1.2.0")
    assert [change.params["rows"] for change in follows.because] == [2, 1]


def test_what_is_changed_back_on_a_branch_is_the_release_again(world: Any) -> None:
    world.line().run()
    world.repository.switch("try-it")
    world.write(words="a b c")
    world.line().run()
    world.write(words="a b")
    world.line().run()
    assert world.versions()["data"] == "1.0.0"
    assert world.line().plan().idle


def test_without_the_extra_for_images_advisories_are_refused_with_what_installs_it(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("packaging", "packaging.version"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "relevo.image.packages.advisories", raising=False)
    with pytest.raises(OutsideError, match=r"`packaging`(?s:.*)relevo\[image\]"):
        world.line().run(advisories=world.root / "osv.json")
