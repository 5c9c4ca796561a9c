import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.provisional import urls

from relevo_runtime import boolean, category, date, number
from relevo_runtime.request import _below
from relevo_runtime.settings import Settings

PATH = "/api/v1/modelos/quejas"
JSON = {"content-type": "application/json"}
Make = Callable[..., Any]


@pytest.fixture
def ask(service: Make) -> Any:
    """A service of a text and one variable of each type; `canal` may be null. Small limits."""
    fields = (category("canal"), number("importe"), boolean("urgente"), date("día/mes", of="fecha"))
    settings = Settings(max_rows=3, max_text_chars=10, max_body_bytes=1_024)
    return service(*fields, nullable=["canal"], settings=settings)


GOOD = {"texto": "hola", "canal": None, "importe": 1, "urgente": True, "día/mes": "2027-01-31"}


def row(**more: object) -> dict[str, object]:
    return GOOD | more


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in GOOD.items() if key != name}


def test_the_good_row_is_good(ask: Any) -> None:
    assert ask("POST", PATH, json.dumps(GOOD).encode(), JSON).status == 200


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        (without("texto"), "missing-field", "#/texto"),
        (without("canal"), "missing-field", "#/canal"),
        (row(texto=None), "null-field", "#/texto"),
        (row(importe=None), "null-field", "#/importe"),
        (row(texto=""), "empty-text", "#/texto"),
        (row(texto=" \n"), "empty-text", "#/texto"),
        (row(texto=5), "wrong-type", "#/texto"),
        (row(texto=["hola"]), "wrong-type", "#/texto"),
        (row(texto="once letras"), "text-too-long", "#/texto"),
        (row(canal="once letras"), "text-too-long", "#/canal"),
        (row(canal=1), "wrong-type", "#/canal"),
        (row(importe="1"), "wrong-type", "#/importe"),
        (row(importe=True), "wrong-type", "#/importe"),
        (row(importe=10**400), "wrong-type", "#/importe"),
        (row(urgente="true"), "wrong-type", "#/urgente"),
        (row(**{"día/mes": "31/01/2027"}), "wrong-type", "#/día~1mes"),
        (row(**{"día/mes": "2027-02-30"}), "wrong-type", "#/día~1mes"),
        (row(otro=1), "unknown-field", "#"),
        ([GOOD, without("texto")], "missing-field", "#/1/texto"),
        ([GOOD, row(otro=1)], "unknown-field", "#/1"),
        ([GOOD, "hola"], "wrong-shape", "#/1"),
        ([GOOD, None], "wrong-shape", "#/1"),
        ([[]], "wrong-shape", "#/0"),
        ("hola", "wrong-shape", "#"),
        (None, "wrong-shape", "#"),
        (1.5, "wrong-shape", "#"),
        ([], "no-rows", "#"),
        ([GOOD] * 4, "too-many-rows", "#"),
    ],
)
def test_a_wrong_body_gets_its_code_and_the_place(ask: Any, value: object, code: str, pointer: str) -> None:
    reply = ask("POST", PATH, json.dumps(value).encode(), JSON)
    problem = reply.json()
    assert (reply.status, problem["code"]) == (422, code)
    assert problem["errors"][0]["code"] == code
    assert problem["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ("", "missing-field", "texto"),
        ("texto=", "empty-text", "texto"),
        ("texto=once+letras", "text-too-long", "texto"),
        ("texto=a&texto=b", "repeated-field", "texto"),
        ("texto=a&canal=&importe=uno&urgente=true&d%C3%ADa/mes=2027-01-31", "wrong-type", "importe"),
        ("texto=a&canal=&importe=nan&urgente=true&d%C3%ADa/mes=2027-01-31", "wrong-type", "importe"),
        ("texto=a&canal=&importe=&urgente=true&d%C3%ADa/mes=2027-01-31", "null-field", "importe"),
        ("texto=a&canal=&importe=1&urgente=quiz%C3%A1&d%C3%ADa/mes=2027-01-31", "wrong-type", "urgente"),
        ("texto=a&canal=&importe=1&urgente=true&d%C3%ADa/mes=ayer", "wrong-type", "día/mes"),
    ],
)
def test_a_wrong_address_gets_its_code_and_the_parameter(ask: Any, query: str, code: str, parameter: str) -> None:
    problem = ask("GET", f"{PATH}?{query}").json()
    assert (problem["status"], problem["code"]) == (422, code)
    assert problem["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b'{"texto":', JSON, 400, "malformed-json"),
        (b"\xef\xbb\xbf{}", JSON, 400, "malformed-json"),
        (b"[" * 1_000, JSON, 400, "malformed-json"),
        (b'{"importe":1e999}', JSON, 400, "malformed-json"),
        (b'{"texto":"\xff"}', JSON, 400, "not-utf8"),
        (b'{"texto":"\\ud800"}', JSON, 400, "malformed-json"),
        (b"x" * 1_025, JSON, 413, "body-too-large"),
        (b"texto=hola", {"content-type": "application/x-www-form-urlencoded"}, 415, "wrong-media-type"),
        (b"{}", {"content-type": "text/json"}, 415, "wrong-media-type"),
        (b"{}", {**JSON, "content-encoding": "gzip"}, 415, "wrong-encoding"),
    ],
)
def test_a_body_that_is_not_json_of_a_fair_size(
    ask: Any, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    reply = ask("POST", PATH, content, headers)
    assert (reply.status, reply.json()["code"]) == (status, code)


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=utf-8", "application/ld+json"])
def test_every_kind_of_json_is_json(ask: Any, media_type: str) -> None:
    assert ask("POST", PATH, json.dumps(GOOD).encode(), {"content-type": media_type}).status == 200


def test_a_body_of_unknown_length_is_read_up_to_the_limit(ask: Any) -> None:
    content = json.dumps(GOOD).encode()
    assert ask("POST", PATH, chunks=[content[:9], content[9:]]).status == 200
    assert ask("POST", PATH, chunks=[b" " * 512] * 3).json()["code"] == "body-too-large"


def test_an_address_that_is_not_utf8(ask: Any) -> None:
    for query in ("texto=%ff", "%c3=1"):
        assert ask("GET", f"{PATH}?{query}").json()["code"] == "not-utf8"


def test_every_wrong_row_is_listed_up_to_a_limit(service: Make) -> None:
    ask = service()
    two = ask("POST", PATH, json.dumps([{}, {"texto": "a"}, {"texto": 1, "b": 2}]).encode()).json()
    assert [error["pointer"] for error in two["errors"]] == ["#/0/texto", "#/2"]
    many = ask("POST", PATH, json.dumps([{}] * 1_000).encode()).json()
    assert len(many["errors"]) == 20


@pytest.mark.parametrize(
    ("pointer", "name", "below"),
    [("", "texto", "/texto"), ("/3", "a/b", "/3/a~1b"), ("", "a~b", "/a~0b"), (None, "texto", None)],
)
def test_a_pointer_is_escaped_as_rfc_6901_says(pointer: str | None, name: str, below: str | None) -> None:
    assert _below(pointer, name) == below


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(list(GOOD)) | st.text(), inner, max_size=4)
    ),
    max_leaves=8,
)
BODIES = st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode())
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "content-encoding", "accept-language", "x-request-id", "traceparent", "accept"]),
    st.sampled_from([b"application/json", b"es;q=0.5", b"es;q=", b"00-" + b"a" * 32]) | st.binary(max_size=30),
)
TARGETS = st.one_of(
    st.just(PATH),
    st.builds(lambda query: f"{PATH}?{query}", st.text(max_size=60)),
    st.builds(lambda value: f"{PATH}?texto=a&importe={value}", st.text(max_size=20)),
    st.sampled_from(["/", "/api/v2/modelos/quejas", "/api/v1/modelos/x", "/health/ready", "/metrics", "/docs"]),
    urls().map(lambda url: "/" + url.split("/", 3)[-1]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the service keeps nothing of a request
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "OPTIONS", "BREW"]),
    target=TARGETS,
    content=BODIES,
    headers=HEADERS,
)
def test_whatever_is_sent_the_answer_is_good_or_the_callers_error_never_ours(
    ask: Any, method: str, target: str, content: bytes, headers: dict[str, bytes]
) -> None:
    reply = ask(method, target.encode("utf-8", "replace"), content, headers)
    assert reply.status in (200, 400, 404, 405, 413, 415, 422)
    if reply.status != 200 and method != "HEAD":
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json()["status"] == reply.status
