from typing import Any

import pytest

from relevo.model.facts import changes

BASE = {
    "groups": ["cobros", "tarjeta"],
    "inputs": [
        {"name": "text", "type": "text", "required": True, "nullable": False},
        {"name": "canal", "type": "category", "required": True, "nullable": False},
    ],
}


def made(groups: tuple[str, ...] = ("cobros", "tarjeta"), **inputs: tuple[str, bool]) -> dict[str, Any]:
    inputs = {"text": ("text", False)} | (inputs or {"canal": ("category", False)})
    listed = [
        {"name": name, "type": kind, "required": True, "nullable": nullable}
        for name, (kind, nullable) in inputs.items()
    ]
    return {"groups": list(groups), "inputs": listed}


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (made(), []),
        (made(groups=("cobros", "pin", "tarjeta")), [("group-added", {"group": "pin"})]),
        (made(groups=("cobros",)), [("group-gone", {"group": "tarjeta"})]),
        (
            made(groups=("cobros", "tarjetas")),
            [("group-gone", {"group": "tarjeta"}), ("group-added", {"group": "tarjetas"})],
        ),
        (
            made(canal=("category", False), hora=("boolean", False)),
            [("input-required", {"field": "hora", "type": "boolean"})],
        ),
        (
            made(hora=("boolean", True)),
            [("input-removed", {"field": "canal"}), ("input-required", {"field": "hora", "type": "boolean"})],
        ),
        (
            made(canal=("number", False)),
            [("input-removed", {"field": "canal"}), ("input-required", {"field": "canal", "type": "number"})],
        ),
        (made(canal=("category", True)), []),
    ],
)
def test_what_callers_notice_is_a_change(after: dict[str, Any], found: list[Any]) -> None:
    assert [(change.code, change.params) for change in changes(BASE, after)] == found


def test_an_input_that_may_not_be_null_any_more_is_required_anew() -> None:
    (change,) = changes(made(canal=("category", True)), made(canal=("category", False)))
    assert (change.code, change.params) == ("input-required", {"field": "canal", "type": "category"})
