"""Requests to one registry: who we are there, and where it sends us on to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from relevo.core.errors import OutsideError
from relevo.tools.distribution import address, failures
from relevo.tools.distribution.challenge import challenges
from relevo.tools.distribution.connection import BLOCK, Connections, ignore, translated
from relevo.tools.distribution.credentials import Credentials, Login

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from relevo.tools.http import Answer

#: In bytes: no answer that is kept in memory is longer. Registries need not take a longer manifest either.
LIMIT = 4 * 1024 * 1024

_HOPS = 8
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Call:
    """`target` is a path from the root of the registry, or an address that it gave; `name` a tag or digest.

    With `push` the right to write is asked for. A file as `body` is streamed, and `progress` told how many of its
    bytes are sent; it begins anew when the registry asks who we are only then.
    """

    method: str
    repository: str
    name: str
    target: str
    push: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Path | None = None
    progress: Callable[[int], None] = ignore

    @property
    def what(self) -> str:
        return f"{self.repository}{'@' if ':' in self.name else ':'}{self.name}"


class Transport:
    """A password goes to the registry itself and to the token service that it names; its tokens to itself alone."""

    def __init__(self, host: str, credentials: Credentials) -> None:
        self.host = host
        self._credentials = credentials
        self._base = address.base(host)
        self._connections = Connections()
        self._logins: dict[str, Login | None] = {}
        self._authorizations: dict[tuple[str, bool], str] = {}

    def ask(self, call: Call, *expected: int) -> "Answer":
        """The whole answer, whose status is one of `expected`. Raises OutsideError for any other."""
        return self._whole(call, *self._send(call, expected))

    def stream(self, call: Call) -> Iterator[bytes]:
        """The body of the answer, in pieces. Raises OutsideError, also in the midst of it."""
        url, answer = self._send(call, (200,))
        try:
            with translated(url):
                yield from answer.stream(BLOCK, decode_content=False)
        finally:
            answer.close()

    def _send(self, call: Call, expected: tuple[int, ...]) -> "tuple[str, BaseHTTPResponse]":
        """The answer, still to be read, and who gave it after all redirects."""
        url = self._allowed(call, self._base, call.target)
        key = (call.repository, call.push)
        renewed = False
        for _ in range(_HOPS):
            own = address.origin(url) == address.origin(self._base)
            known = {"Authorization": self._authorizations[key]} if own and key in self._authorizations else {}
            answer = self._connections.send(call.method, url, {**call.headers, **known}, call.body, call.progress)
            if answer.status in expected:
                return url, answer
            if answer.status in _REDIRECTS and call.method in ("GET", "HEAD"):
                answer.close()
                url = self._allowed(call, url, answer.headers.get("Location", ""))
            elif answer.status == 401 and own and not renewed:
                renewed = True
                self._authorizations[key] = self._authorize(call, self._whole(call, url, answer))
            else:
                raise self._failure(call, url, self._whole(call, url, answer))
        raise failures.unexpected(self.host, call.what)

    def _whole(self, call: Call, url: str, answer: "BaseHTTPResponse") -> "Answer":
        from relevo.tools.http import Answer  # here, because it brings http.client along

        try:
            with translated(url):
                body = answer.read(LIMIT + 1, decode_content=False)
        finally:
            answer.close()
        if len(body) > LIMIT:
            raise failures.unexpected(address.host(url), call.what)
        return Answer(answer.status, {name.lower(): answer.headers[name] for name in answer.headers}, body)

    def _allowed(self, call: Call, url: str, target: str) -> str:
        """The address that `target` is, seen from `url`: https, or http from this machine to itself.

        Raises OutsideError when it is neither.
        """
        try:
            found = urljoin(url, target)
            scheme, hostname, _ = address.origin(found)
        except (ValueError, KeyError):
            raise failures.unexpected(self.host, call.what) from None
        if scheme == "https" or (self._base.startswith("http:") and address.is_loopback(hostname)):
            return found
        raise failures.insecure(self.host, address.host(found))

    def _authorize(self, call: Call, answer: "Answer") -> str:
        """The header Authorization that the registry asks for. Raises OutsideError when there is nothing to give."""
        login = self._logins[call.repository] = self._credentials.login(self.host, call.repository)
        asked = challenges(answer.headers.get("www-authenticate", ""))
        if "bearer" in asked:
            return f"Bearer {self._token(call, asked['bearer'], login)}"
        if "basic" in asked and login:
            return login.basic
        raise self._failure(call, self._base, answer)

    def _token(self, call: Call, asked: Mapping[str, str], login: Login | None) -> str:
        url = self._allowed(call, self._base, asked.get("realm", ""))
        pull = f"repository:{call.repository}:pull"
        # Asked for a HEAD before a push, a registry would have us read only, and ask again for the push.
        scope = f"{pull},push" if call.push else asked.get("scope", pull)
        values = {"service": asked.get("service", ""), "scope": scope}
        if login and login.is_token:
            values |= {"grant_type": "refresh_token", "refresh_token": login.password, "client_id": "relevo"}
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            raw = self._connections.send("POST", url, headers, address.form(values))
        else:
            headers = {"Authorization": login.basic} if login else {}
            raw = self._connections.send("GET", address.with_query(url, values), headers)
        answer = self._whole(call, url, raw)
        if answer.status != 200:
            raise self._failure(call, self._base, answer)
        given = answer.json()
        token = (given.get("token") or given.get("access_token")) if isinstance(given, dict) else None
        if not isinstance(token, str) or not token or not token.isprintable():
            raise failures.unexpected(address.host(url), call.what)
        return token

    def _failure(self, call: Call, url: str, answer: "Answer") -> OutsideError:
        """What is wrong, when `url` gave `answer`. Storage that a registry sends on to knows no users of ours."""
        login = self._logins.get(call.repository)
        secrets = [login.password, login.basic] if login else []
        secrets += self._authorizations.values()
        reason = failures.told(answer, [secret.rpartition(" ")[2] for secret in secrets])
        if address.origin(url) != address.origin(self._base):
            return failures.failed(address.host(url), call.method, call.what, answer.status, reason)
        if answer.status in (401, 403):
            return failures.refused(self.host, call.what, login.source if login else "", reason)
        if answer.status == 404:
            return failures.missing(self.host, call.what)
        return failures.failed(self.host, call.method, call.what, answer.status, reason)
