"""The contract of a model: what it asks for and what it can answer; and what differs between two of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from relevo.core.change import Change


def changes(base: Mapping[str, Any], made: Mapping[str, Any]) -> tuple[Change, ...]:
    """What callers notice between the facts of the base and of what was made: inputs first, then groups.

    An input whose type changed is one removed and one required; so is one that may not be null any more required anew.
    """
    return tuple(Change("model", code, params) for code, params in _differences(base, made))


def _differences(base: Mapping[str, Any], made: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    before = {given["name"]: given for given in base["inputs"]}
    after = {given["name"]: given for given in made["inputs"]}
    for name, given in before.items():
        if name not in after or after[name]["type"] != given["type"]:
            yield "input-removed", {"field": name}
    for name, given in after.items():
        known = before.get(name)
        if not known or known["type"] != given["type"] or (known["nullable"] and not given["nullable"]):
            yield "input-required", {"field": name, "type": given["type"]}
    for group in sorted(set(base["groups"]) - set(made["groups"])):
        yield "group-gone", {"group": group}
    for group in sorted(set(made["groups"]) - set(base["groups"])):
        yield "group-added", {"group": group}
