"""The verbs that only look: status, log, show, diff, verify."""

from typing import Any

import pytest

from relevo.core.artifact import Ref, input_digest
from relevo.core.errors import NotFoundError, UsageError


@pytest.fixture
def two(world: Any) -> Any:
    """A line with two versions of everything."""
    world.line().run()
    world.write(words="a b c")
    world.line().run()
    return world


def test_log_has_the_newest_first(two: Any) -> None:
    assert [str(a.ref) for a in two.line().log()][:2] == ["service@1.1.0", "service@1.0.0"]
    assert [str(a.ref) for a in two.line().log("data")] == ["data@1.1.0", "data@1.0.0"]


def test_show_gives_the_manifest(two: Any) -> None:
    assert two.line().show(Ref.parse("model@1.1.0")).inputs["data"].version.minor == 1


def test_show_of_nothing_is_an_error(two: Any) -> None:
    with pytest.raises(NotFoundError):
        two.line().show(Ref.parse("model@7.0.0"))


def test_show_of_an_unknown_stage_names_the_stages(two: Any) -> None:
    with pytest.raises(UsageError, match="data, model, service"):
        two.line().show(Ref.parse("modle@1.0.0"))


def test_diff_gives_the_changes_both_ways(two: Any) -> None:
    old, new = Ref.parse("data@1.0.0"), Ref.parse("data@1.1.0")
    assert [change.code for change in two.line().diff(old, new)] == ["rows-added"]
    assert [change.code for change in two.line().diff(new, old)] == ["group-gone"]


def test_diff_of_two_stages_is_an_error(two: Any) -> None:
    with pytest.raises(UsageError, match="two stages"):
        two.line().diff(Ref.parse("data@1.0.0"), Ref.parse("model@1.0.0"))


def test_status_says_what_is_no_longer_fresh(two: Any) -> None:
    two.write(count="other")
    status = two.line().status()
    assert {name: stage.fresh for name, stage in status.stages.items()} == {
        "data": True,
        "model": False,
        "service": False,
    }


def test_verify_is_clean_after_a_run(two: Any) -> None:
    assert set(two.line().verify().values()) == {()}


def test_the_input_digest_is_that_of_what_the_manifest_lists(two: Any) -> None:
    for artifact in two.line().log():
        assert artifact.input_digest == input_digest(artifact.stage, artifact.inputs, artifact.recipe)


def test_verify_names_what_only_a_tag_knows(two: Any) -> None:
    two.repository.tag("data@v1.5.0", "from elsewhere")
    (problem,) = two.line().verify()[Ref.parse("data@1.5.0")]
    assert "not in the store" in str(problem)


def test_predict_before_the_first_run_says_what_to_do(world: Any) -> None:
    with pytest.raises(NotFoundError, match="relevo run"):
        world.line().predict({"text": "hola"})


def test_predict_with_something_that_is_no_model_says_so(two: Any) -> None:
    with pytest.raises(UsageError, match=r"data@1\.0\.0 is no model"):
        two.line().predict({"text": "hola"}, Ref.parse("data@1.0.0"))
