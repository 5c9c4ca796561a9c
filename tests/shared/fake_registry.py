"""A registry in this process, which can be made to misbehave."""

import base64
import hashlib
import json
import re
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from relevo.tools.distribution import Credentials, Registry

INDEX = "application/vnd.oci.image.index.v1+json"

USER, PASSWORD = "ana", "s3cr€t:pass"


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Fake:
    """A registry in a thread. `auth` is none, basic or bearer; with `subjects` it lists referrers by itself.

    `plant(method, pattern, status, headers, body)` answers so instead, for every path that `pattern` matches; `body`
    may also be a function of the handler, which then says everything itself.
    """

    auth: str = "none"
    subjects: bool = False
    port: int = 0
    blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    planted: list[tuple[str, str, int, dict[str, str], Any]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen but by this registry: the password, as it is and as it is sent, and every token."""
        return (PASSWORD, basic(USER, PASSWORD).removeprefix("Basic "), *self.tokens)

    def plant(
        self, method: str, pattern: str, status: int = 200, headers: dict[str, str] | None = None, body: Any = b""
    ) -> None:
        self.planted.append((method, pattern, status, headers or {}, body))

    def asked(self, method: str, pattern: str = "") -> list[Seen]:
        return [one for one in self.seen if one.method == method and re.search(pattern, one.path)]

    def registry(self, user: str = USER, password: str = PASSWORD) -> Registry:
        environ = {"RELEVO_REGISTRY_USER": user, "RELEVO_REGISTRY_PASSWORD": password} if user else {}
        return Registry(self.host, Credentials(self.host, environ))

    def answer(self, seen: Seen) -> tuple[int, dict[str, str], Any]:
        for method, pattern, status, headers, body in self.planted:
            if method == seen.method and re.search(pattern, seen.path):
                return status, headers, body
        if seen.path.startswith("/token"):
            return self._token(seen)
        repository, rest = re.fullmatch(r"/v2/(.+)/((?:manifests|blobs|referrers)/.*)", seen.path).groups()
        wanted = "pull" if seen.method in ("GET", "HEAD") else "push"
        if not self._allowed(seen, repository, wanted):
            realm = f'Bearer realm="http://{self.host}/token",service="fake",scope="repository:{repository}:{wanted}"'
            return 401, {"WWW-Authenticate": realm if self.auth == "bearer" else 'Basic realm="fake"'}, b""
        kind, _, name = rest.partition("/")
        handlers: dict[str, Callable[..., Any]] = {
            "manifests": self._manifests,
            "blobs": self._blobs,
            "referrers": self._referrers,
        }
        return handlers[kind](seen, repository, name)

    def _token(self, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        query = parse_qs(urlsplit(seen.path).query)
        if seen.method == "POST":
            query = parse_qs(seen.body.decode())
            if query["refresh_token"] != [PASSWORD]:
                return 401, {}, b""
        elif (given := seen.headers.get("authorization")) not in (None, basic(USER, PASSWORD)):
            assert given
            return 401, {}, b'{"errors": [{"code": "UNAUTHORIZED", "message": "incorrect username or password"}]}'
        elif given is None:
            return 200, {}, b'{"token": "anonymous"}'
        token = uuid.uuid4().hex
        self.tokens[token] = query["scope"][0]
        return 200, {}, json.dumps({"access_token": token}).encode()

    def _allowed(self, seen: Seen, repository: str, wanted: str) -> bool:
        given = seen.headers.get("authorization", "")
        if self.auth == "bearer":
            scope = self.tokens.get(given.removeprefix("Bearer "), "")
            return scope.startswith(f"repository:{repository}:") and wanted in scope.split(":")[-1].split(",")
        return self.auth == "none" or given == basic(USER, PASSWORD)

    def _manifests(self, seen: Seen, repository: str, name: str) -> tuple[int, dict[str, str], bytes]:
        if seen.method == "PUT":
            kind, headers = seen.headers["content-type"], {"Docker-Content-Digest": sha256(seen.body)}
            for key in (name, sha256(seen.body)):
                self.manifests[repository, key] = (kind, seen.body)
            if self.subjects and (subject := json.loads(seen.body).get("subject")):
                headers["OCI-Subject"] = subject["digest"]
            return 201, headers, b""
        if (repository, name) not in self.manifests:
            return 404, {}, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}'
        kind, content = self.manifests[repository, name]
        return 200, {"Content-Type": kind, "Docker-Content-Digest": sha256(content)}, content

    def _blobs(self, seen: Seen, repository: str, name: str) -> tuple[int, dict[str, str], bytes]:
        if seen.method == "POST":
            return 202, {"Location": f"/v2/{repository}/blobs/uploads/{uuid.uuid4()}?_state=a%3Db"}, b""
        if seen.method == "PUT":
            query = parse_qs(urlsplit(seen.path).query)
            assert query["_state"] == ["a=b"]
            (digest,) = query["digest"]
            if sha256(seen.body) != digest:
                return 400, {}, b'{"errors": [{"code": "DIGEST_INVALID", "message": "provided digest did not match"}]}'
            self.blobs[repository, digest] = seen.body
            return 201, {}, b""
        content = self.blobs.get((repository, name))
        return (404, {}, b"") if content is None else (200, {}, content)

    def _referrers(self, seen: Seen, repository: str, digest: str) -> tuple[int, dict[str, str], bytes]:
        if not self.subjects:
            return 404, {}, b"404 page not found"
        found = []
        for (where, name), (kind, content) in self.manifests.items():
            manifest = json.loads(content)
            if where == repository and ":" in name and (manifest.get("subject") or {}).get("digest") == digest:
                more = {"artifactType": manifest["artifactType"], "annotations": manifest["annotations"]}
                found.append({"mediaType": kind, "digest": name, "size": len(content), **more})
        return 200, {"Content-Type": INDEX}, json.dumps({"schemaVersion": 2, "manifests": found}).encode()


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_all(self) -> None:
            planted = next(
                (
                    body
                    for method, pattern, *_, body in fake.planted
                    if method == self.command and re.search(pattern, self.path)
                ),
                None,
            )
            if callable(planted):
                self.close_connection = True
                planted(self)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen = Seen(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            fake.seen.append(seen)
            status, headers, content = fake.answer(seen)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PUT = handle_all  # noqa: N815  http.server's names

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Clients that go away are meant to."""


@pytest.fixture
def fakes() -> Iterator[Callable[..., Fake]]:
    """fakes(auth="basic", subjects=True): a registry of its own, gone after the test."""
    servers: list[ThreadingHTTPServer] = []

    def make(tls: ssl.SSLContext | None = None, **knobs: Any) -> Fake:
        fake = Fake(**knobs)
        servers.append(_Server(("127.0.0.1", 0), _handler(fake)))
        if tls:
            servers[-1].socket = tls.wrap_socket(servers[-1].socket, server_side=True)
        fake.port = servers[-1].server_address[1]
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        return fake

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()
