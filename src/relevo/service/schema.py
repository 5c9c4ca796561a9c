"""The differences of two JSON Schemas (2020-12, as OpenAPI 3.1 uses it), as a caller meets them. Pure.

What a caller sends must still be taken; what a caller gets must still be what it knows. A keyword that is not known
here counts as incompatible when it differs: better a major too many than a broken caller.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Schema = Mapping[str, Any]
Inside = frozenset[tuple[str, str]]


class Effect(StrEnum):
    """What a difference means to a caller."""

    ADDED = "added"
    DEPRECATED = "deprecated"
    INCOMPATIBLE = "incompatible"
    REMOVED_UNDEPRECATED = "removed-undeprecated"


class Why(StrEnum):
    """Why a difference is incompatible."""

    NONE = ""
    REMOVED = "removed"
    REQUIRED = "now-required"
    OPTIONAL = "no-longer-sure"
    TYPE = "other-type"
    NARROWER = "takes-less"
    WIDER = "gives-more"
    OTHER = "other-rule"


@dataclass(frozen=True, slots=True)
class Difference:
    """`where` is a path without words: `texto`, `[].importe`, `resultado[]`."""

    where: str
    effect: Effect
    why: Why = Why.NONE


_NOT_THE_CONTRACT = frozenset(
    {"title", "description", "example", "examples", "deprecated", "$comment", "contentMediaType"}
)
_UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_CHOICES = ("oneOf", "anyOf", "allOf")
_OWN = frozenset({"type", "enum", "const", "properties", "required", "additionalProperties", "items", "prefixItems"})
_TYPES = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})


@dataclass(frozen=True, slots=True)
class SchemaDiff:
    """Compares schemas of one direction; `old_root` and `new_root` are the documents that `$ref`s point into."""

    old_root: Mapping[str, Any]
    new_root: Mapping[str, Any]
    sent: bool  # by the caller; else it is what the caller gets

    def diff(self, old: Any, new: Any, where: str = "", inside: Inside = frozenset()) -> Iterator[Difference]:
        """Every difference between the schemas `old` and `new` (a schema may also be true or false).

        `inside` are the pairs of references that led here: a schema that contains itself is followed once.
        """
        if isinstance(old, bool) or isinstance(new, bool):
            if _plain(old) != _plain(new):
                yield from self._other(where, narrower=old in (True, {}) or new is False)
            return
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in inside:
                return
            inside |= {pair}
        old, new = resolve(self.old_root, old), resolve(self.new_root, new)
        if new.get("deprecated") and not old.get("deprecated"):
            yield Difference(where, Effect.DEPRECATED)
        yield from self._type(old, new, where)
        yield from self._values(old, new, where)
        yield from self._properties(old, new, where, inside)
        yield from self._elements(old, new, where, inside)
        for word in _CHOICES:
            yield from self._choice(old.get(word), new.get(word), where, inside, every=word == "allOf")
        yield from self._rules(old, new, where)

    def _change(self, where: str, *, narrower: bool, why: Why) -> Difference:
        """Taking less of what is sent, and giving more than was known, breaks callers; the reverse is an addition."""
        breaks = narrower if self.sent else not narrower
        return Difference(where, Effect.INCOMPATIBLE, why) if breaks else Difference(where, Effect.ADDED)

    def _other(self, where: str, narrower: bool) -> Iterator[Difference]:
        yield self._change(where, narrower=narrower, why=Why.NARROWER if self.sent else Why.WIDER)

    def _type(self, old: Schema, new: Schema, where: str) -> Iterator[Difference]:
        before, after = _types(old), _types(new)
        if before == after:
            return
        if before <= after or after <= before:
            yield self._change(where, narrower=after <= before, why=Why.TYPE)
        else:
            yield Difference(where, Effect.INCOMPATIBLE, Why.TYPE)

    def _values(self, old: Schema, new: Schema, where: str) -> Iterator[Difference]:
        """The values of an enumeration. In an answer, one more is an addition (as a new group of the model is), and one
        that never comes again is incompatible: somebody waits for it."""
        before, after = _enum(old), _enum(new)
        if before is None or after is None:
            if before is not after:
                yield from self._other(where, narrower=before is None)
            return
        for gone in _without(before, after):
            yield Difference(_value(where, gone), Effect.INCOMPATIBLE, Why.REMOVED)
        for come in _without(after, before):
            yield Difference(_value(where, come), Effect.ADDED)

    def _properties(self, old: Schema, new: Schema, where: str, inside: Inside) -> Iterator[Difference]:
        before, after = old.get("properties", {}), new.get("properties", {})
        was, now = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted({*before, *after, *was, *now}):
            here = f"{where}.{name}" if where else name
            if name in before and name not in after:
                yield removed(here, resolve(self.old_root, before[name]))
            elif name in after and name not in before:
                yield added(here, required=self.sent and name in now)
            else:
                if (name in was) != (name in now):
                    yield self._change(here, narrower=name in now, why=Why.REQUIRED if self.sent else Why.OPTIONAL)
                if name in before:
                    yield from self.diff(before[name], after[name], here, inside)
        yield from self.diff_part(old, new, "additionalProperties", f"{where}.*" if where else "*", inside)

    def _elements(self, old: Schema, new: Schema, where: str, inside: Inside) -> Iterator[Difference]:
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(before) != len(after):
            yield Difference(f"{where}[]", Effect.INCOMPATIBLE, Why.TYPE)
        for i, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from self.diff(one, other, f"{where}[{i}]", inside)
        yield from self.diff_part(old, new, "items", f"{where}[]", inside)

    def diff_part(self, old: Schema, new: Schema, word: str, where: str, inside: Inside) -> Iterator[Difference]:
        """A keyword that holds a schema; where it is missing, anything goes."""
        if word in old or word in new:
            yield from self.diff(old.get(word, True), new.get(word, True), where, inside)

    def _choice(self, old: Any, new: Any, where: str, inside: Inside, *, every: bool) -> Iterator[Difference]:
        """Alternatives: those that are the same are put aside, the others are compared in their order. One alternative
        more takes more; one condition more (`every`: allOf) takes less."""
        if old is None or new is None:
            if old is not new:
                yield from self._other(where, narrower=old is None)
            return
        for same in (one for one in old if one in new):
            yield from self.diff(same, same, where, inside)  # what its references point to may differ
        before, after = _without(old, new), _without(new, old)
        if len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from self.diff(one, other, where, inside)
        elif before and after:
            yield Difference(where, Effect.INCOMPATIBLE, Why.TYPE)
        else:
            yield from self._other(where, narrower=bool(after) is every)

    def _rules(self, old: Schema, new: Schema, where: str) -> Iterator[Difference]:
        """Bounds and all other keywords."""
        for word in sorted({*old, *new} - _OWN - _NOT_THE_CONTRACT - {*_CHOICES}):
            before, after = old.get(word), new.get(word)
            if before == after or word.startswith(("x-", "$")):
                continue
            if before is None or after is None:
                yield from self._other(where, narrower=before is None)
            elif word in _UPPER | _LOWER:
                yield from self._other(where, narrower=(after < before) is (word in _UPPER))
            else:
                yield Difference(where, Effect.INCOMPATIBLE, Why.OTHER)


def added(where: str, *, required: bool) -> Difference:
    """Something new, which a caller must send when it is `required`."""
    if required:
        return Difference(where, Effect.INCOMPATIBLE, Why.REQUIRED)
    return Difference(where, Effect.ADDED)


def removed(where: str, old: Mapping[str, Any]) -> Difference:
    """Something is gone; whether it was announced by `deprecated` decides what it is called."""
    if old.get("deprecated"):
        return Difference(where, Effect.INCOMPATIBLE, Why.REMOVED)
    return Difference(where, Effect.REMOVED_UNDEPRECATED, Why.REMOVED)


def resolve(root: Mapping[str, Any], part: Any) -> Mapping[str, Any]:
    """`part` of a document, or what its `$ref` into the same document points to, with what stands beside the `$ref`.

    The schemas true and false have nothing in them.
    """
    if isinstance(part, bool):
        return {}
    seen: set[str] = set()
    while (reference := part.get("$ref")) and reference not in seen:
        seen.add(reference)
        target: Any = root
        for step in reference.removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        part = {**target, **{key: value for key, value in part.items() if key != "$ref"}}
    return dict(part)


def _plain(schema: Any) -> Any:
    """The empty schema and true say the same."""
    return True if schema == {} else schema


def _types(schema: Schema) -> frozenset[str]:
    """Every type that the schema allows; an integer is a number."""
    if "type" not in schema:
        return _TYPES
    named = schema["type"]
    types = {named} if isinstance(named, str) else set(named)
    return frozenset(types | {"integer"} if "number" in types else types)


def _enum(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _without(some: Iterable[Any], others: list[Any]) -> list[Any]:
    """Those of `some` that are not among `others`; JSON tells true from 1, Python does not."""
    told = [(type(other), other) for other in others]
    return [one for one in some if (type(one), one) not in told]


def _value(where: str, value: Any) -> str:
    return f"{where}={value}"
