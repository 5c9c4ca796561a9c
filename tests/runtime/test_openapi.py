import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from relevo_runtime import boolean, category, date, number
from relevo_runtime.openapi import document
from relevo_runtime.problems import CATALOGUE

PATH = "/api/v1/modelos/quejas"
Make = Callable[..., Any]

#: Problems that no documented address gives, and the paths that are nobody's API.
NOWHERE = {"not-found", "unknown-model", "other-version"}


@pytest.fixture
def ask(service: Make) -> Any:
    """A service with a variable of each type, some nullable, one on its way out."""
    fields = (
        category("canal", description="web or phone"),
        number("importe"),
        boolean("urgente", deprecated=True),
        date("fecha"),
    )
    return service(*fields, nullable=["importe"], examples=[{"texto": "no funciona mi tarjeta", "canal": "web"}])


def schema(api: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": api["components"]})


def test_it_is_valid_openapi_3_1(ask: Any) -> None:
    api = document(ask.bundle)
    assert api["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(api).validate()


def test_what_is_served_is_the_document(ask: Any) -> None:
    assert ask("GET", "/openapi.json").json() == document(ask.bundle)


def test_it_describes_every_field(ask: Any) -> None:
    api = document(ask.bundle)
    assert api["components"]["schemas"]["Input"] == {
        "type": "object",
        "additionalProperties": False,
        "required": ["texto", "canal", "importe", "urgente", "fecha"],
        "properties": {
            "texto": {"type": "string", "minLength": 1},
            "canal": {"type": "string", "description": "web or phone"},
            "importe": {"type": ["number", "null"]},
            "urgente": {"type": "boolean", "deprecated": True},
            "fecha": {"type": "string", "format": "date"},
        },
    }
    parameters = api["paths"][PATH]["get"]["parameters"]
    assert [(each["name"], each.get("deprecated", False)) for each in parameters] == [
        ("texto", False),
        ("canal", False),
        ("importe", False),
        ("urgente", True),
        ("fecha", False),
    ]


def test_it_names_every_problem_under_its_status(ask: Any) -> None:
    api = document(ask.bundle)
    shown: dict[str, int] = {}
    for methods in api["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                examples = response.get("content", {}).get("application/problem+json", {}).get("examples", {})
                for code, example in examples.items():
                    assert schema(api, "Problem").is_valid(example["value"])
                    shown[code] = int(status)
    assert shown == {code: kind.status for code, kind in CATALOGUE.items() if code not in NOWHERE}


def test_it_names_every_address(ask: Any) -> None:
    pages = set(document(ask.bundle)["paths"])
    assert pages == {PATH, "/api/v1/modelos", "/health/live", "/health/ready", "/metrics"}
    assert all(ask("GET", page).status in (200, 422) for page in pages)


def test_answers_are_as_it_says(ask: Any) -> None:
    api = document(ask.bundle)
    examples = api["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]["examples"]
    row = {"texto": "a", "canal": "web", "importe": None, "urgente": False, "fecha": "2027-01-31"}
    assert schema(api, "Input").is_valid(row)
    assert examples["one"]["value"] == {"texto": "no funciona mi tarjeta", "canal": "web"}
    for name, content in (("Answer", row), ("Answers", [row]), ("Problem", {}), ("Problem", [{}])):
        reply = ask("POST", PATH, json.dumps(content).encode())
        schema(api, name).validate(reply.json())
    schema(api, "Models").validate(ask("GET", "/api/v1/modelos").json())


def test_a_deprecated_service_marks_its_operations(service: Make) -> None:
    api = document(service(deprecated="2026-12-01", sunset="2027-06-30").bundle)
    OpenAPIV31SpecValidator(api).validate()
    for path, methods in api["paths"].items():
        for operation in methods.values():
            assert operation.get("deprecated", False) is path.startswith("/api/")
    headers = api["paths"][PATH]["get"]["responses"]["200"]["headers"]
    assert {"Deprecation", "Sunset"} <= set(headers)


def test_it_does_not_change_with_the_model_or_the_settings(service: Make) -> None:
    text = json.dumps(document(service().bundle))
    assert not re.search(r"1\.1\.0|1\.2\.0|10000|1048576", text)
