"""One keep-alive HTTP/1.1 connection that carries one request at a time, for the load client (RFC 9112)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class GarbledError(ValueError):
    """What came is no HTTP/1.1 answer that can be read."""


def request(method: str, target: str, host: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of one request, made once and sent many times."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    if body:
        lines += [f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(slots=True)
class Reader:
    """Takes bytes as they come and gives the answer once it is whole. One Reader reads one answer."""

    _buffer: bytearray = field(default_factory=bytearray)
    _head: tuple[int, dict[str, str]] | None = None

    @property
    def begun(self) -> bool:
        return bool(self._buffer) or self._head is not None

    def feed(self, data: bytes) -> Response | None:
        """Raises GarbledError when this is no answer."""
        self._buffer += data
        if self._head is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            self._head = _head(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
        status, headers = self._head
        body = self._chunked() if headers.get("transfer-encoding") == "chunked" else self._sized(headers)
        return None if body is None else Response(status, headers, body)

    def _sized(self, headers: Mapping[str, str]) -> bytes | None:
        length = headers.get("content-length", "0")
        if not length.isdecimal():
            raise GarbledError(f"content-length {length}")
        return bytes(self._buffer[: int(length)]) if len(self._buffer) >= int(length) else None

    def _chunked(self) -> bytes | None:
        body, at = b"", 0
        while (end := self._buffer.find(b"\r\n", at)) >= 0:
            try:
                size = int(self._buffer[at:end].partition(b";")[0], 16)
            except ValueError:
                raise GarbledError("chunk size") from None
            at = end + 2 + size + 2
            if len(self._buffer) < at:
                return None
            if size == 0:
                return body
            body += self._buffer[end + 2 : end + 2 + size]
        return None


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    start, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = start.partition(" ")
    if not version.startswith("HTTP/1.") or not rest[:3].isdecimal():
        raise GarbledError(start[:80])
    headers = (line.partition(":") for line in lines)
    return int(rest[:3]), {name.lower(): value.strip() for name, _, value in headers}


class Connection(asyncio.Protocol):
    """Calls `answered(connection, response)` for each answer, or `lost(connection, error)` once, when it is over.

    `error` is "garbled" or "reset"; `begun` says whether a part of an answer had come. `closing` says that the server
    wants no further request here.
    """

    def __init__(
        self, answered: Callable[["Connection", Response], None], lost: Callable[["Connection", str], None]
    ) -> None:
        self._answered = answered
        self._lost = lost
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._error = "reset"
        self.closing = False
        self.requests = 0

    @property
    def begun(self) -> bool:
        return self._reader.begun

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  asyncio promises it for a stream
        self._transport = transport

    def send(self, data: bytes) -> None:
        assert self._transport  # noqa: S101
        self.requests += 1
        self._transport.write(data)

    def close(self) -> None:
        self.closing = True
        if self._transport:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        try:
            response = self._reader.feed(data)
        except GarbledError:
            self._error = "garbled"
            self.close()
            return
        if response:
            self._reader = Reader()
            self.closing = response.headers.get("connection", "").lower() == "close"
            self._answered(self, response)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's name
        self.closing = True
        self._lost(self, self._error)
