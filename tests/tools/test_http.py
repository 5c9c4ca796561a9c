import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from relevo.core.errors import OutsideError
from relevo.tools.http import call


@pytest.fixture
def raw() -> Iterator[Callable[[bytes], int]]:
    """`raw(answer)`: a port where one connection gets these bytes, however much of its request was read."""
    threads: list[threading.Thread] = []

    def serve(answer: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))

        def once() -> None:
            with listener:
                connection, _ = listener.accept()
            with connection:
                connection.recv(1_000)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):  # so that closing does not reset what was sent
                    pass

        threads.append(threading.Thread(target=once))
        threads[-1].start()
        port: int = listener.getsockname()[1]
        return port

    yield serve
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(("status", "value"), [(200, {"a": 1}), (404, None), (500, None)])
def test_any_status_is_an_answer(raw, status, value):
    body = b'{"a": 1}' if value else b"oops"
    answer = call(
        "127.0.0.1",
        raw(b"HTTP/1.1 %d X\r\nX-Y: z\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)),
        "GET",
        "/",
    )
    assert (answer.status, answer.headers["x-y"], answer.json()) == (status, "z", value)


@pytest.mark.parametrize("answer", [b"", b"SMTP ready\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
def test_no_answer_is_an_error_of_the_outside_that_names_the_call(raw, answer):
    port = raw(answer)
    with pytest.raises(OutsideError) as caught:
        call("127.0.0.1", port, "GET", "/there?a=b")
    assert caught.value.code == "no-answer"
    assert f"GET http://127.0.0.1:{port}/there?a=b" in str(caught.value)


def test_silence_ends_with_the_time_limit():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(OutsideError, match="timed out"):
        call("127.0.0.1", silent.getsockname()[1], "GET", "/", timeout=0.1)
