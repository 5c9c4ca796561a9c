"""A file of advisories in the OSV format (https://ossf.github.io/osv-schema/), and which versions they speak of.

One record, a list of them, `{"vulns": […]}`, or one record after the other, as in JSON lines.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from packaging.version import Version

from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.settings import Settings
from relevo.image.packages import dpkg

#: What sorts as a version does.
Order = Callable[[str], Any]
#: How the versions of an ecosystem are ordered; those of the others are only compared as they are written.
ORDERS: Mapping[str, Order] = {"PyPI": Version, "Debian": dpkg.order, "Ubuntu": dpkg.order}
_ORDERED = ("ECOSYSTEM", "SEMVER")
_EVENTS = ("introduced", "fixed", "last_affected", "limit")
_VULNS, _VALUE = re.compile(r'"vulns"\s*:\s*\['), re.compile(r"[^\s,]")


@dataclass(frozen=True, slots=True)
class Affected:
    """The versions of one package. Each range is a list of (event, version)."""

    ecosystem: str
    name: str
    versions: tuple[str, ...]
    ranges: tuple[tuple[tuple[str, str], ...], ...]

    def holds(self, version: str) -> bool:
        """Whether `version` is one of them. Raises ValueError when that cannot be told, for want of an order."""
        if version in self.versions:
            return True
        order = self._order
        if order is None:
            if self.ranges and not self.versions:
                raise ValueError(self.ecosystem)
            return False
        its, untold = order(version), None
        for events in self.ranges:
            try:
                if _within(order, events, its):
                    return True
            except ValueError as error:
                untold = error
        if any(_equal(order, each, its) for each in self.versions):
            return True
        if untold:
            raise untold
        return False

    def fixed(self, version: str) -> str:
        """The first version after `version` that is mended, "" when none is known.

        One that has no place in the order is none.
        """
        order = self._order
        found = [its for events in self.ranges for event, its in events if event == "fixed"]
        if order is None:
            return found[-1] if found else ""
        return min((each for each in found if _later(order, each, version)), key=order, default="")

    @property
    def _order(self) -> Order | None:
        return ORDERS.get(self.ecosystem.partition(":")[0])


def _equal(order: Order, written: str, its: Any) -> bool:
    try:
        return bool(order(written) == its)
    except ValueError:  # an old version, not spelt as versions are spelt today
        return False


def _later(order: Order, version: str, other: str) -> bool:
    try:
        return bool(order(version) > order(other))
    except ValueError:
        return False


def _within(order: Order, events: tuple[tuple[str, str], ...], its: Any) -> bool:
    """As the format's own text evaluates a range. Raises ValueError for a version that has no place in the order."""
    limits = [version for event, version in events if event == "limit"]
    if limits and "*" not in limits and not any(its < order(limit) for limit in limits):
        return False
    from_the_first = ("introduced", "0")
    inside = from_the_first in events
    others = [each for each in events if each != from_the_first and each[0] != "limit"]
    for event, version in sorted(((event, order(version)) for event, version in others), key=lambda each: each[1]):
        if event == "introduced" and its >= version:
            inside = True
        elif (event == "fixed" and its >= version) or (event == "last_affected" and its > version):
            inside = False
    return inside


@dataclass(frozen=True, slots=True)
class Advisory:
    """One record that was not withdrawn. `names` are its id and its other ids."""

    names: tuple[str, ...]
    affected: tuple[Affected, ...]


def read(path: Path, shown: str) -> list[Advisory]:
    """The advisories in the file `path`, which messages call `shown`. Raises UsageError when they cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            "no-advisories",
            N_("the file of advisories `{file}` does not exist"),
            hint=N_("records in the OSV format, for example from https://osv.dev"),
            file=shown,
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "advisories-unreadable",
            N_("the file of advisories `{file}` cannot be read: {reason}"),
            file=shown,
            reason=getattr(error, "strerror", "") or str(error),
        ) from error
    return [advisory for line, record in _records(text, shown) if (advisory := _advisory(record, line, shown))]


def chosen(settings: Settings, path: Path) -> Settings:
    """The same settings with these advisories. Raises UsageError when they cannot be read, before much is done."""
    read(path, str(path))
    return replace(settings, image=replace(settings.image, advisories=str(path.resolve())))


def _records(text: str, shown: str) -> Iterator[tuple[int, Any]]:
    """(line, value) of each record."""
    for at, line, value in _values(text, 0, 1, shown):
        if isinstance(value, dict) and isinstance(value.get("vulns"), list):
            listed = _VULNS.search(text, at)
            begun = listed.end() if listed else at
        elif isinstance(value, list):
            begun = at + 1
        else:
            yield line, value
            continue
        for _, its_line, each in _values(text, begun, line + text.count("\n", at, begun), shown):
            yield its_line, each


def _values(text: str, at: int, line: int, shown: str) -> Iterator[tuple[int, int, Any]]:
    """(place, line, value) of one JSON value after the other, to the end of the text or of the list."""
    decoder = json.JSONDecoder()
    while (found := _VALUE.search(text, at)) and found[0] != "]":
        begun = found.start()
        line += text.count("\n", at, begun)
        try:
            value, at = decoder.raw_decode(text, begun)
        except json.JSONDecodeError as error:
            _refuse(line + text.count("\n", begun, error.pos), shown, f"JSON: {error.msg}")
        except RecursionError:
            _refuse(line, shown, "JSON: […]")
        yield begun, line, value
        line += text.count("\n", begun, at)


def _advisory(record: Any, line: int, shown: str) -> Advisory | None:
    """The record at `line`; None for one that was withdrawn."""
    if not isinstance(record, dict):
        _refuse(line, shown, "{…}")
    for name in ("id", "modified"):
        if not isinstance(record.get(name), str):
            _refuse(line, shown, f"`{name}`")
    try:
        affected = tuple(_affected(each) for each in _list(record.get("affected")) if "package" in each)
        names = (record["id"], *map(_text, _list(record.get("aliases"))))
    except (KeyError, TypeError, AttributeError) as error:
        _refuse(line, shown, f"`affected`: {error}")
    return None if record.get("withdrawn") else Advisory(names, affected)


def _affected(value: Mapping[str, Any]) -> Affected:
    package = value["package"]
    return Affected(
        ecosystem=_text(package["ecosystem"]),
        name=_text(package["name"]),
        versions=tuple(map(_text, _list(value.get("versions")))),
        ranges=tuple(
            tuple((name, _text(event[name])) for event in _list(each["events"]) for name in _EVENTS if name in event)
            for each in _list(value.get("ranges"))
            if each["type"] in _ORDERED
        ),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r}")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | None):
        raise TypeError(f"{value!r}")
    return value or []


def _refuse(line: int, shown: str, what: str) -> NoReturn:
    raise UsageError(
        "not-osv",
        N_("`{file}`, line {line}: not an advisory in the OSV format: {what}"),
        hint=N_("one record or many, as https://osv.dev gives them, in JSON or in JSON lines"),
        file=shown,
        line=line,
        what=what,
    )
