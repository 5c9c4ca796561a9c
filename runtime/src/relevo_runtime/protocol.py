"""uvicorn's HTTP/1.1 connection with what it lacks: limits on the head of a request, time limits, and our problems."""

from asyncio import TimerHandle, Transport
from collections.abc import Callable
from time import perf_counter
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from relevo_runtime.answer import Answer
from relevo_runtime.problems import Problem
from relevo_runtime.server import ARRIVED

#: Bytes of an address, which has room for a long text with every letter escaped; and of all headers together.
MAX_URL = 65_536
MAX_HEADERS = 32_768

#: The headers that announce a body.
_BODY = frozenset((b"content-length", b"transfer-encoding"))


class Connection(HttpToolsProtocol):
    """One connection. `refuse` answers what never became a request; `read_seconds` is what a head may take."""

    def __init__(self, *, refuse: Callable[[Problem], Answer], read_seconds: float, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._refuse = refuse
        self._read_seconds = read_seconds
        self._too_big: Problem | None = None
        self._refused = False
        self._in_head = False
        self._head_bytes = self._unfinished = 0
        self._head_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._limit_time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unlimit_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if self._in_head and not self._refused:
            self._unfinished += len(data)
            if self._unfinished > MAX_URL + MAX_HEADERS:  # one header without end, which on_header never sees
                self._too_big = Problem.of("headers-too-large", limit=MAX_HEADERS)
                self.send_400_response(self._too_big.code)
            elif self._head_timer is None:
                self._limit_time()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = self._unfinished = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_URL:
            self._stop(Problem.of("url-too-long", limit=MAX_URL))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > MAX_HEADERS:
            self._stop(Problem.of("headers-too-large", limit=MAX_HEADERS))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._unlimit_time()
        if self.parser.should_upgrade() and any(name in _BODY and value != b"0" for name, value in self.headers):
            # The parser takes what follows for another protocol, and would then take the body for a request.
            self._stop(Problem.of("malformed-request"))
        self.scope[ARRIVED] = perf_counter()  # type: ignore[literal-required]
        super().on_headers_complete()

    def send_400_response(self, _: str) -> None:
        """uvicorn's way of turning a request away; ours does not use its sentence."""
        answer = self._refuse(self._too_big or Problem.of("malformed-request"))
        lines = [STATUS_LINE[answer.status].rstrip(), b"content-type: " + answer.media_type]
        lines += [name + b": " + value for name, value in answer.headers]
        lines += [b"content-length: %d" % len(answer.body), b"connection: close", b"", answer.body]
        self.transport.write(b"\r\n".join(lines))
        # Closing while more comes in would take the answer back (a TCP reset): say that this is all, and close later.
        self.transport.write_eof()
        self._refused = True
        self._unlimit_time()
        self._limit_time()

    def _stop(self, problem: Problem) -> None:
        self._too_big = problem
        raise httptools.HttpParserError(problem.code)

    def _limit_time(self) -> None:
        self._head_timer = self.loop.call_later(self._read_seconds, self.transport.close)

    def _unlimit_time(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
