"""The OpenAPI 3.1 document of a service: of what `app.py` declares and the model asks for, and of nothing else.

No limit, version of the model or setting is in it: the same declaration gives the same bytes wherever it runs.
"""

from typing import Any

from relevo_runtime.app import Field
from relevo_runtime.bundle import Bundle
from relevo_runtime.inputs import Input
from relevo_runtime.problems import CATALOGUE, MEDIA_TYPE, Defect, Problem

Json = dict[str, Any]

_SCHEMAS: dict[str, Json] = {
    "text": {"type": "string", "minLength": 1},
    "category": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
_EXAMPLES: dict[str, object] = {
    "text": "…",
    "category": "…",
    "number": 1.5,
    "boolean": True,
    "date": "2027-01-31",
}
#: The problems that every address can give, and those of a request to classify.
_ANYWHERE = ("malformed-request", "wrong-method", "url-too-long", "headers-too-large", "internal")
_CLASSIFYING = (
    *_ANYWHERE, "not-utf8", "malformed-json", "slow-request", "body-too-large", "wrong-media-type", "wrong-encoding",
    "wrong-shape", "no-rows", "too-many-rows", "unknown-field", "repeated-field", "missing-field", "null-field",
    "empty-text", "wrong-type", "text-too-long", "busy",
)  # fmt: skip


#: What stands in the sentences of the examples.
_SAMPLE: dict[str, object] = {
    "allowed": "GET, HEAD",
    "expected": "text",
    "field": "…",
    "fields": "`…`",
    "limit": 1000,
    "request_id": "5f0c6d1b9a7e4c32",
    "seconds": 1,
    "where": "body",
}


def document(bundle: Bundle) -> Json:
    """The whole document, as JSON values."""
    service = bundle.service
    return {
        "openapi": "3.1.0",
        "info": {
            "title": service.name,
            "version": bundle.versions.service,
            "description": "Classifies a text: each group with its score, the highest first; the scores add up to 1.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": "models"}, {"name": "operation"}],
        "paths": {
            bundle.path: _classifying(bundle),
            bundle.models_path: {
                "get": _operation(bundle, "listModels", "The models of this service", _json("Models", "The models"))
            },
            "/health/live": {"get": _health("live", "Whether the process answers")},
            "/health/ready": {"get": _health("ready", "Whether to send requests here", "draining")},
            "/metrics": {
                "get": {
                    "operationId": "metrics",
                    "summary": "Counters in the Prometheus text format",
                    "tags": ["operation"],
                    "responses": {
                        "200": _content("The counters", "text/plain", {"type": "string"}),
                        **_problems(_ANYWHERE),
                    },
                }
            },
        },
        "components": {"schemas": _schemas(bundle), "headers": _HEADERS},
    }


def _classifying(bundle: Bundle) -> Json:
    fields = bundle.fields()
    return {
        "get": {
            **_operation(bundle, "classify", "Classify one text", _json("Answer", "The answer"), _CLASSIFYING),
            "description": "A JSON body, as POST takes it, is understood too; a field in the address holds for all.",
            "parameters": [_parameter(field, wanted, bundle) for field, wanted in fields],
        },
        "post": {
            **_operation(
                bundle,
                "classifyMany",
                "Classify one text, or many",
                _content("The answer, or the answers in the order of the list", "application/json", _either("Answer")),
                _CLASSIFYING,
            ),
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _either("Input"), "examples": _body_examples(bundle)}},
            },
        },
    }


def _operation(bundle: Bundle, name: str, summary: str, good: Json, codes: tuple[str, ...] = _ANYWHERE) -> Json:
    service = bundle.service
    headers = {"X-Request-Id": _ref("headers", "RequestId"), "Server-Timing": _ref("headers", "ServerTiming")}
    if service.deprecated:
        headers["Deprecation"] = _ref("headers", "Deprecation")
    if service.sunset:
        headers["Sunset"] = _ref("headers", "Sunset")
    operation = {
        "operationId": name,
        "summary": summary,
        "tags": ["models"],
        "responses": {"200": {**good, "headers": headers}, **_problems(codes)},
    }
    return {**operation, "deprecated": True} if service.deprecated else operation


def _health(name: str, summary: str, *codes: str) -> Json:
    schema = {"type": "object", "required": ["status"], "properties": {"status": {"const": name}}}
    good = _content("Yes", "application/json", schema)
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["operation"],
        "responses": {"200": good, **_problems((*_ANYWHERE, *codes))},
    }


def _problems(codes: tuple[str, ...]) -> Json:
    """The responses of some problems, one a status, with an example of each."""
    responses: dict[str, Json] = {}
    for code in sorted(codes, key=lambda code: CATALOGUE[code].status):
        kind = CATALOGUE[code]
        response = responses.setdefault(
            str(kind.status),
            {
                "description": kind.title[0],
                "content": {MEDIA_TYPE: {"schema": _ref("schemas", "Problem"), "examples": {}}},
            },
        )
        response["content"][MEDIA_TYPE]["examples"][code] = {"summary": kind.title[0], "value": _example(code)}
        if code == "busy":
            response["headers"] = {"Retry-After": _ref("headers", "RetryAfter")}
        if code == "wrong-method":
            response["headers"] = {"Allow": _ref("headers", "Allow")}
    return responses


def _example(code: str) -> Json:
    where = "" if CATALOGUE[code].status == 422 else None
    return Problem(Defect(code, where, _SAMPLE)).to_json("en", "5f0c6d1b9a7e4c32")


def _parameter(field: Field, wanted: Input, bundle: Bundle) -> Json:
    parameter: Json = {
        "name": field.name,
        "in": "query",
        "required": True,
        "schema": _SCHEMAS[field.type],
        "example": _row(bundle)[field.name],
    }
    if wanted.nullable:
        parameter["allowEmptyValue"] = True
    return {**parameter, **_marks(field)}


def _marks(field: Field) -> Json:
    marks: Json = {}
    if field.description:
        marks["description"] = field.description
    if field.deprecated:
        marks["deprecated"] = True
    return marks


def _property(field: Field, wanted: Input) -> Json:
    schema = dict(_SCHEMAS[field.type])
    if wanted.nullable:
        schema["type"] = [schema["type"], "null"]
    return {**schema, **_marks(field)}


def _row(bundle: Bundle) -> Json:
    """A request as an example: the service's own first one, completed where it says nothing."""
    own = dict(bundle.service.examples[0]) if bundle.service.examples else {}
    return {field.name: own.get(field.name, _EXAMPLES[field.type]) for field in bundle.service.fields}


def _body_examples(bundle: Bundle) -> Json:
    rows = [dict(example) for example in bundle.service.examples] or [_row(bundle)]
    return {"one": {"value": rows[0]}, "many": {"value": rows}}


def _schemas(bundle: Bundle) -> Json:
    score = {
        "type": "array",
        "description": "A group and its score",
        "prefixItems": [{"type": "string"}, {"type": "number", "minimum": 0, "maximum": 1}],
        "items": False,
        "minItems": 2,
    }
    ranking = {"type": "array", "description": "The highest score first", "items": _ref("schemas", "Score")}
    text = {"type": "string"}
    return {
        "Input": {
            "type": "object",
            "additionalProperties": False,
            "required": [field.name for field in bundle.service.fields],
            "properties": {field.name: _property(field, wanted) for field, wanted in bundle.fields()},
        },
        "Inputs": {"type": "array", "minItems": 1, "items": _ref("schemas", "Input")},
        "Score": score,
        "Answer": _object(resultado=ranking, version=_ref("schemas", "Versions")),
        "Answers": _object(resultados={"type": "array", "items": ranking}, version=_ref("schemas", "Versions")),
        "Versions": _object(servicio=text, modelo=text, datos=text),
        "Models": _object(modelos={"type": "array", "items": _ref("schemas", "Model")}),
        "Model": _object(
            nombre=text,
            ruta={**text, "description": "Where it answers"},
            grupos={"type": "array", "items": text},
            campos={"type": "array", "items": _object(nombre=text, tipo={**text, "enum": list(_SCHEMAS)})},
            version=_ref("schemas", "Versions"),
        ),
        "Defect": {
            "type": "object",
            "required": ["code", "detail"],
            "properties": {
                "code": text,
                "detail": text,
                "pointer": {**text, "description": "JSON pointer into the body (RFC 6901), as a fragment"},
                "parameter": {**text, "description": "The field in the address"},
            },
        },
        "Problem": {
            **_object(
                type={**text, "format": "uri"},
                title={**text, "description": "In the language of Accept-Language: en or es"},
                status={"type": "integer"},
                detail=text,
                code={**text, "description": "Stable, for programs", "enum": list(CATALOGUE)},
                request_id=text,
                errors={"type": "array", "items": _ref("schemas", "Defect")},
            ),
            "required": ["type", "title", "status", "detail", "code", "request_id"],
            "description": "RFC 9457; nothing of what was sent is repeated. With 422, `errors` lists every defect",
        },
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _either(name: str) -> Json:
    return {"oneOf": [_ref("schemas", name), _ref("schemas", name + "s")]}


def _json(schema: str, description: str) -> Json:
    return _content(description, "application/json", _ref("schemas", schema))


def _content(description: str, media_type: str, schema: Json) -> Json:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _header(description: str, kind: str = "string") -> Json:
    return {"description": description, "schema": {"type": kind}}


_HEADERS: Json = {
    "RequestId": _header("The caller's own X-Request-Id when it is a plain identifier, else a new one"),
    "ServerTiming": _header("Milliseconds of queue, parse, model and encode"),
    "RetryAfter": _header("Seconds to wait before the next try", "integer"),
    "Allow": _header("The methods that can be used here"),
    "Deprecation": _header("Since when callers are asked to leave (RFC 9745)"),
    "Sunset": _header("When this version goes away (RFC 8594)"),
}
