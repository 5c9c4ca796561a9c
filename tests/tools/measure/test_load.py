import socket
import time

import pytest

from relevo.tools.measure.connection import request
from relevo.tools.measure.load import Result, Shot, fire
from relevo.tools.measure.schedule import schedule

pytestmark = pytest.mark.slow

GET = request("GET", "/", "localhost")
#: Far above what a busy machine adds to an answer that is given at once, and below what the planted delays take.
LIMIT, DELAY = 0.8, 1.0


def constant(requests: int, rate: float) -> list[float]:
    return schedule(requests, rate, "constant")


@pytest.mark.parametrize(
    ("every", "slow"),
    [(1, 40), (8, 5), (41, 1)],
)
def test_counts_exactly_the_requests_that_the_server_delayed(plant, answer, every, slow):
    server = plant(lambda number: (DELAY, answer) if number % every == 0 else answer)
    result = fire("127.0.0.1", server.port, [GET], constant(40, 200))
    assert (len(result.shots), result.fast(LIMIT)) == (40, 40 - slow)
    assert result.latency(1) >= DELAY


def test_a_stall_is_charged_with_every_request_that_it_held_up(plant, answer):
    def stall(number: int) -> bytes:
        if number == 20:
            time.sleep(2)
        return answer

    server = plant(stall)
    result = fire("127.0.0.1", server.port, [GET], constant(150, 50))
    slow = {shot.number for shot in result.shots if shot.latency >= LIMIT}
    # A closed loop would have seen one slow request. These were meant to leave within the first 1.2 s of the stall.
    assert slow >= set(range(21, 80))
    assert result.lateness(0.5) < 0.1, "the stall is the server's, and does not hold up the client"


def test_the_warm_up_runs_first_over_the_same_connections_and_is_not_counted(plant, answer):
    server = plant(lambda number: (DELAY, answer) if number < 5 else answer)
    result = fire("127.0.0.1", server.port, [GET], constant(30, 100), warm_up=constant(5, 100))
    assert result.fast(LIMIT) == len(result.shots) == 30
    assert len(server.seen) == 35
    assert server.connections <= 6


def test_requests_go_out_in_turn(plant, answer):
    server = plant(lambda number: answer)
    fire("127.0.0.1", server.port, [request("GET", f"/{i}", "h") for i in range(3)], constant(7, 100))
    assert [head.split()[1] for head in server.seen] == [b"/0", b"/1", b"/2", b"/0", b"/1", b"/2", b"/0"]


def answered(status: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("behaviour", "failures"),
    [
        (answered("503 Service Unavailable"), {"status 503": 5}),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", {"garbled": 5}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", {"garbled": 5}),
        (None, {"reset": 5}),
        ((5, b""), {"timeout": 5}),
    ],
)
def test_a_wrong_answer_or_none_is_never_fast(plant, behaviour, failures):
    server = plant(lambda number: behaviour)
    result = fire("127.0.0.1", server.port, [GET], constant(5, 100), timeout=0.4)
    assert (result.fast(LIMIT), result.failures) == (0, failures)


def test_what_a_right_answer_is_can_be_said(plant):
    server = plant(lambda number: answered("200 OK", b"yes" if number % 2 else b"no"))
    result = fire("127.0.0.1", server.port, [GET], constant(10, 100), right=lambda response: response.body == b"yes")
    assert (result.fast(LIMIT), result.failures) == (5, {"status 200": 5})


def test_nobody_listening_is_refused_for_every_request():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        result = fire("127.0.0.1", free.getsockname()[1], [GET], constant(5, 100))
    assert (result.fast(LIMIT), result.failures) == (0, {"refused": 5})


def test_a_server_that_closes_after_every_answer_gets_a_new_connection_each_time(plant):
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    server = plant(lambda number: closing)
    result = fire("127.0.0.1", server.port, [GET], constant(10, 100))
    assert (result.fast(LIMIT), server.connections) == (10, 10)


def test_a_connection_that_was_closed_while_idle_is_tried_again(plant, answer):
    server = plant(lambda number: None if number == 1 else answer)
    result = fire("127.0.0.1", server.port, [GET], constant(3, 20))
    assert (result.fast(LIMIT), server.connections) == (3, 2)


def test_the_time_is_bounded_even_if_no_answer_ever_comes(plant):
    server = plant(lambda number: (60, b""))
    started = time.monotonic()
    fire("127.0.0.1", server.port, [GET], constant(3, 100), warm_up=constant(3, 100), timeout=0.2)
    assert time.monotonic() - started < 5


def test_the_mean_of_each_step_comes_from_server_timing(plant):
    def timed(number: int) -> bytes:
        return (
            f"HTTP/1.1 200 OK\r\nServer-Timing: queue;dur={number}, model;dur=3\r\nContent-Length: 0\r\n\r\n".encode()
        )

    server = plant(timed)
    assert fire("127.0.0.1", server.port, [GET], constant(4, 50)).steps == {"queue": 1.5, "model": 3.0}


@pytest.mark.parametrize(
    ("spans", "overdue"),
    [
        ([], 0),
        ([(0, 0.1)], 0),
        ([(0, 1)], 0.9),
        ([(0, 1), (0.5, 1), (2, 2.3)], 1.1),  # the second is overdue while the first still is
        ([(0, 1), (0.5, 3)], 2.9),
        ([(0, 3), (0.5, 1)], 2.9),
    ],
)
def test_overdue_is_the_time_with_at_least_one_late_request(spans, overdue):
    shots = tuple(Shot(i, intended, done=done) for i, (intended, done) in enumerate(spans))
    assert Result(shots, 1, 0).overdue(0.1) == pytest.approx(overdue)


def test_nothing_to_send_gives_an_empty_result():
    assert fire("127.0.0.1", 1, [GET], []).shots == ()


def test_more_requests_than_connections_wait_and_are_all_answered(plant, answer, monkeypatch):
    monkeypatch.setattr("relevo.tools.measure.load.MOST_CONNECTIONS", 2)
    server = plant(lambda number: (0.05, answer))
    result = fire("127.0.0.1", server.port, [GET], constant(20, 1000))
    assert (result.failures, server.connections) == ({}, 2)
    assert result.latency(1) >= 0.4, "ten rounds of two: the wait for a connection is part of the latency"
