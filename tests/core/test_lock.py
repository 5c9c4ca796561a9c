"""relevo.lock: what it says, what it refuses, and that reading gives what was written."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.artifact import Artifact, Input
from relevo.core.errors import UsageError
from relevo.core.lock import Lock, Locked
from relevo.core.verdict import Outcome, Verdict
from relevo.core.version import Version

versions = st.builds(Version, *[st.integers(0, 99)] * 3)
texts = st.text(st.characters(exclude_categories=["Cs"]))
locks = st.builds(Lock, st.dictionaries(texts, st.builds(Locked, versions, texts, st.dictionaries(texts, texts))))


def artifact(stage: str, output_digest: str, inputs: Mapping[str, Input] | None = None) -> Artifact:
    return Artifact(
        line="quejas",
        stage=stage,
        version=Version(1, 2, 0),
        input_digest="i",
        output_digest=output_digest,
        recipe={},
        files={},
        inputs=inputs or {},
        facts={},
        changes=(),
        verdicts=(Verdict("quality", Outcome.PASSED, 0.98, 0.5),),
        made_at="2026-03-01T09:30:00Z",
        tool="relevo 0.1.0",
    )


def test_what_it_says() -> None:
    data = artifact("data", "aa")
    model = artifact("model", "bb", {"data": Input(data.version, "aa")})
    text = Lock.of({"data": data, "model": model}).dumps()
    assert text.endswith("}\n")
    assert json.loads(text) == {
        "format": 1,
        "stages": {
            "data": {"version": "1.2.0", "output_digest": "aa", "verdicts": {"quality": "passed"}},
            "model": {"version": "1.2.0", "output_digest": "bb", "verdicts": {"quality": "passed"}},
        },
    }


def test_only_what_stands_on_each_other_is_locked_together() -> None:
    model = artifact("model", "bb", {"data": Input(Version(1, 1, 0), "other")})
    with pytest.raises(ValueError, match=r"model@1\.2\.0 was not made from data@1\.2\.0"):
        Lock.of({"data": artifact("data", "aa"), "model": model})


@given(locks)
def test_reading_gives_what_was_written(lock: Lock) -> None:
    assert Lock.loads(lock.dumps()) == lock


def stage(**parts: Any) -> str:
    whole = {"version": "1.0.0", "output_digest": "aa", "verdicts": {}}
    return json.dumps({"format": 1, "stages": {"data": {**whole, **parts}}})


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "null", "7", "[]", "{}", '{"format": 1}', '{"format": 1, "stages": []}', "[" * 100_000),
        '{"format": 2, "stages": {}}',
        '{"format": 1, "stages": {"data": null}}',
        '{"format": 1, "stages": {"data": {}}}',
        "<<<<<<< HEAD\n{}\n=======\n",
        *(
            stage(version="1.0"),
            stage(version=1),
            stage(output_digest=None),
            stage(verdicts=[]),
            stage(verdicts={"a": 1}),
        ),
    ],
    ids=lambda text: text[:60],
)
def test_what_is_no_lock_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(UsageError, match=r"(?s)relevo\.lock cannot be read: .+hint: take it from git again") as caught:
        Lock.loads(text)
    assert caught.value.code == "bad-lock"


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["format", "stages", "data", "version"]), inner),
)


@given(st.text() | json_values.map(json.dumps) | json_values.map(lambda v: json.dumps({"format": 1, "stages": v})))
def test_any_text_is_a_lock_or_a_usage_error(text: str) -> None:
    try:
        lock = Lock.loads(text)
    except UsageError:
        return
    assert Lock.loads(lock.dumps()) == lock
