"""A small service: in memory for what one request does, as a folder and a process for what only those show."""

import asyncio
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import numpy as np
import pytest

from relevo_runtime.app import Field, Service, text
from relevo_runtime.bundle import Bundle, Versions
from relevo_runtime.inputs import Input
from relevo_runtime.logs import Log
from relevo_runtime.model import Model
from relevo_runtime.server import Server
from relevo_runtime.settings import Settings

APP = '''"""The REST service of the line «quejas». This file is yours."""

from relevo_runtime import Service, text

service = Service(
    "quejas",
    supports_model=1,
    fields=[
        text("texto", description="The complaint in the customer's words"),
    ],
)
'''

GROUPS = ("cobros", "tarjeta")
WORDS = ("cobro", "tarjeta")


def write_service(
    folder: Path,
    app: str = APP,
    inputs: Sequence[Input] = (Input("text", "text"),),
    service: str = "1.0.0",
    model: str = "1.0.0",
) -> Path:
    """A whole service folder, whose model knows two words, one a group."""
    (folder / "model").mkdir(parents=True)
    (folder / "app.py").write_text(app, encoding="utf-8")
    part = {"digest": "0" * 64}
    versions = {
        "format": 1,
        "name": "quejas",
        "version": service,
        "model": {"version": model, **part},
        "data": {"version": "1.2.0", **part},
    }
    (folder / "service.json").write_text(json.dumps(versions))
    description = {
        "format": 1,
        "groups": GROUPS,
        "inputs": [{"name": each.name, "type": each.type, "nullable": each.nullable} for each in inputs],
        "scales": {each.name: {"mean": 0, "deviation": 1} for each in inputs if each.type == "number"},
        "bias": [0, 0],
    }
    variables: dict[str, list[str]] = {each.name: [] for each in inputs if each.type != "text"}
    vocabulary = {"words": WORDS, "characters": [], "variables": variables}
    (folder / "model" / "model.json").write_text(json.dumps(description))
    (folder / "model" / "vocabulary.json").write_text(json.dumps(vocabulary))
    np.save(folder / "model" / "idf.npy", np.ones(2, "<f4"))
    np.save(folder / "model" / "weights.npy", np.eye(2, dtype="<f4") * 3)
    return folder


@pytest.fixture
def service_folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes service folders: `write_service` without the folder."""
    return lambda **parts: write_service(tmp_path / "service", **parts)


class Running:
    """A service in a process of its own. Its log is read all the time, as a container's is.

    `before` is a command that starts it; `more` goes to Popen.
    """

    def __init__(self, folder: Path, *arguments: str, before: Sequence[str] = (), **more: Any) -> None:
        environment = {"PATH": os.environ["PATH"], **more.pop("env", {})}
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "relevo_runtime", "serve", str(folder), "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            **more,
        )
        self.lines: list[dict[str, Any]] = []
        self._ready: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        first = self._ready.get(timeout=60)
        assert first, self.process.stderr and self.process.stderr.read().decode()
        self.port: int = first["port"]

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(json.loads(line))
            if self.lines[-1]["event"] == "ready":
                self._ready.put(self.lines[-1])
        self._ready.put(None)

    def wait_for(self, **fields: object) -> dict[str, Any]:
        """The first log line with these fields."""
        for _ in range(3_000):
            for line in self.lines:
                if fields.items() <= line.items():
                    return line
            time.sleep(0.01)
        raise AssertionError(f"no line with {fields} in {self.lines}")

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        """One request on a connection of its own, and the whole answer."""
        connection = self.connection()
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def end(self) -> int:
        """Waits for the end; the exit code."""
        code = self.process.wait(30)
        self._reader.join(10)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream
            stream.close()
        return code


@pytest.fixture(scope="session")
def start_service() -> Callable[..., Running]:
    """Starts a service in an empty folder; whoever calls it ends it."""
    return lambda folder, **more: Running(write_service(folder / "service"), **more)


@pytest.fixture
def run(service_folder: Callable[..., Path]) -> Iterator[Callable[..., Running]]:
    """Starts services (`Running`), and ends them with the test."""
    started: list[Running] = []

    def start(*arguments: str, folder: Path | None = None, **more: Any) -> Running:
        started.append(Running(folder or service_folder(), *arguments, **more))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.end()


class Reply(NamedTuple):
    """What a request in memory came to."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class InMemory:
    """The ASGI application without a network, on a model in memory: three groups, the longer the text the surer."""

    def __init__(self, inputs: Sequence[Input], fields: Sequence[Field], settings: Settings, **service: Any) -> None:
        self.model = Model(("a", "b", "c"), inputs, _longer_is_surer)
        declared = Service("quejas", supports_model=1, fields=fields, **service)
        self.bundle = Bundle(declared, self.model, Versions("1.0.0", "1.1.0", "1.2.0"))
        self.log_reader, log_writer = os.pipe()
        self.server = Server(self.bundle, settings, Log(settings.log_level, log_writer))

    def __call__(
        self,
        method: str = "GET",
        target: str | bytes = "/api/v1/modelos/quejas",
        body: bytes = b"",
        headers: Mapping[str, str | bytes] | None = None,
        chunks: Sequence[bytes] | None = None,
    ) -> Reply:
        """One request; `chunks` is a body of unknown length."""
        return asyncio.run(self.asked(method, target, body, headers, chunks))

    async def asked(
        self,
        method: str,
        target: str | bytes,
        body: bytes = b"",
        headers: Mapping[str, str | bytes] | None = None,
        chunks: Sequence[bytes] | None = None,
    ) -> Reply:
        path, _, query = (target.encode() if isinstance(target, str) else target).partition(b"?")
        given = [(name.lower().encode(), _bytes(value)) for name, value in (headers or {}).items()]
        if chunks is not None:
            given.append((b"transfer-encoding", b"chunked"))
        elif body:
            given.append((b"content-length", str(len(body)).encode()))
        scope = {
            "type": "http",
            "method": method,
            "path": unquote_to_bytes(path).decode("utf-8", "replace"),
            "query_string": query,
            "headers": given,
        }
        parts = list(chunks if chunks is not None else [body])
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not parts:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.server(scope, receive, send)
        start, content = sent
        its = {name.decode(): value.decode() for name, value in start["headers"]}
        return Reply(start["status"], its, content["body"])

    def log(self) -> list[dict[str, Any]]:
        """The lines written since the last call."""
        os.set_blocking(self.log_reader, False)
        try:
            return [json.loads(line) for line in os.read(self.log_reader, 1_000_000).splitlines()]
        except BlockingIOError:
            return []


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def _longer_is_surer(values: Mapping[str, object]) -> list[float]:
    sure = len(str(values["text"])) / (1 + len(str(values["text"])))
    return [(1 - sure) / 2, sure, (1 - sure) / 2]


@pytest.fixture
def service() -> Callable[..., InMemory]:
    """Makes services in memory: of one text, or of the variables given as fields (`nullable` names inputs)."""

    def make(*variables: Field, nullable: Sequence[str] = (), **more: Any) -> InMemory:
        settings = more.pop("settings", Settings())
        inputs = [Input(field.of, field.type, field.of in nullable) for field in variables]
        return InMemory([Input("text", "text"), *inputs], [text("texto"), *variables], settings, **more)

    return make
