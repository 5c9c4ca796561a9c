import pytest

from relevo.cli.words import WHY
from relevo.service.schema import Difference, Effect, SchemaDiff, Why


def test_the_words_of_every_reason_are_known():
    assert set(WHY) == {why.value for why in Why} - {""}


@pytest.mark.parametrize(
    ("old", "new", "sent", "got"),
    [
        ({"maxLength": 9}, {"maxLength": 10}, Effect.ADDED, Effect.INCOMPATIBLE),
        ({"maxLength": 9}, {"maxLength": 8}, Effect.INCOMPATIBLE, Effect.ADDED),
        ({"minimum": 1}, {"minimum": 0}, Effect.ADDED, Effect.INCOMPATIBLE),
        ({"maxItems": 9}, {}, Effect.ADDED, Effect.INCOMPATIBLE),
        ({}, {"pattern": "a+"}, Effect.INCOMPATIBLE, Effect.ADDED),
        ({"pattern": "a+"}, {"pattern": "b+"}, Effect.INCOMPATIBLE, Effect.INCOMPATIBLE),
        ({"type": "string"}, {"type": ["string", "null"]}, Effect.ADDED, Effect.INCOMPATIBLE),
        ({"type": "number"}, {"type": "integer"}, Effect.INCOMPATIBLE, Effect.ADDED),
        ({"type": "number"}, {"type": "string"}, Effect.INCOMPATIBLE, Effect.INCOMPATIBLE),
        ({"const": 1}, {"const": True}, Effect.INCOMPATIBLE, Effect.INCOMPATIBLE),
        (
            {"anyOf": [{"type": "string"}]},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            Effect.ADDED,
            Effect.INCOMPATIBLE,
        ),
        ({"allOf": [{"minimum": 1}]}, {"allOf": [{"minimum": 1}, {"maximum": 5}]}, Effect.INCOMPATIBLE, Effect.ADDED),
        ({}, {"deprecated": True}, Effect.DEPRECATED, Effect.DEPRECATED),
        ({"items": True}, {"items": False}, Effect.INCOMPATIBLE, Effect.ADDED),
    ],
)
def test_what_a_caller_sends_may_widen_and_what_it_gets_may_narrow(old, new, sent, got):
    assert (worst(old, new, sent=True), worst(old, new, sent=False)) == (sent, got)


def worst(old, new, *, sent: bool) -> Effect:
    mildest_first = [Effect.ADDED, Effect.DEPRECATED, Effect.INCOMPATIBLE]
    return max((each.effect for each in SchemaDiff({}, {}, sent).diff(old, new)), key=mildest_first.index)


def test_a_reference_is_compared_by_what_it_points_to():
    old, new = {"a": {"type": "string"}}, {"b": {"type": "number"}}
    found = list(SchemaDiff(old, new, sent=True).diff({"$ref": "#/a"}, {"$ref": "#/b"}, "x"))
    assert found == [Difference("x", Effect.INCOMPATIBLE, Why.TYPE)]


def test_the_empty_schema_is_the_schema_true():
    assert list(SchemaDiff({}, {}, sent=True).diff({"items": {}}, {"items": True})) == []
