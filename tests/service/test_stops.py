"""Which change of the model stops the service, and what the stop names."""

from pathlib import Path

import pytest

from relevo.core.artifact import Artifact
from relevo.core.change import Change
from relevo.core.plan import Planned, State
from relevo.core.settings import DataSettings, LineSettings, Settings
from relevo.core.version import Version
from relevo.service.declaration import Declaration, Field
from relevo.service.stops import stops

TEXT = Field("texto", "text", "text", 9)
HOUR = Field("hora", "category", "hora_mencionada", 10)


def declared(supports: int, *fields: Field) -> Declaration:
    return Declaration("service/app.py", "quejas", supports, 7, fields, 8)


def settings(**variables: str) -> Settings:
    return Settings(LineSettings("quejas"), DataSettings("q.csv", {"texto": "text", "grupo": "label", **variables}))


def upstream(version: str, *changes: Change) -> dict[str, Planned]:
    data = Planned("data", State.MADE, None, Version.parse(version), changes=changes)
    follows = Change("model", "follows", {"upstream": "data", "bump": "major"}, changes)
    return {"data": data, "model": Planned("model", State.MADE, None, Version.parse(version), changes=(follows,))}


def model(**inputs: str) -> dict[str, Artifact]:
    facts = {"inputs": [{"name": name, "type": kind, "required": True} for name, kind in inputs.items()]}
    one = Version(1, 0, 0)
    made = Artifact("quejas", "model", one, "", "", {}, {}, {}, facts, (), (), "", "", folder=Path())
    return {"model": made}


ADDED = Change("data", "variable-added", {"column": "hora_mencionada", "type": "category"})
GONE = Change("data", "variable-removed", {"column": "hora_mencionada", "type": "category"})
GROUP_GONE = Change("data", "group-gone", {"group": "seguros", "rows": 3})
NEW = settings(hora_mencionada="category")


@pytest.mark.parametrize(
    ("code", "plan", "inputs", "of", "expected"),
    [
        pytest.param(declared(1, TEXT), upstream("1.0.0"), {}, settings(), [], id="first run, all fits"),
        pytest.param(declared(1, TEXT), upstream("1.1.0"), model(text="text"), settings(), [], id="minor"),
        pytest.param(
            declared(1, TEXT),
            upstream("2.0.0", ADDED),
            {},
            NEW,
            [("model-major", 7, ("hora_mencionada",)), ("field-missing", 8, ("hora_mencionada",))],
            id="a new variable, seen by plan",
        ),
        pytest.param(
            declared(1, TEXT),
            upstream("2.0.0"),
            model(text="text", hora_mencionada="category"),
            NEW,
            [("model-major", 7, ("hora_mencionada",)), ("field-missing", 8, ("hora_mencionada",))],
            id="the same on a later run, when the model stands already",
        ),
        pytest.param(declared(2, TEXT, HOUR), upstream("2.0.0", ADDED), {}, NEW, [], id="the code was changed"),
        pytest.param(
            declared(2, TEXT),
            upstream("2.0.0", ADDED),
            {},
            NEW,
            [("field-missing", 8, ("hora_mencionada",))],
            id="only the number was changed",
        ),
        pytest.param(
            declared(1, TEXT, HOUR),
            upstream("2.0.0", ADDED),
            {},
            NEW,
            [("model-major", 7, ("hora_mencionada",))],
            id="only the field was added",
        ),
        pytest.param(
            declared(2, TEXT, HOUR),
            upstream("3.0.0", GONE),
            {},
            settings(),
            [("model-major", 7, ("hora_mencionada",)), ("field-unknown", 10, ("hora_mencionada",))],
            id="a variable is gone",
        ),
        pytest.param(
            declared(1, TEXT),
            upstream("2.0.0", GROUP_GONE),
            {},
            settings(),
            [("model-major", 7, ())],
            id="a group gone",
        ),
        pytest.param(
            declared(1, TEXT, HOUR),
            upstream("1.0.0"),
            model(text="text", hora_mencionada="number"),
            NEW,
            [("field-type", 10, ("hora_mencionada",))],
            id="another type",
        ),
        pytest.param(
            declared(2, TEXT), upstream("1.0.0"), {}, settings(), [("model-major", 7, ())], id="code ahead of the model"
        ),
    ],
)
def test_names_the_line_and_the_fields(code, plan, inputs, of, expected):
    assert [(stop.code, stop.line, stop.fields) for stop in stops(code, plan, inputs, of)] == expected


def test_a_stop_says_what_to_write_where():
    major, missing = stops(declared(1, TEXT), upstream("2.0.0", ADDED), {}, NEW)
    assert str(major.message) == (
        "`service/app.py`, line 7, is for major version 1 of the model, and model 2.0.0 comes and changes "
        "`hora_mencionada`: change the code, then write `supports_model=2`"
    )
    assert str(missing.message) == (
        'the model asks for `hora_mencionada`, and the service does not: add `category("hora_mencionada")` to `fields` '
        "in `service/app.py`, line 8"
    )
