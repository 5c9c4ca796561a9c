"""One HTTP request and its answer, whatever the status."""

import http.client
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from relevo.core.errors import OutsideError
from relevo.core.message import N_

TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def call(  # noqa: PLR0913  the parts of a request
    host: str,
    port: int,
    method: str,
    target: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
) -> Answer:
    """Send one request over a connection of its own; `target` is a path with its query, already encoded.

    Raises OutsideError when no answer comes within `timeout` seconds of silence, or what comes is none.
    """
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was read: the answer says why
            connection.request(method, target, body, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    except (OSError, http.client.HTTPException) as error:
        raise OutsideError(
            "no-answer",
            N_("{method} http://{host}:{port}{target} got no answer: {reason}"),
            method=method,
            host=host,
            port=port,
            target=target,
            reason=str(error) or type(error).__name__,
        ) from error
    finally:
        connection.close()
