"""What `app.py` declares, read from its text: the code is not run, so that a plan is cheap and works before it can run.

The service's own code stays free; only the one call of `Service` must be written with literals.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from relevo.calls.names import RUNTIME
from relevo.core.errors import UsageError
from relevo.core.message import N_

KINDS = ("text", "category", "number", "boolean", "date")

_EXAMPLE = N_('write it as in: service = Service("name", supports_model=1, fields=[text("texto")])')


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request: `name` as callers write it, `of` the model's input that it feeds, `line` from 1 up."""

    name: str
    kind: str
    of: str
    line: int
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """`file` is as messages name it; `major_line` is where `supports_model` stands, `fields_line` where `fields`."""

    file: str
    name: str
    supports_model: int
    major_line: int
    fields: tuple[Field, ...]
    fields_line: int


def parse(source: bytes, file: str) -> Declaration:
    """The declaration in the text `source`, which messages call `file`.

    Raises UsageError, with the line, when it is not Python, or declares no service that can be read without running it.
    """
    try:
        tree = ast.parse(source, file)
    except (SyntaxError, ValueError) as error:
        raise UsageError(
            "app-not-python",
            N_("`{file}`, line {line}: {reason}"),
            hint=N_("correct the line; nothing was made"),
            file=file,
            line=getattr(error, "lineno", None) or 1,
            reason=getattr(error, "msg", str(error)),
        ) from error
    return _Reader(file, tree).declaration()


class _Reader:
    def __init__(self, file: str, tree: ast.Module) -> None:
        self._file = file
        self._tree = tree
        self._names = dict(_imported(tree))

    def declaration(self) -> Declaration:
        call = self._service()
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        for word in ("supports_model", "fields"):
            if word not in given:
                raise self._refusal(call, N_("`{file}`, line {line}: the service does not say its `{word}`"), word)
        major = self._literal(given["supports_model"], int, "supports_model")
        name = self._literal(call.args[0] if call.args else given.get("name", call), str, "name")
        fields = given["fields"]
        if not isinstance(fields, ast.List | ast.Tuple):
            raise self._refusal(fields, _NOT_LITERAL, "fields")
        return Declaration(
            file=self._file,
            name=name,
            supports_model=major,
            major_line=given["supports_model"].lineno,
            fields=tuple(map(self._field, fields.elts)),
            fields_line=fields.lineno,
        )

    def _service(self) -> ast.Call:
        """The call that `service` is assigned from."""
        for node in self._tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if not any(isinstance(target, ast.Name) and target.id == "service" for target in targets):
                continue
            value = getattr(node, "value", None)
            if isinstance(value, ast.Call) and self._called(value) == "Service":
                return value
        raise self._refusal(self._tree, N_("`{file}` has no `service = Service(…)`"), "service")

    def _called(self, call: ast.Call) -> str:
        """What of the runtime a call calls, "" for anything else."""
        match call.func:
            case ast.Name(id=name):
                return self._names.get(name, "")
            case ast.Attribute(value=ast.Name(id=module), attr=name) if self._names.get(module) == RUNTIME:
                return name
        return ""

    def _field(self, node: ast.expr) -> Field:
        kind = self._called(node) if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or kind not in KINDS:
            raise self._refusal(node, _NOT_LITERAL, "fields")
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        name = self._literal(node.args[0] if node.args else given.get("name", node), str, "name")
        of = self._literal(given["of"], str, "of") if "of" in given else ""
        deprecated = self._literal(given["deprecated"], bool, "deprecated") if "deprecated" in given else False
        return Field(name, kind, "text" if kind == "text" else of or name, node.lineno, deprecated)

    def _literal(self, node: ast.expr, kind: type, word: str) -> Any:
        if isinstance(node, ast.Constant) and type(node.value) is kind:
            return node.value
        raise self._refusal(node, _NOT_LITERAL, word)

    def _refusal(self, node: ast.AST, text: str, word: str) -> UsageError:
        return UsageError(
            "app-not-declared", text, hint=_EXAMPLE, file=self._file, line=getattr(node, "lineno", 1), word=word
        )


_NOT_LITERAL = N_("`{file}`, line {line}: `{word}` cannot be read without running the code")


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Name in the file → what of the runtime it stands for; the runtime itself stands for its own name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == RUNTIME:
            yield from ((alias.asname or alias.name, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name, RUNTIME) for alias in node.names if alias.name == RUNTIME)
