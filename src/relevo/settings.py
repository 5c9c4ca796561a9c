"""relevo.toml and the environment → frozen settings. A key nobody knows is refused with what was probably meant.

`RELEVO_SECTION__KEY` overrides one value, for example `RELEVO_MODEL__HOLDOUT=0.1`; `RELEVO_BASE` is short for
`RELEVO_IMAGE__BASE`.
"""

import dataclasses
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any, Literal, NoReturn

from relevo.core.errors import OutsideError, UsageError
from relevo.core.message import N_
from relevo.core.quantity import is_quantity
from relevo.core.settings import Settings
from relevo.core.suggest import closest

FILE = "relevo.toml"
_OVERRIDE = re.compile(r"RELEVO_([A-Z]+)__([A-Z0-9_]+)")
_SHORT = {"RELEVO_BASE": "RELEVO_IMAGE__BASE"}
#: What a line may be called: it becomes part of an address.
NAME = re.compile(r"[a-z][a-z0-9-]*")


def find(start: Path) -> Path:
    """The folder of the nearest relevo.toml at `start` or above. Raises UsageError when there is none."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise UsageError(
        "no-line",
        N_("no relevo.toml in `{folder}` or any folder above it"),
        hint=N_(
            "go to the folder of a line, or make one: relevo init NAME --data FILE.csv --text COLUMN --label COLUMN"
        ),
        folder=str(start),
    )


def load(root: Path, environment: Mapping[str, str]) -> Settings:
    """The settings of the line in `root`. Raises UsageError naming the file, the line and the key."""
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("not-utf8", N_("`{file}` is not UTF-8 text"), file=str(path)) from error
    except OSError as error:
        raise OutsideError("unreadable", N_("`{file}`: {reason}"), file=str(path), reason=error.strerror) from error
    return parse(text, environment, str(path))


def parse(text: str, environment: Mapping[str, str] | None = None, file: str = FILE) -> Settings:
    """The settings that `text` (TOML) and the overrides in `environment` say; `file` is how errors call it."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            "bad-toml",
            N_("`{file}` is not valid TOML: {reason}"),
            hint=N_("text values stand in quotes, sections in [brackets]"),
            file=file,
            reason=str(error),
        ) from error
    reader = _Reader(text, file)
    for name, value in (environment or {}).items():
        if match := _OVERRIDE.fullmatch(_SHORT.get(name, name)):
            _override(values, match[1].lower(), match[2].lower(), value)
            reader.overridden[match[1].lower(), match[2].lower()] = name
    settings: Settings = reader.read(Settings, values, ())
    _check(settings, reader)
    return settings


def _override(values: dict[str, Any], section: str, key: str, value: str) -> None:
    """Numbers, booleans and lists are read as TOML reads them; everything else is text."""
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    if isinstance(values.setdefault(section, {}), dict):  # else the file is wrong, and says so itself
        values[section][key] = parsed


class _Reader:
    """Turns parsed TOML into dataclasses, knowing where in the file each value stands."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.overridden: dict[tuple[str, ...], str] = {}

    def fail(self, code: str, where: tuple[str, ...], text: str, *, hint: str = "", **params: Any) -> NoReturn:
        """Raises UsageError; `{place}` is `relevo.toml:12` or a variable's name, `{key}` is `[model] holdout`."""
        if variable := self.overridden.get(where):
            place = variable
        else:
            line = self.line_of(where)
            place = f"{self.file}:{line}" if line else self.file
        key = f"[{'.'.join(where[:-1])}] {where[-1]}" if len(where) > 1 else f"[{where[0]}]" if where else ""
        raise UsageError(code, text, hint=hint, place=place, key=key, **params)

    def line_of(self, where: tuple[str, ...]) -> int:
        """The line (from 1) of a section or of a key in it; 0 when it is not in the file."""
        section: str = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
                section = header[1]
                if section == ".".join(where):
                    return number
            elif (
                where
                and section == ".".join(where[:-1])
                and re.match(rf"\s*[\"']?{re.escape(where[-1])}[\"']?\s*=", line)
            ):
                return number
        return 0

    def read(self, kind: Any, value: Any, where: tuple[str, ...]) -> Any:  # noqa: PLR0911 - one for each kind
        """`value` as `kind`: a dataclass, str, int, float, Literal, tuple[str, ...] or Mapping[str, …]."""
        origin = typing.get_origin(kind)
        if dataclasses.is_dataclass(kind):
            return self._dataclass(kind, value, where)
        if origin is Literal:
            if value not in typing.get_args(kind):
                allowed = ", ".join(typing.get_args(kind))
                close = closest(str(value), typing.get_args(kind))
                self.fail(
                    "bad-value",
                    where,
                    N_("{place}: {key} is `{value}`, which is none of: {allowed}"),
                    hint=N_("did you mean `{close}`?") if close else "",
                    value=str(value),
                    allowed=allowed,
                    close=close,
                )
            return value
        if origin is tuple:
            self._expect(
                isinstance(value, list) and all(isinstance(v, str) for v in value),
                where,
                N_("{place}: {key} must be a list of texts"),
            )
            return tuple(value)
        if origin in (Mapping, types.GenericAlias) or (isinstance(origin, type) and issubclass(origin, Mapping)):
            self._expect(isinstance(value, dict), where, N_("{place}: {key} must be a section"))
            item = typing.get_args(kind)[1]
            return {key: self.read(item, inner, (*where, key)) for key, inner in value.items()}
        if kind is float:
            self._expect(
                isinstance(value, int | float) and not isinstance(value, bool),
                where,
                N_("{place}: {key} must be a number"),
            )
            return float(value)
        if kind is int:
            self._expect(
                isinstance(value, int) and not isinstance(value, bool),
                where,
                N_("{place}: {key} must be a whole number"),
            )
            return value
        self._expect(isinstance(value, str), where, N_("{place}: {key} must be a text in quotes"))
        return value

    def _dataclass(self, kind: Any, value: Any, where: tuple[str, ...]) -> Any:
        self._expect(isinstance(value, dict), where, N_("{place}: {key} must be a section"))
        fields = {field.name: field for field in dataclasses.fields(kind)}
        hints = typing.get_type_hints(kind)
        for key in value:
            if key not in fields:
                close = closest(key, fields)
                self.fail(
                    "unknown-key",
                    (*where, key),
                    N_("{place}: unknown key {key}"),
                    hint=N_("did you mean `{close}`?") if close else N_("known here: {known}"),
                    close=close,
                    known=", ".join(fields),
                )
        for name, field in fields.items():
            if (
                name not in value
                and field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            ):
                self.fail("missing-key", (*where, name), N_("{place}: {key} is missing"))
        return kind(**{key: self.read(hints[key], inner, (*where, key)) for key, inner in value.items()})

    def _expect(self, holds: bool, where: tuple[str, ...], text: str) -> None:
        if not holds:
            self.fail("bad-type", where, text)


def _check(settings: Settings, reader: _Reader) -> None:
    """What types cannot say."""
    if not NAME.fullmatch(settings.line.name):
        reader.fail(
            "bad-name",
            ("line", "name"),
            N_("{place}: {key} is `{value}`, but it becomes part of an address"),
            hint=N_("use lower-case letters, digits and hyphens, a letter first"),
            value=settings.line.name,
        )
    for kind, least in (("text", 1), ("label", 1), ("id", 0)):
        count = list(settings.data.columns.values()).count(kind)  # type: ignore[arg-type]
        if not least <= count <= 1:
            reader.fail(
                "bad-columns",
                ("data", "columns"),
                N_("{place}: {key} has {count} columns of kind `{kind}`, and it must be one"),
                hint=N_('for example: message = "text"'),
                kind=kind,
                count=count,
            )
    ranges = (
        (("model", "holdout"), 0.01 <= settings.model.holdout <= 0.9, N_("{place}: {key} must be from 0.01 to 0.9")),
        (("model", "c"), settings.model.c > 0, N_("{place}: {key} must be above 0")),
        (
            ("model", "minimum_accuracy"),
            0 <= settings.model.minimum_accuracy <= 1,
            N_("{place}: {key} is a share: 0 to 1"),
        ),
        (("model", "p95_ms"), settings.model.p95_ms > 0, N_("{place}: {key} must be above 0")),
        (("service", "share"), 0 < settings.service.share < 1, N_("{place}: {key} must lie between 0 and 1")),
        (("service", "limit_ms"), settings.service.limit_ms > 0, N_("{place}: {key} must be above 0")),
        (("service", "rate"), 0 < settings.service.rate <= 5000, N_("{place}: {key} must be above 0, at most 5000")),
        (("service", "requests"), settings.service.requests >= 1, N_("{place}: {key} must be at least 1")),
        (("image", "maximum_mb"), settings.image.maximum_mb > 0, N_("{place}: {key} must be above 0")),
        *(
            (
                (f"deploy.{environment}", key),
                is_quantity(quantity),
                N_("{place}: {key} is no amount: write 500m, 2 or 256Mi"),
            )
            for environment, wanted in settings.deploy.items()
            for key, quantity in (("cpu", wanted.cpu), ("memory", wanted.memory))
        ),
        (("data", "minimum_rows"), settings.data.minimum_rows >= 2, N_("{place}: {key} must be at least 2")),
        (
            ("versions", "tag"),
            _fields(settings.versions.tag) >= {"version"} | ({"stage"} if len(settings.line.stages) > 1 else set())
            and _fields(settings.versions.tag) <= {"version", "stage"},
            N_("{place}: {key} must hold {{version}}, and {{stage}} where the line has several"),
        ),
    )
    for where, holds, text in ranges:
        if not holds:
            reader.fail("bad-value", where, text)


def _fields(template: str) -> set[str]:
    """The names in {braces}; one that cannot be, when the braces do not match."""
    try:
        return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError:
        return {template}
