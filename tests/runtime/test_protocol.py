"""What only a network shows: every problem of the catalogue over real HTTP, and requests that never become one."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from relevo_runtime.problems import CATALOGUE

pytestmark = pytest.mark.slow

PATH = "/api/v1/modelos/quejas"
JSON = {"Content-Type": "application/json"}

#: code → method, address, body and headers that provoke it.
PROVOKED: dict[str, tuple[str, str, bytes | None, dict[str, str]]] = {
    "not-utf8": ("GET", f"{PATH}?texto=%ff", None, {}),
    "malformed-json": ("POST", PATH, b"{", JSON),
    "not-found": ("GET", "/", None, {}),
    "unknown-model": ("GET", "/api/v1/modelos/otro", None, {}),
    "other-version": ("GET", "/api/v2/modelos/quejas?texto=a", None, {}),
    "wrong-method": ("DELETE", PATH, None, {}),
    "body-too-large": ("POST", PATH, b" " * 5_000_000, JSON),
    "url-too-long": ("GET", f"{PATH}?texto={'a' * 70_000}", None, {}),
    "headers-too-large": ("GET", f"{PATH}?texto=a", None, {"X-Large": "a" * 40_000}),
    "wrong-media-type": ("POST", PATH, b"texto=a", {"Content-Type": "application/x-www-form-urlencoded"}),
    "wrong-encoding": ("POST", PATH, b"{}", {**JSON, "Content-Encoding": "gzip"}),
    "wrong-shape": ("POST", PATH, b'"a"', JSON),
    "no-rows": ("POST", PATH, b"[]", JSON),
    "too-many-rows": ("POST", PATH, json.dumps([{"texto": "a"}] * 11).encode(), JSON),
    "unknown-field": ("GET", f"{PATH}?text=a", None, {}),
    "repeated-field": ("GET", f"{PATH}?texto=a&texto=b", None, {}),
    "missing-field": ("GET", PATH, None, {}),
    "null-field": ("POST", PATH, b'{"texto":null}', JSON),
    "empty-text": ("GET", f"{PATH}?texto=", None, {}),
    "wrong-type": ("POST", PATH, b'{"texto":1}', JSON),
    "text-too-long": ("POST", PATH, json.dumps({"texto": "a" * 10_001}).encode(), JSON),
}
#: Provoked below, or where the name says.
ELSEWHERE = {"malformed-request", "slow-request", "internal", "busy", "draining"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, start_service: Callable[..., Any]) -> Iterator[Any]:
    """One service for all tests of this file, with small limits."""
    limits = {
        "RELEVO_MAX_ROWS": "10",
        "RELEVO_READ_SECONDS": "0.5",
        "RELEVO_LOG_LEVEL": "debug",
        "RELEVO_DRAIN_SECONDS": "0",
    }
    its = start_service(tmp_path_factory.mktemp("http"), env=limits)
    yield its
    its.process.terminate()
    its.end()


def raw(port: int, *parts: bytes) -> bytes:
    """What comes back for bytes, until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while data := connection.recv(65_536):
            answer += data
        return answer


def test_every_problem_of_the_catalogue_is_provoked_somewhere() -> None:
    assert PROVOKED.keys() | ELSEWHERE == CATALOGUE.keys()


@pytest.mark.parametrize("code", PROVOKED)
def test_a_wrong_request_gets_its_problem(running: Any, code: str) -> None:
    response, content = running.ask(*PROVOKED[code])
    problem = json.loads(content)
    assert (response.status, problem["code"], problem["status"]) == (CATALOGUE[code].status, code, response.status)
    assert response.getheader("Content-Type") == "application/problem+json"
    assert response.getheader("X-Request-Id") in (None, problem["request_id"])


def test_the_callers_language_is_spoken(running: Any) -> None:
    response, content = running.ask("GET", PATH, headers={"Accept-Language": "es-ES,es;q=0.9"})
    assert json.loads(content)["detail"] == "Falta el campo `texto`."
    assert (response.getheader("Content-Language"), response.getheader("Vary")) == ("es", "accept-language")


def test_405_names_what_can_be_used(running: Any) -> None:
    response, _ = running.ask("DELETE", PATH)
    assert response.getheader("Allow") == "GET, POST, HEAD"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"hello\r\n\r\n", "malformed-request"),
        (b"GET / HTTP/1.1\r\nContent-Length: minus\r\n\r\n", "malformed-request"),
        (b"\x16\x03\x01\x02\x00\x01\x00", "malformed-request"),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 43\r\n\r\n"
            b"GET /health/ready HTTP/1.1\r\nHost: smuggled\r\n\r\n",
            "malformed-request",
        ),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", "url-too-long"),
        (b"GET / HTTP/1.1\r\n" + b"X-A: 1\r\n" * 10_000 + b"\r\n", "headers-too-large"),
        (b"GET / HTTP/1.1\r\nX-A: " + b"a" * 200_000, "headers-too-large"),
    ],
)
def test_what_is_no_request_gets_a_problem_and_the_connection_is_closed(running: Any, sent: bytes, code: str) -> None:
    head, _, content = raw(running.port, sent).partition(b"\r\n\r\n")
    problem = json.loads(content)
    assert problem["code"] == code
    assert head.startswith(f"HTTP/1.1 {CATALOGUE[code].status} ".encode())
    assert b"connection: close" in head


def test_a_body_that_does_not_come_is_not_waited_for(running: Any) -> None:
    head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n".encode()
    answer = raw(running.port, head, b"{")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"slow-request"' in answer


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-A: b"])
def test_a_head_that_does_not_come_is_not_waited_for(running: Any, sent: bytes) -> None:
    assert raw(running.port, sent) == b""


def test_one_connection_serves_many_requests_also_after_problems(running: Any) -> None:
    connection = running.connection()
    for target, status in ((f"{PATH}?texto=cobro", 200), (PATH, 422), (f"{PATH}?texto=tarjeta", 200)):
        connection.request("GET", target)
        response = connection.getresponse()
        assert (response.status, len(response.read()) > 0) == (status, True)
        assert response.getheader("Connection") is None
    connection.close()


def test_requests_sent_without_waiting_are_answered_in_their_order(running: Any) -> None:
    one = f"GET {PATH}?texto=cobro HTTP/1.1\r\nHost: a\r\n\r\n"
    two = f"GET {PATH}?texto=tarjeta HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = raw(running.port, (one + two).encode())
    assert answer.index(b'"resultado":[["cobros"') < answer.index(b'"resultado":[["tarjeta"')


def test_the_time_in_the_queue_is_measured_from_the_head_of_the_request(running: Any) -> None:
    response, _ = running.ask("GET", f"{PATH}?texto=cobro")
    queue = response.getheader("Server-Timing").split(", ")[0]
    assert 0 < float(queue.removeprefix("queue;dur=")) < 10_000


def test_log_lines_are_json_and_without_texts(running: Any) -> None:
    for target in (f"{PATH}?texto=s3cr3t0", "/s3cr3t0", f"{PATH}?s3cr3t0"):
        running.ask("GET", target)
    raw(running.port, b"s3cr3t0\r\n\r\n")
    running.ask("GET", "/health/live", headers={"X-Request-Id": "marker"})
    running.wait_for(request_id="marker")
    assert {line["event"] for line in running.lines} <= {"ready", "request", "server"}
    assert "s3cr3t0" not in json.dumps(running.lines)
