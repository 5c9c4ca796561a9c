"""What `service/app.py` declares: the service, the model major its code is for, and the fields of a request."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from relevo_runtime.errors import StartError

if TYPE_CHECKING:  # an app.py needs nothing else of the runtime
    from relevo_runtime.inputs import Type

_SERVICE_NAME = re.compile(r"[a-z][a-z0-9-]*")
_FIELD_NAME = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request: `name` as callers write it, `of` the model's input that it feeds."""

    name: str
    type: "Type"
    of: str
    description: str = ""
    deprecated: bool = False


def _field(name: str, kind: "Type", of: str, description: str, deprecated: bool) -> Field:
    if not _FIELD_NAME.fullmatch(name):
        raise ValueError(f"the field name `{name!a}` is empty, or has control characters or white space around it")
    return Field(name, kind, of, description, deprecated)


def text(name: str, *, description: str = "", deprecated: bool = False) -> Field:
    """The text that is classified: feeds the model's input `text`."""
    return _field(name, "text", "text", description, deprecated)


def category(name: str, *, description: str = "", deprecated: bool = False, of: str = "") -> Field:
    """A word out of a few. `of` names the model's input when it is called otherwise (here and below)."""
    return _field(name, "category", of or name, description, deprecated)


def number(name: str, *, description: str = "", deprecated: bool = False, of: str = "") -> Field:
    """A number."""
    return _field(name, "number", of or name, description, deprecated)


def boolean(name: str, *, description: str = "", deprecated: bool = False, of: str = "") -> Field:
    """true or false."""
    return _field(name, "boolean", of or name, description, deprecated)


def date_(name: str, *, description: str = "", deprecated: bool = False, of: str = "") -> Field:
    """A day: `YYYY-MM-DD`."""
    return _field(name, "date", of or name, description, deprecated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The REST service of a line.

    `supports_model` is the major version of the model that this code was written for. `deprecated` and `sunset` are
    days (`YYYY-MM-DD`): since when callers are asked to leave (RFC 9745), and when it goes away (RFC 8594). `examples`
    are requests for the documentation: field name → value. Raises ValueError when a value cannot be used.
    """

    name: str = field(kw_only=False)
    supports_model: int
    fields: Sequence[Field]
    deprecated: str = ""
    sunset: str = ""
    examples: Sequence[Mapping[str, object]] = ()

    def __post_init__(self) -> None:
        if not _SERVICE_NAME.fullmatch(self.name):
            raise ValueError(f"the service's name `{self.name}` is not made of a-z, 0-9 and -, a letter first")
        if type(self.supports_model) is not int or self.supports_model < 1:
            raise ValueError("supports_model must be a major version: 1, 2, …")
        for what in ("name", "of"):
            names = [getattr(item, what) for item in self.fields]
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"two fields have {what} `{name}`")
        for what in ("deprecated", "sunset"):
            day(getattr(self, what), what)
        names = [item.name for item in self.fields]
        for name in (name for example in self.examples for name in example):
            if name not in names:
                raise ValueError(f"an example has the field `{name}`, which is not declared")


def day(value: str, what: str) -> datetime | None:
    """Midnight (UTC) of an ISO day, None for "". Raises ValueError for anything else."""
    if not value:
        return None
    try:
        return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
    except ValueError:
        raise ValueError(f"{what} must be a day like 2027-01-31, not `{value}`") from None


def load(path: Path) -> Service:
    """The `service` that the file `path` defines; files beside it can be imported from it.

    Raises StartError naming the file and the line. Nothing is written, not even byte code.
    """
    sys.dont_write_bytecode = True
    try:
        source = path.read_bytes()
    except OSError as error:
        raise StartError("app-unreadable", file=path, reason=error.strerror) from error
    module = ModuleType("relevo_app")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    sys.path.insert(0, str(path.parent))
    try:
        exec(compile(source, path, "exec"), vars(module))  # noqa: S102 (the user's own code, as `python app.py` would)
    except (Exception, SystemExit) as error:  # also the file's own sys.exit(): nobody else knows which line it was
        raise StartError("app-broken", file=path, line=_line(error, path), reason=_reason(error)) from error
    finally:
        sys.path.remove(str(path.parent))
    service = getattr(module, "service", None)
    if not isinstance(service, Service):
        raise StartError("app-without-service", file=path)
    return service


def _line(error: BaseException, path: Path) -> int:
    """Where in `path` it went wrong: the innermost line of that file."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 1
    line, trace = 1, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _reason(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}"
