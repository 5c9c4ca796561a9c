"""The contract of a service, one edit at a time, and any edits together."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.policy import Policy
from relevo.core.version import Bump
from relevo.service.openapi import contract, diff

Document = dict[str, Any]

BASE: Document = {
    "openapi": "3.1.0",
    "info": {"title": "quejas", "version": "1.0.0"},
    "servers": [{"url": "/"}],
    "paths": {
        "/api/v1/modelos": {"get": {"responses": {"200": {"description": "the models"}}}},
        "/api/v1/modelos/quejas": {
            "get": {
                "parameters": [
                    {"name": "texto", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}},
                    {"name": "canal", "in": "query", "required": False, "schema": {"enum": ["web", "phone"]}},
                ],
                "responses": {
                    "200": {
                        "headers": {"Server-Timing": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
                    },
                    "422": {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/P"}}}},
                },
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "oneOf": [
                                    {"$ref": "#/components/schemas/Row"},
                                    {"type": "array", "items": {"$ref": "#/components/schemas/Row"}, "maxItems": 100},
                                ]
                            }
                        }
                    },
                },
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}}
                },
            },
        },
        "/old": {"get": {"deprecated": True, "responses": {}}},
    },
    "components": {
        "schemas": {
            "Row": {
                "type": "object",
                "additionalProperties": False,
                "required": ["texto"],
                "properties": {
                    "texto": {"type": "string"},
                    "importe": {"type": "number"},
                    "viejo": {"type": "string", "deprecated": True},
                },
            },
            "Answer": {
                "type": "object",
                "required": ["resultado"],
                "properties": {
                    "resultado": {
                        "type": "array",
                        "items": {
                            "type": "array",
                            "prefixItems": [{"enum": ["cobros", "tarjeta"]}, {"type": "number", "maximum": 1}],
                            "items": False,
                        },
                    },
                    "nota": {"type": "string"},
                },
            },
            "P": {"type": "object", "properties": {"code": {"enum": ["missing-field", "empty-text"]}}},
        }
    },
}


def at(*path: str | int) -> Callable[[Document], Any]:
    def find(document: Document) -> Any:
        part: Any = document
        for step in path:
            part = part[step]
        return part

    return find


def put(*path: Any) -> Callable[[Document], None]:
    *where, key, value = path
    return lambda document: at(*where)(document).__setitem__(key, deepcopy(value))


def drop(*path: str | int) -> Callable[[Document], None]:
    *where, key = path
    return lambda document: at(*where)(document).__delitem__(key)


MODEL = ("paths", "/api/v1/modelos/quejas")
GET, POST = (*MODEL, "get"), (*MODEL, "post")
BODY = (*POST, "requestBody", "content", "application/json", "schema")
ROW, ANSWER = ("components", "schemas", "Row"), ("components", "schemas", "Answer")
SCORE = (*ANSWER, "properties", "resultado", "items")
CODES = ("components", "schemas", "P", "properties", "code", "enum")

#: What is edited → the codes and places of what comes out; each edit touches a place of its own.
EDITS: dict[str, tuple[Callable[[Document], None], set[tuple[str, str, str]]]] = {
    "the words": (put("info", "description", "more words"), set()),
    "the servers": (put("servers", [{"url": "https://x.example"}]), set()),
    "a description": (put(*ROW, "properties", "texto", "description", "In the customer's words"), set()),
    "an example": (put(*ANSWER, "example", {}), set()),
    "a new path": (put("paths", "/new", {"get": {}}), {("added", "GET /new", "")}),
    "a new method": (put(*MODEL, "put", {}), {("added", "PUT /api/modelos/quejas", "")}),
    "a path gone": (drop("paths", "/api/v1/modelos"), {("removed-undeprecated", "GET /api/modelos", "")}),
    "a deprecated path gone": (drop("paths", "/old"), {("incompatible", "GET /old", "removed")}),
    "a method deprecated": (put(*POST, "deprecated", True), {("deprecated", "POST /api/modelos/quejas", "")}),
    "a parameter now required": (
        put(*GET, "parameters", 1, "required", True),
        {("incompatible", "GET /api/modelos/quejas ← canal", "now-required")},
    ),
    "a parameter no longer required": (
        put(*GET, "parameters", 0, "required", False),
        {("added", "GET /api/modelos/quejas ← texto", "")},
    ),
    "a parameter's bound lowered": (
        put(*GET, "parameters", 0, "schema", "minLength", 0),
        {("added", "GET /api/modelos/quejas ← texto", "")},
    ),
    "a parameter takes one value more": (
        put(*GET, "parameters", 1, "schema", "enum", ["web", "phone", "shop"]),
        {("added", "GET /api/modelos/quejas ← canal =shop", "")},
    ),
    "a body no longer needed": (
        put(*POST, "requestBody", "required", False),
        {("added", "POST /api/modelos/quejas ←", "")},
    ),
    "fewer rows at a time": (
        put(*BODY, "oneOf", 1, "maxItems", 10),
        {("incompatible", "POST /api/modelos/quejas ←", "takes-less")},
    ),
    "a new required field": (
        lambda d: (put(*ROW, "properties", "hora", {"type": "string"})(d), at(*ROW, "required")(d).append("hora")),
        {
            ("incompatible", "POST /api/modelos/quejas ← hora", "now-required"),
            ("incompatible", "POST /api/modelos/quejas ← [].hora", "now-required"),
        },
    ),
    "a new optional field": (
        put(*ROW, "properties", "nueva", {"type": "string"}),
        {("added", "POST /api/modelos/quejas ← nueva", ""), ("added", "POST /api/modelos/quejas ← [].nueva", "")},
    ),
    "a field of another type": (
        put(*ROW, "properties", "importe", {"type": "string"}),
        {
            ("incompatible", "POST /api/modelos/quejas ← importe", "other-type"),
            ("incompatible", "POST /api/modelos/quejas ← [].importe", "other-type"),
        },
    ),
    "a deprecated field gone": (
        drop(*ROW, "properties", "viejo"),
        {
            ("incompatible", "POST /api/modelos/quejas ← viejo", "removed"),
            ("incompatible", "POST /api/modelos/quejas ← [].viejo", "removed"),
        },
    ),
    "any other field is taken": (
        put(*ROW, "additionalProperties", True),
        {("added", "POST /api/modelos/quejas ← *", ""), ("added", "POST /api/modelos/quejas ← [].*", "")},
    ),
    "the answer tells more": (
        put(*ANSWER, "properties", "version", {"type": "string"}),
        {
            ("added", "GET /api/modelos/quejas → 200 version", ""),
            ("added", "POST /api/modelos/quejas → 200 version", ""),
        },
    ),
    "the answer tells less": (
        drop(*ANSWER, "properties", "nota"),
        {
            ("removed-undeprecated", "GET /api/modelos/quejas → 200 nota", ""),
            ("removed-undeprecated", "POST /api/modelos/quejas → 200 nota", ""),
        },
    ),
    "the answer may lack what it had": (
        put(*ANSWER, "required", []),
        {
            ("incompatible", "GET /api/modelos/quejas → 200 resultado", "no-longer-sure"),
            ("incompatible", "POST /api/modelos/quejas → 200 resultado", "no-longer-sure"),
        },
    ),
    "a new group": (
        put(*SCORE, "prefixItems", 0, {"enum": ["cobros", "tarjeta", "seguros"]}),
        {
            ("added", "GET /api/modelos/quejas → 200 resultado[][0]=seguros", ""),
            ("added", "POST /api/modelos/quejas → 200 resultado[][0]=seguros", ""),
        },
    ),
    "scores above one": (
        drop(*SCORE, "prefixItems", 1, "maximum"),
        {
            ("incompatible", "GET /api/modelos/quejas → 200 resultado[][1]", "gives-more"),
            ("incompatible", "POST /api/modelos/quejas → 200 resultado[][1]", "gives-more"),
        },
    ),
    "an error more": (
        put(*GET, "responses", "415", {}),
        {("added", "GET /api/modelos/quejas → 415", "")},
    ),
    "a code more": (
        lambda d: at(*CODES)(d).append("busy"),
        {("added", "application/problem+json code=busy", "")},
    ),
    "a code less": (
        lambda d: at(*CODES)(d).remove("empty-text"),
        {("incompatible", "application/problem+json code=empty-text", "removed")},
    ),
    "a header gone": (
        drop(*GET, "responses", "200", "headers", "Server-Timing"),
        {("removed-undeprecated", "GET /api/modelos/quejas → 200 Server-Timing", "")},
    ),
    "another way to log in": (put("security", [{"key": []}]), {("incompatible", "security", "other-rule")}),
}


def changed(*names: str) -> Document:
    document = deepcopy(BASE)
    for name in names:
        EDITS[name][0](document)
    return document


def found(old: Document, new: Document) -> set[tuple[str, str, str]]:
    return {
        (change.code.removeprefix("api-"), change.params["what"], change.params.get("why", ""))
        for change in diff(contract(old), contract(new))
    }


@pytest.mark.parametrize("name", EDITS)
def test_each_edit_is_named_with_its_place(name):
    assert found(BASE, changed(name)) == EDITS[name][1]


@given(st.sets(st.sampled_from(sorted(EDITS))))
def test_edits_together_give_every_change_and_so_the_highest_bump(names):
    assert found(BASE, changed(*sorted(names))) == set().union(*(EDITS[name][1] for name in names))


@given(st.sets(st.sampled_from(sorted(EDITS))))
def test_a_contract_does_not_differ_from_itself(names):
    document = changed(*sorted(names))
    assert diff(contract(document), contract(deepcopy(document))) == ()


@given(st.sampled_from(sorted(EDITS)))
def test_no_edit_of_the_contract_goes_unseen_the_other_way_round(name):
    assert bool(found(changed(name), BASE)) == bool(EDITS[name][1]) or name == "a method deprecated"


@pytest.mark.parametrize(
    ("name", "bump"),
    [
        ("the words", Bump.NONE),
        ("a new optional field", Bump.MINOR),
        ("a method deprecated", Bump.MINOR),
        ("a new required field", Bump.MAJOR),
        ("a deprecated field gone", Bump.MAJOR),
        ("the answer tells less", Bump.MAJOR),
    ],
)
def test_the_rules_know_every_change(name, bump):
    assert Policy().bump(diff(contract(BASE), contract(changed(name)))) is bump


SCHEMAS = st.recursive(
    st.sampled_from(
        [True, {}, {"type": "string"}, {"type": "number"}, {"enum": ["a", 1]}, {"type": ["string", "null"]}]
    ),
    lambda inner: st.one_of(
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda some: {"anyOf": some}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda properties, required: {"type": "object", "properties": properties, "required": required},
            st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            st.lists(st.sampled_from("abc"), unique=True, max_size=2),
        ),
    ),
    max_leaves=6,
)


def with_body(schema: object) -> Document:
    body = {"content": {"application/json": {"schema": schema}}}
    return {"paths": {"/x": {"post": {"requestBody": body, "responses": {}}}}}


def plain(schema: Any) -> Any:
    """One spelling for schemas that say the same: {} is true, and alternatives have no order and no doubles."""
    if isinstance(schema, dict):
        return {key: sorted(value) if key == "required" else plain(value) for key, value in schema.items()} or True
    if isinstance(schema, list):
        return sorted({repr(plain(each)): None for each in schema})
    return schema


@given(SCHEMAS, SCHEMAS)
def test_no_two_schemas_differ_without_a_change(old, new):
    assert plain(old) == plain(new) or diff(with_body(old), with_body(new))


@given(SCHEMAS)
def test_a_schema_does_not_differ_from_itself(schema):
    assert diff(with_body(schema), with_body(deepcopy(schema))) == ()


def test_a_schema_that_contains_itself_is_compared_once():
    def tree(kind: str) -> Document:
        node = {"properties": {"left": {"$ref": "#/components/schemas/N"}, "value": {"type": kind}}}
        return {**with_body({"$ref": "#/components/schemas/N"}), "components": {"schemas": {"N": node}}}

    assert diff(tree("string"), tree("string")) == ()
    assert [change.params["what"] for change in diff(tree("string"), tree("number"))] == ["POST /x ← value"]


def test_the_major_of_the_paths_and_the_version_are_no_part_of_the_contract():
    v2 = deepcopy(BASE)
    v2["info"]["version"] = "2.0.0"
    v2["paths"] = {path.replace("/v1/", "/v2/"): item for path, item in v2["paths"].items()}
    assert contract(v2) == contract(BASE)
