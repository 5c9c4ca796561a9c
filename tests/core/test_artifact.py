"""References, digests, and the manifest that is read as it was written."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.artifact import Artifact, Input, Ref, digest, files_digest, input_digest
from relevo.core.change import Change
from relevo.core.errors import UsageError
from relevo.core.message import Message
from relevo.core.verdict import Outcome, Verdict
from relevo.core.version import Version

texts = st.text(st.characters(exclude_categories=["Cs"]))
tables = st.dictionaries(texts, texts)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
params = st.dictionaries(texts, values, max_size=3)
versions = st.builds(Version, *[st.integers(0, 99)] * 3)
messages = st.builds(Message, texts, params)
causes = st.builds(Change, texts, texts, params)
changes = st.builds(Change, texts, texts, params, st.lists(causes, max_size=2).map(tuple))
numbers = st.none() | st.floats(allow_nan=False)
verdicts = st.builds(
    Verdict,
    gate=texts,
    outcome=st.sampled_from(Outcome),
    measured=numbers,
    limit=numbers,
    unit=texts,
    evidence=st.lists(messages, max_size=2).map(tuple),
    warnings=st.lists(messages, max_size=2).map(tuple),
)
artifacts = st.builds(
    Artifact,
    line=texts,
    stage=texts,
    version=versions,
    base=st.none() | versions,
    input_digest=texts,
    output_digest=texts,
    recipe=tables,
    files=tables,
    inputs=st.dictionaries(texts, st.builds(Input, versions, texts), max_size=3),
    facts=params,
    changes=st.lists(changes, max_size=2).map(tuple),
    verdicts=st.lists(verdicts, max_size=2).map(tuple),
    made_at=texts,
    tool=texts,
    commit=texts,
    branch=texts,
    dirty=st.booleans(),
    folder=st.just(Path("store/data/1.0.0")),
)


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("model@1.0.1", Ref("model", Version(1, 0, 1))),
        ("model@v1.0.1", Ref("model", Version(1, 0, 1))),
        ("data@2.0.0-pago.1", Ref("data", Version(2, 0, 0, "pago", 1))),
    ],
)
def test_a_reference(text: str, ref: Ref) -> None:
    assert Ref.parse(text) == ref
    assert Ref.parse(str(ref)) == ref


@pytest.mark.parametrize("text", ["", "model", "model@", "@1.0.0", "model@1.0", "model@latest", "a@b@1.0.0", "1.0.0"])
def test_what_is_no_reference_is_named_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"(?s)does not name an artifact.*for example model@1\.0\.1") as caught:
        Ref.parse(text)
    assert f"`{text}`" in str(caught.value)


@given(st.text() | st.text().map(lambda text: f"data@{text}"))
def test_any_text_is_a_reference_or_a_usage_error(text: str) -> None:
    try:
        ref = Ref.parse(text)
    except UsageError:
        return
    assert Ref.parse(str(ref)) == ref


def test_the_digest_of_a_value_is_that_of_its_canonical_json() -> None:
    # sha256 of {"a":[1,"ñ"],"b":null} in UTF-8, by `printf '{"a":[1,"ñ"],"b":null}' | sha256sum`
    expected = "37a48e929c9e7fd4c0cca8b1dee9fe10f91973f7c436441a5bed735d52df9eae"
    assert digest({"b": None, "a": [1, "ñ"]}) == expected


@given(tables, st.randoms())
def test_the_input_digest_is_blind_to_the_order_of_what_goes_in(recipe: dict[str, str], random: Any) -> None:
    inputs = {name: Input(Version(1, 0, 0), f"digest of {name}") for name in ("data", "words", "other")}
    shuffled = [list(table.items()) for table in (inputs, recipe)]
    for items in shuffled:
        random.shuffle(items)
    assert input_digest("model", dict(shuffled[0]), dict(shuffled[1])) == input_digest("model", inputs, recipe)


INPUTS = {"data": Input(Version(1, 0, 0), "aa")}
SAME = input_digest("model", INPUTS, {"seed": "0"})


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("stage", input_digest("service", INPUTS, {"seed": "0"})),
        ("content of an input", input_digest("model", {"data": Input(Version(1, 0, 0), "bb")}, {"seed": "0"})),
        ("one more input", input_digest("model", {**INPUTS, "words": INPUTS["data"]}, {"seed": "0"})),
        ("setting", input_digest("model", INPUTS, {"seed": "1"})),
        ("name of a setting", input_digest("model", INPUTS, {"Seed": "0"})),
        ("one more setting", input_digest("model", INPUTS, {"seed": "0", "c": ""})),
    ],
)
def test_the_input_digest_sees_another(what: str, other: str) -> None:
    assert other != SAME


def test_the_input_digest_does_not_see_the_number_of_an_input_only_its_content() -> None:
    assert input_digest("model", {"data": Input(Version(1, 0, 1), "aa")}, {"seed": "0"}) == SAME


def test_the_digest_of_files_sees_names_and_contents_and_no_order() -> None:
    assert files_digest({"a": "1", "b": "2"}) == files_digest({"b": "2", "a": "1"})
    assert len({files_digest(f) for f in ({"a": "1", "b": "2"}, {"a": "2", "b": "1"}, {"a": "1"}, {})}) == 4


@given(artifacts)
def test_a_manifest_is_read_as_it_was_written(artifact: Artifact) -> None:
    written = json.dumps(artifact.to_json())
    assert Artifact.from_json(json.loads(written), artifact.folder) == artifact


EXAMPLE = Artifact(
    line="quejas",
    stage="model",
    version=Version(1, 0, 1),
    input_digest="ii",
    output_digest="oo",
    recipe={"seed": "0"},
    files={"model.json": "ff"},
    inputs={"data": Input(Version(1, 0, 0), "dd")},
    facts={"accuracy": 0.98},
    changes=(Change("model", "recipe-changed", {"parts": ["seed"]}),),
    verdicts=(Verdict("quality", Outcome.PASSED, 0.98, 0.5),),
    made_at="2026-03-01T09:30:00Z",
    tool="relevo 0.1.0",
)


@pytest.mark.parametrize("name", EXAMPLE.to_json())
def test_a_manifest_that_lacks_something_is_refused(name: str) -> None:
    manifest = EXAMPLE.to_json()
    del manifest[name]
    with pytest.raises(KeyError, match=name):
        Artifact.from_json(manifest, Path())


@pytest.mark.parametrize(
    "damage",
    [{"format": 2}, {"version": "1.0"}, {"files": []}, {"recipe": "x"}, {"inputs": 1}, {"facts": None}],
    ids=str,
)
def test_a_manifest_of_another_shape_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        Artifact.from_json({**EXAMPLE.to_json(), **damage}, Path())
