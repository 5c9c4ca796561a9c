"""The differences of two OpenAPI 3.1 documents, as changes of the service. Pure.

What is compared is the contract: paths without the service's major version, methods, parameters, bodies, answers and
their codes. Words, examples and the addresses of servers are not part of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from relevo.calls.names import PROBLEM
from relevo.core.change import Change
from relevo.service.schema import Difference, Effect, SchemaDiff, Why, added, removed, resolve

Document = Mapping[str, Any]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_MAJOR = re.compile(r"/api/v\d+(?=/|$)")


def contract(document: Document) -> dict[str, Any]:
    """`document` without what depends on the version: `/api/v2/…` becomes `/api/…`, and `info` loses its version."""
    kept = {key: value for key, value in document.items() if key != "servers"}
    info = {key: value for key, value in document.get("info", {}).items() if key != "version"}
    paths = {_MAJOR.sub("/api", path): item for path, item in document.get("paths", {}).items()}
    return {**kept, "info": info, "paths": paths}


def diff(old: Document, new: Document) -> tuple[Change, ...]:
    """The changes from the contract `old` to `new` in a fixed order, each once."""
    found = dict.fromkeys(_Diff(old, new).documents())
    return tuple(_change(difference) for difference in found)


def _change(difference: Difference) -> Change:
    params = {"what": difference.where}
    if difference.effect is Effect.INCOMPATIBLE:
        params["why"] = difference.why.value
    return Change("service", f"api-{difference.effect.value}", params)


@dataclass(frozen=True, slots=True)
class _Diff:
    old: Document
    new: Document

    def documents(self) -> Iterator[Difference]:
        before, after = dict(_operations(self.old)), dict(_operations(self.new))
        if self.old.get("security", []) != self.new.get("security", []):
            yield Difference("security", Effect.INCOMPATIBLE, Why.OTHER)
        for name in sorted({*before, *after}):
            if name not in after:
                yield removed(name, before[name])
            elif name not in before:
                yield Difference(name, Effect.ADDED)
            else:
                yield from self._operation(before[name], after[name], name)

    def _operation(self, old: Document, new: Document, name: str) -> Iterator[Difference]:
        if new.get("deprecated") and not old.get("deprecated"):
            yield Difference(name, Effect.DEPRECATED)
        if old.get("security") != new.get("security"):
            yield Difference(name, Effect.INCOMPATIBLE, Why.OTHER)
        yield from self._parameters(old, new, name)
        yield from self._request(old, new, name)
        yield from self._responses(old, new, name)

    def _parameters(self, old: Document, new: Document, name: str) -> Iterator[Difference]:
        before, after = _parameters(self.old, old), _parameters(self.new, new)
        for key in sorted({*before, *after}):
            where = f"{name} ← {key[1]}"
            one, other = before.get(key), after.get(key)
            if other is None:
                yield removed(where, one or {})
            elif one is None:
                yield added(where, required=bool(other.get("required")))
            else:
                yield from self._required(one, other, where)
                if other.get("deprecated") and not one.get("deprecated"):
                    yield Difference(where, Effect.DEPRECATED)
                for word in ("style", "explode", "allowReserved", "content"):
                    if one.get(word) != other.get(word):
                        yield Difference(where, Effect.INCOMPATIBLE, Why.OTHER)
                yield from self._schema(one, other, where, sent=True)

    def _request(self, old: Document, new: Document, name: str) -> Iterator[Difference]:
        one, other = _body(self.old, old), _body(self.new, new)
        where = f"{name} ←"
        if one is None or other is None:
            if one is not None:
                yield removed(where, one)
            elif other is not None:
                yield added(where, required=bool(other.get("required")))
            return
        yield from self._required(one, other, where)
        yield from self._content(one, other, where, sent=True)

    def _responses(self, old: Document, new: Document, name: str) -> Iterator[Difference]:
        before, after = old.get("responses", {}), new.get("responses", {})
        for status in sorted({*before, *after}):
            where = f"{name} → {status}"
            if status not in after:
                yield Difference(where, Effect.INCOMPATIBLE, Why.REMOVED)
            elif status not in before:
                yield Difference(where, Effect.ADDED)
            else:
                one, other = resolve(self.old, before[status]), resolve(self.new, after[status])
                yield from self._content(one, other, where, sent=False)
                yield from self._headers(one, other, where)

    def _headers(self, old: Document, new: Document, where: str) -> Iterator[Difference]:
        before, after = old.get("headers", {}), new.get("headers", {})
        for header in sorted({*before, *after}):
            here = f"{where} {header}"
            if header not in after:
                yield removed(here, resolve(self.old, before[header]))
            elif header not in before:
                yield Difference(here, Effect.ADDED)
            else:
                one, other = resolve(self.old, before[header]), resolve(self.new, after[header])
                yield from self._schema(one, other, here, sent=False)

    def _content(self, old: Document, new: Document, where: str, *, sent: bool) -> Iterator[Difference]:
        before, after = old.get("content", {}), new.get("content", {})
        for kind in sorted({*before, *after}):
            here = f"{where} {kind}"
            if kind not in after:
                yield Difference(here, Effect.INCOMPATIBLE, Why.REMOVED)
            elif kind not in before:
                yield Difference(here, Effect.ADDED)
            else:
                # Every error of every method has the same schema: what differs in it is said once.
                whose = kind if kind == PROBLEM else where
                yield from self._schema(before[kind], after[kind], whose, sent=sent)

    def _schema(self, old: Document, new: Document, where: str, *, sent: bool) -> Iterator[Difference]:
        schemas = SchemaDiff(self.old, self.new, sent)
        for found in schemas.diff(old.get("schema", {}), new.get("schema", {})):
            yield Difference(f"{where} {found.where}".strip(), found.effect, found.why)

    @staticmethod
    def _required(old: Document, new: Document, where: str) -> Iterator[Difference]:
        if new.get("required") and not old.get("required"):
            yield Difference(where, Effect.INCOMPATIBLE, Why.REQUIRED)
        elif old.get("required") and not new.get("required"):
            yield Difference(where, Effect.ADDED)


def _operations(document: Document) -> Iterator[tuple[str, Document]]:
    """`GET /api/modelos` → the operation, with the parameters of its path."""
    for path, item in document.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                operation = item[method]
                shared = [*item.get("parameters", ()), *operation.get("parameters", ())]
                yield f"{method.upper()} {path}", {**operation, "parameters": shared}


def _parameters(root: Document, operation: Document) -> dict[tuple[str, str], Document]:
    resolved = (resolve(root, each) for each in operation["parameters"])
    return {(each["in"], each["name"]): each for each in resolved}


def _body(root: Document, operation: Document) -> Document | None:
    return resolve(root, operation["requestBody"]) if "requestBody" in operation else None
