"""What goes back to the caller: the model's answers, the list of models, and problems."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime

import msgspec

from relevo_runtime.app import Service, day
from relevo_runtime.bundle import Bundle, Versions
from relevo_runtime.problems import MEDIA_TYPE, Problem

Scores = list[tuple[str, float]]
Headers = tuple[tuple[bytes, bytes], ...]

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Answer:
    """Status, body and the headers that belong to this very answer."""

    body: bytes
    media_type: bytes = b"application/json"
    status: int = 200
    headers: Headers = ()


class Writer:
    """Writes the model's answers together with the versions that gave them."""

    def __init__(self, versions: Versions) -> None:
        self._tail = b',"version":' + _encode(versions.to_answer()) + b"}"

    def one(self, scores: Scores) -> Answer:
        """`{"resultado": [[group, score], …], "version": {…}}`"""
        return Answer(b'{"resultado":' + _encode(scores) + self._tail)

    def many(self, parts: Sequence[bytes]) -> Answer:
        """`{"resultados": [[[group, score], …], …], "version": {…}}`, of parts written by `part`."""
        return Answer(b'{"resultados":[' + b",".join(parts) + b"]" + self._tail)

    def part(self, several: Sequence[Scores]) -> bytes:
        """Some of the answers of a long list."""
        return _encode(several)[1:-1]


def models(bundle: Bundle) -> Answer:
    """The list of models: one, with its address, its groups and the fields of a request."""
    model = {
        "nombre": bundle.service.name,
        "ruta": bundle.path,
        "grupos": bundle.model.groups,
        "campos": [{"nombre": field.name, "tipo": field.type} for field in bundle.service.fields],
        "version": bundle.versions.to_answer(),
    }
    return Answer(_encode({"modelos": [model]}))


def refusal(problem: Problem, lang: str, request_id: str) -> Answer:
    """A problem as an answer, in the caller's language."""
    headers = (*problem.headers, (b"content-language", lang.encode()), (b"vary", b"accept-language"))
    return Answer(_encode(problem.to_json(lang, request_id)), MEDIA_TYPE.encode(), problem.status, headers)


def aging(service: Service) -> Headers:
    """`Deprecation` (RFC 9745: a structured date) and `Sunset` (RFC 8594: an HTTP date), where they are declared."""
    headers: list[tuple[bytes, bytes]] = []
    if since := day(service.deprecated, "deprecated"):
        headers.append((b"deprecation", f"@{since.timestamp():.0f}".encode()))
    if until := day(service.sunset, "sunset"):
        headers.append((b"sunset", format_datetime(until, usegmt=True).encode()))
    return tuple(headers)
