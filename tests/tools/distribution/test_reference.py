import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.errors import UsageError
from relevo.tools.distribution import Reference

D = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("python", ("docker.io", "library/python", "", "")),
        ("python:3.12-slim", ("docker.io", "library/python", "3.12-slim", "")),
        ("grafana/loki:3", ("docker.io", "grafana/loki", "3", "")),
        ("docker.io/python", ("docker.io", "library/python", "", "")),
        ("index.docker.io/library/python", ("docker.io", "library/python", "", "")),
        ("localhost/a", ("localhost", "a", "", "")),
        ("localhost:5000", ("docker.io", "library/localhost", "5000", "")),
        ("localhost:5000/a__b:1", ("localhost:5000", "a__b", "1", "")),
        ("[::1]:5000/a", ("[::1]:5000", "a", "", "")),
        ("Registry.Example.org/a", ("Registry.Example.org", "a", "", "")),
        ("Registry/a", ("Registry", "a", "", "")),
        ("123/a", ("docker.io", "123/a", "", "")),
        (f"registry.example.org:5000/team/name:1.0.1@{D}", ("registry.example.org:5000", "team/name", "1.0.1", D)),
        (f"r.example.org/a@{D}", ("r.example.org", "a", "", D)),
    ],
)
def test_a_name_is_read_as_docker_reads_it(text, parts):
    reference = Reference.parse(text)
    assert (reference.host, reference.repository, reference.tag, reference.digest) == parts


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "/", "a/", "/a", "a//b", "A", "a/B", "a:", "a@", "a:b:c", "a b", "a\n", "-a", "a-", "a..b", "a___b"),
        *("https://r.example.org/a", "r.example.org:x/a", "r.example.org:70000/a", "r.example.org:0/a", "-r.org/a"),
        *("a@sha256:12", "a@md5:" + "0" * 32, "a@sha512:" + "0" * 128, f"a@{D}:1", D.removeprefix("sha256:")),
        *("a:" + "b" * 129, "r.example.org/" + "a" * 256, "r.example.org/ñ", "a:ñ", "r.example.org\x00/a"),
    ],
)
def test_what_is_no_name_is_refused_and_quoted(text):
    with pytest.raises(UsageError) as caught:
        Reference.parse(text)
    assert caught.value.code == "reference-invalid"
    assert f"`{text}`" in str(caught.value)


@pytest.mark.parametrize(("text", "name"), [("a", "latest"), ("a:1", "1"), (f"a@{D}", D), (f"a:1@{D}", D)])
def test_a_digest_is_asked_for_rather_than_a_tag(text, name):
    assert Reference.parse(text).name == name


label = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
component = st.from_regex(r"[a-z0-9]{1,5}(([._]|__|-{1,3})[a-z0-9]{1,5}){0,2}", fullmatch=True)
hosts = st.builds(
    lambda labels, port: ".".join(labels) + (f":{port}" if port else ""),
    st.lists(label, min_size=2, max_size=4),
    st.none() | st.integers(1, 65_535),
)
references = st.builds(
    Reference,
    hosts.filter(lambda host: host != "index.docker.io"),
    st.lists(component, min_size=2, max_size=4).map("/".join),
    st.just("") | st.from_regex(re.compile(r"\w[\w.-]{0,127}", re.ASCII), fullmatch=True),
    st.just("") | st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True),
)


@given(references)
def test_the_full_name_gives_the_reference_back(reference):
    assert Reference.parse(str(reference)) == reference


@given(st.text() | st.text("ab.:/@-_[]0A", max_size=20))
def test_any_text_is_refused_or_stays_the_same_from_its_full_name_on(text):
    try:
        reference = Reference.parse(text)
    except UsageError:
        return
    assert Reference.parse(str(reference)) == reference
