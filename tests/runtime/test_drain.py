import json
import os
import resource
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PATH = "/api/v1/modelos/quejas"
HALF = b'[{"texto":"tarj'
REST = b'eta"}]'

Run = Callable[..., Any]


def begin(port: int) -> socket.socket:
    """A connection with half a request on it."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(HALF + REST)}"
    connection.sendall(head.encode() + b"\r\n\r\n" + HALF)
    return connection


def finish(connection: socket.socket) -> bytes:
    """The whole answer to the request, once its other half is there."""
    connection.sendall(REST)
    answer = b""
    while data := connection.recv(65_536):
        answer += data
    connection.close()
    return answer


def in_progress(running: Any) -> int:
    _, text = running.ask("GET", "/metrics")
    (line,) = (line for line in text.decode().splitlines() if line.startswith("relevo_requests_in_progress "))
    return int(line.split()[1])


def test_sigterm_drains_then_finishes_then_ends_with_0(run: Run) -> None:
    running = run(env={"RELEVO_DRAIN_SECONDS": "1.5"})
    flying = begin(running.port)
    while in_progress(running) < 2:  # the half request, and the one that asks
        time.sleep(0.01)

    began = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    running.wait_for(event="draining")
    response, content = running.ask("GET", "/health/ready")
    assert (response.status, json.loads(content)["code"]) == (503, "draining")
    assert running.ask("GET", "/health/live")[0].status == 200
    response, _ = running.ask("GET", f"{PATH}?texto=tarjeta")
    assert (response.status, response.getheader("Connection")) == (200, "close")

    while True:  # new connections are taken until the drain is over, and then no more
        try:
            socket.create_connection(("127.0.0.1", running.port)).close()
        except ConnectionRefusedError:
            break
        time.sleep(0.02)
    assert time.monotonic() - began >= 1.5
    assert running.process.poll() is None
    answer = finish(flying)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b'"resultados":[[["tarjeta",' in answer
    assert running.end() == 0
    assert running.lines[-1]["event"] == "stopped"


def test_sigint_does_not_wait_but_finishes_what_it_has(run: Run) -> None:
    running = run(env={"RELEVO_DRAIN_SECONDS": "600"})
    flying = begin(running.port)
    while in_progress(running) < 2:
        time.sleep(0.01)
    running.process.send_signal(signal.SIGINT)
    running.wait_for(event="draining")
    time.sleep(0.3)
    assert finish(flying).startswith(b"HTTP/1.1 200 OK")
    assert running.end() == 130


@pytest.mark.parametrize(("second", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["sigterm", "sigint"])
def test_a_second_signal_ends_at_once(run: Run, second: signal.Signals, code: int) -> None:
    running = run(env={"RELEVO_DRAIN_SECONDS": "600"})
    with begin(running.port):
        running.process.send_signal(signal.SIGTERM)
        running.wait_for(event="draining")
        running.process.send_signal(second)
        assert running.end() == code


def test_when_batches_pile_up_the_rest_is_turned_away_and_health_goes_on(run: Run) -> None:
    running = run()
    body = json.dumps([{"texto": "mi tarjeta no funciona " * 10}] * 200).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    connections = [socket.create_connection(("127.0.0.1", running.port), timeout=60) for _ in range(12)]
    for connection in connections:
        connection.sendall(head + body)
    assert running.ask("GET", "/health/live")[0].status == 200
    answers = []
    for connection in connections:
        with connection:
            answer = b""
            while data := connection.recv(1_000_000):
                answer += data
            answers.append(answer)
    busy = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503 ")]
    assert 1 <= len(busy) <= 12 - 1 - 8  # one is worked on, eight may wait
    assert all(b'"code":"busy"' in answer and b"retry-after: 1" in answer for answer in busy)
    assert sum(answer.startswith(b"HTTP/1.1 200 ") for answer in answers) == 12 - len(busy)


def no_files() -> None:
    """From here on, every write to a file fails."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_nothing_is_written_anywhere(run: Run, service_folder: Callable[..., Path]) -> None:
    folder = service_folder()
    before = sorted(folder.rglob("*"))
    running = run(folder=folder, preexec_fn=no_files)
    assert running.ask("GET", f"{PATH}?texto=tarjeta")[0].status == 200
    assert sorted(folder.rglob("*")) == before
    running.process.terminate()


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become somebody else")
def test_any_user_can_run_it(run: Run) -> None:
    # The capability only opens what a container's image leaves readable anyway: the interpreter and the folder.
    nobody = ["setpriv", "--reuid", "1234567", "--regid", "0", "--clear-groups"]
    nobody += ["--inh-caps", "-all,+dac_read_search", "--ambient-caps", "+dac_read_search"]
    running = run(before=nobody, cwd="/", env={"HOME": "/nowhere", "TMPDIR": "/nowhere"})
    assert running.ask("GET", f"{PATH}?texto=tarjeta")[0].status == 200
    assert Path(f"/proc/{running.process.pid}").stat().st_uid == 1_234_567
    running.process.terminate()
