"""The ASGI application: a request comes in, a route answers it, and what happened is counted and logged."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

import msgspec

from relevo_runtime import answer, docs_page, logs, metrics, openapi, request
from relevo_runtime.answer import Answer, Writer
from relevo_runtime.batches import Turn, busy, steps
from relevo_runtime.bundle import Bundle
from relevo_runtime.logs import Log
from relevo_runtime.metrics import Metrics
from relevo_runtime.problems import Problem, language
from relevo_runtime.request import CallerGoneError, Reader, Receive, Row
from relevo_runtime.settings import Settings

Scope = MutableMapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]

#: Key of the scope where whoever accepted the request says when its head had come (perf_counter).
ARRIVED = "relevo.arrived"

#: The status that the log and the counters give a request whose caller hung up (nginx's word; nobody receives it).
CALLER_GONE = 499

#: What asks by the second is logged only at level debug.
_QUIET = frozenset(("/health/live", "/health/ready", "/metrics"))
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_VERSIONED = re.compile(r"/api/v(\d+)/modelos(/.*)?", re.ASCII | re.DOTALL)


class Exchange:
    """One request on its way through, and how long each part of the work took (seconds)."""

    __slots__ = ("arrived", "began", "encode", "headers", "id", "method", "model", "parse", "query", "queue", "rows")

    def __init__(self, scope: Scope) -> None:
        self.began = perf_counter()
        self.arrived: float = scope.get(ARRIVED, self.began)
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.method: str = scope["method"]
        self.query: bytes = scope["query_string"]
        self.id = logs.request_id(self.headers.get(b"x-request-id"))
        self.queue = self.began - self.arrived
        self.parse = self.model = self.encode = 0.0
        self.rows = 0

    def timing(self) -> bytes:
        """Server-Timing, in milliseconds."""
        return (
            f"queue;dur={self.queue * 1e3:.3f}, parse;dur={self.parse * 1e3:.3f}, "
            f"model;dur={self.model * 1e3:.3f}, encode;dur={self.encode * 1e3:.3f}"
        ).encode()


class Server:
    """`ready` is what /health/ready says; `waiting` tells how many requests are in progress, this one included."""

    def __init__(self, bundle: Bundle, settings: Settings, log: Log) -> None:
        self.ready = True
        self.log = log
        self.metrics = Metrics({"name": bundle.service.name, **msgspec.to_builtins(bundle.versions)})
        self.waiting: Callable[[], int] = lambda: 1
        self._bundle = bundle
        self._settings = settings
        self._reader = Reader(bundle.fields(), bundle.model, settings)
        self._writer = Writer(bundle.versions)
        self._turn = Turn()
        self._aging = answer.aging(bundle.service)
        models = answer.models(bundle)
        document = Answer(msgspec.json.encode(openapi.document(bundle)))
        page = Answer(docs_page.PAGE, b"text/html; charset=utf-8", headers=docs_page.HEADERS)
        self._pages: dict[str, Callable[[], Answer]] = {
            bundle.models_path: lambda: models,
            "/health/live": lambda: Answer(b'{"status":"live"}'),
            "/health/ready": self._is_ready,
            "/metrics": self._metrics,
            "/openapi.json": lambda: document,
            "/docs": lambda: page,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request. Nothing is raised: what nobody foresaw is a problem `internal` and a log line."""
        exchange = Exchange(scope)
        path: str = scope["path"]
        try:
            reply = await self._answer(exchange, path, receive)
        except Problem as problem:
            reply = self._refusal(problem, exchange)
        except CallerGoneError:
            self._record(exchange, path, CALLER_GONE)
            return
        except Exception as error:
            self.log.write("error", "defect", request_id=exchange.id, **logs.failure(error))
            reply = self._refusal(Problem.of("internal", request_id=exchange.id), exchange)
        headers = [
            (b"content-type", reply.media_type),
            (b"content-length", b"%d" % len(reply.body)),
            (b"x-request-id", exchange.id.encode()),
            (b"server-timing", exchange.timing()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            *reply.headers,
        ]
        if self._aging and path.startswith(self._bundle.models_path):
            headers += self._aging
        if not self.ready:  # whoever keeps a connection is asked to make the next one elsewhere
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if exchange.method == "HEAD" else reply.body})
        self._record(exchange, path, reply.status)

    async def _answer(self, exchange: Exchange, path: str, receive: Receive) -> Answer:
        if path == self._bundle.path:
            _allow(exchange.method, "GET", "POST", "HEAD")
            return await self._classify(exchange, receive)
        page = self._pages.get(path)
        if page is None:
            raise self._nothing_at(path)
        _allow(exchange.method, "GET", "HEAD")
        return page()

    def _nothing_at(self, path: str) -> Problem:
        here = self._bundle
        match = _VERSIONED.fullmatch(path)
        if match and match[1] != str(here.versions.major):
            return Problem.of("other-version", major=here.versions.major, path=here.path)
        if match:
            return Problem.of("unknown-model", name=here.service.name, path=here.path)
        return Problem.of("not-found", models=here.models_path)

    def _refusal(self, problem: Problem, exchange: Exchange) -> Answer:
        self.metrics.problem(problem.code)
        lang = language(exchange.headers.get(b"accept-language", b""), self._settings.lang)
        return answer.refusal(problem, lang, exchange.id)

    def refuse(self, problem: Problem) -> Answer:
        """The answer to what never became a request, counted and logged."""
        self.metrics.problem(problem.code)
        self.metrics.request("other", "other", problem.status, 0.0)
        request_id = logs.request_id(None)
        self.log.write("info", "request", route="other", status=problem.status, request_id=request_id)
        return answer.refusal(problem, self._settings.lang, request_id)

    def _record(self, exchange: Exchange, path: str, status: int) -> None:
        """Counts a request, and logs it: by its route, for an address may hold what somebody wrote."""
        seconds = perf_counter() - exchange.arrived
        route = path if path == self._bundle.path or path in self._pages else "other"
        method = exchange.method if exchange.method in _METHODS else "other"
        self.metrics.request(route, method, status, seconds)
        level = "debug" if route in _QUIET else "info"
        if self.log.enabled(level):
            more: dict[str, object] = dict(logs.trace(exchange.headers.get(b"traceparent")))
            if exchange.rows:
                more["rows"] = exchange.rows
            self.log.write(
                level,
                "request",
                method=method,
                route=route,
                status=status,
                ms=round(seconds * 1e3, 3),
                request_id=exchange.id,
                **more,
            )

    async def _classify(self, exchange: Exchange, receive: Receive) -> Answer:
        if self.waiting() > self._settings.max_waiting:
            raise busy()
        content = await request.body(receive, exchange.headers, self._settings)
        start = perf_counter()
        given = self._reader.query(exchange.query)
        value = request.decoded(content, exchange.headers.get(b"content-type", b"")) if content else {}
        if type(value) is list:
            return await self._many(exchange, given, self._reader.rows(value), start)
        record = self._reader.one(given, value, "" if content else None)
        parsed = perf_counter()
        scores = self._bundle.model.score(record)
        scored = perf_counter()
        reply = self._writer.one(scores)
        exchange.rows = 1
        exchange.parse, exchange.model, exchange.encode = parsed - start, scored - parsed, perf_counter() - scored
        self._observe(exchange)
        return reply

    async def _many(self, exchange: Exchange, given: Row, rows: list[object], start: float) -> Answer:
        """Every row is looked at before the first is classified; each step lets other requests through."""
        exchange.parse = perf_counter() - start
        asked = perf_counter()
        async with self._turn:
            exchange.queue += perf_counter() - asked
            records: list[Row] = []
            for begin, end in steps(rows):
                start = perf_counter()
                records += self._reader.many(given, rows[begin:end], begin)
                exchange.parse += perf_counter() - start
                await asyncio.sleep(0)
            parts: list[bytes] = []
            for begin, end in steps(records):
                start = perf_counter()
                several = self._bundle.model.score_many(records[begin:end])
                scored = perf_counter()
                parts.append(self._writer.part(several))
                exchange.model += scored - start
                exchange.encode += perf_counter() - scored
                await asyncio.sleep(0)
        exchange.rows = len(rows)
        self._observe(exchange)
        return self._writer.many(parts)

    def _observe(self, exchange: Exchange) -> None:
        self.metrics.rows += exchange.rows
        self.metrics.queue.observe(exchange.queue)
        self.metrics.model.observe(exchange.model)

    def _is_ready(self) -> Answer:
        if not self.ready:
            raise Problem.of("draining")
        return Answer(b'{"status":"ready"}')

    def _metrics(self) -> Answer:
        text = self.metrics.text(self.waiting(), self.ready, self.log.dropped)
        return Answer(text, metrics.MEDIA_TYPE.encode())


def _allow(method: str, *allowed: str) -> None:
    """Raises Problem for another method."""
    if method not in allowed:
        words = ", ".join(allowed)
        raise Problem.of("wrong-method", (b"allow", words.encode()), allowed=words)
