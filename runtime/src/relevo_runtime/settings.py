"""How the service runs, from the environment. Checked at start: a wrong value or an unknown name stops it.

| variable | meaning |
| --- | --- |
| RELEVO_HOST, RELEVO_PORT | where it listens; port 0 takes a free one |
| RELEVO_LANG | `en` or `es`: the language of problems when a caller prefers none |
| RELEVO_LOG_LEVEL | `debug` also logs health checks and scrapes; `warning` leaves out a line per request |
| RELEVO_DRAIN_SECONDS | after SIGTERM, how long new requests are still accepted while ready says no |
| RELEVO_KEEPALIVE_SECONDS | an idle connection is kept so long; longer than the proxy in front keeps it |
| RELEVO_READ_SECONDS | a request must have arrived whole within this time |
| RELEVO_MAX_BODY_BYTES, RELEVO_MAX_ROWS, RELEVO_MAX_TEXT_CHARS | the size of a request: its body, its rows, one value |
| RELEVO_MAX_WAITING | more requests than these in progress at once are turned away with 503 and Retry-After |
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

from relevo_runtime.errors import StartError

PREFIX = "RELEVO_"

_CHOICES = {"lang": ("en", "es"), "log_level": ("debug", "info", "warning", "error")}
_RANGES = {
    "port": (0, 65_535),
    "drain_seconds": (0, 3_600),
    "keepalive_seconds": (1, 3_600),
    "read_seconds": (0.1, 3_600),
    "max_body_bytes": (1_024, 1_073_741_824),
    "max_rows": (1, 1_000_000),
    "max_text_chars": (1, 10_000_000),
    "max_waiting": (1, 1_000_000),
}

# Kubernetes puts the address of every service of the namespace into the environment of every pod: one that is called
# `relevo` or `relevo-…` gives RELEVO_PORT=tcp://10.0.0.1:8080 and its kin, which are not settings.
_KUBERNETES = re.compile(r"RELEVO_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)")
_ADDRESS = re.compile(r"(tcp|udp|sctp)://.*")
# Those of the tool that makes the service: overrides of its own file, addresses for its tests, its own debugging, who
# it is in a registry, and the image that it builds upon.
_TOOL = re.compile(r"RELEVO_([A-Z]+__[A-Z0-9_]+|TEST_\w+|DEBUG|REGISTRY_\w+|BASE)")


@dataclass(frozen=True, slots=True)
class Settings:
    host: str = "127.0.0.1"
    port: int = 8080
    lang: Literal["en", "es"] = "en"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    drain_seconds: float = 5.0
    keepalive_seconds: int = 75
    read_seconds: float = 10.0
    max_body_bytes: int = 1_048_576
    max_rows: int = 1_000
    max_text_chars: int = 10_000
    max_waiting: int = 256


def read(environment: Mapping[str, str]) -> Settings:
    """The settings that the environment says. Raises StartError for a bad value or an unknown RELEVO_ name."""
    types = {PREFIX + field.name.upper(): (field.name, type(field.default)) for field in fields(Settings)}
    values: dict[str, object] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX) or _is_foreign(name, value, known=name in types):
            continue
        if name not in types:
            raise StartError("setting-unknown", name=name, meant=_meant(name, types), known=", ".join(types))
        key, kind = types[name]
        values[key] = _value(name, key, kind, value.strip())
    return replace(Settings(), **values)  # type: ignore[arg-type]


def _is_foreign(name: str, value: str, known: bool) -> bool:
    if _KUBERNETES.fullmatch(name):
        return not known or bool(_ADDRESS.fullmatch(value))
    return bool(_TOOL.fullmatch(name))


def _value(name: str, key: str, kind: type, value: str) -> object:
    if key in _CHOICES:
        word = value.lower()
        if key == "lang":  # also es_ES.UTF-8, as the tool reads it
            word = re.split(r"[_.@-]", word)[0]
        if word not in _CHOICES[key]:
            raise StartError("setting-bad", name=name, value=value, wanted=" | ".join(_CHOICES[key]))
        return word
    if kind is str:
        if not value:
            raise StartError("setting-bad", name=name, value=value, wanted="127.0.0.1, 0.0.0.0, ::")
        return value
    low, high = _RANGES[key]
    try:
        number: float = kind(value)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise StartError("setting-bad", name=name, value=value, wanted=f"{low} … {high}")
    return number


def _meant(name: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, 1, 0.0)))
