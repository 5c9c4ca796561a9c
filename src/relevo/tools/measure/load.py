"""The open-loop load client: requests leave on a fixed schedule, whether or not earlier ones were answered.

A request's latency counts from the moment it was *meant* to be sent, so that a server that stalls for a second is
charged with every request that the second held up, not with one (Tene, "How NOT to Measure Latency", 2013).
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil

from relevo.tools.measure.connection import Connection, Response
from relevo.tools.measure.server_timing import parse

#: No more connections than this at a time; a request beyond them waits, and its latency counts on.
MOST_CONNECTIONS = 512


@dataclass(slots=True)
class Shot:
    """One request and what became of it. Times are seconds from the start of the schedule.

    `late` is how much later than intended the client itself came to it; `done` is when the whole answer was there, or
    when it failed (0 until then). `error`: "" when an answer came, else "refused", "reset", "garbled" or "timeout".
    `right` says that the answer was the wanted one; `steps` are the server's own milliseconds by step.
    """

    number: int
    intended: float
    late: float = 0.0
    done: float = 0.0
    status: int = 0
    error: str = ""
    right: bool = False
    steps: dict[str, float] = field(default_factory=dict)

    @property
    def latency(self) -> float:
        """Seconds from the intended send time to the end of the answer."""
        return self.done - self.intended


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one load run saw. `seconds` is its length, `cpu_seconds` what the client itself used."""

    shots: tuple[Shot, ...]
    seconds: float
    cpu_seconds: float

    def fast(self, limit: float, own_lateness: bool = True) -> int:
        """How many were answered rightly in under `limit` seconds. A wrong answer or none is never fast.

        Without `own_lateness`, what the client itself was late is taken off each latency.
        """
        return sum(s.right and s.latency - (0 if own_lateness else s.late) < limit for s in self.shots)

    def overdue(self, limit: float) -> float:
        """For how many seconds at least one request had been waiting for longer than `limit` seconds."""
        total, until = 0.0, 0.0
        for shot in self.shots:  # in the order of their due times
            due = max(shot.intended + limit, until)
            if shot.done > due:
                total += shot.done - due
                until = shot.done
        return total

    def latency(self, share: float) -> float:
        """The latency in seconds that `share` of the requests did not exceed (nearest rank), right or wrong."""
        return _rank([shot.latency for shot in self.shots], share)

    def lateness(self, share: float) -> float:
        """The client's own lateness in seconds that `share` of the requests did not exceed (nearest rank)."""
        return _rank([shot.late for shot in self.shots], share)

    @property
    def failures(self) -> Counter[str]:
        """How often each thing went wrong: an error's name, or the status of an answer that was not right."""
        return Counter(shot.error or f"status {shot.status}" for shot in self.shots if not shot.right)

    @property
    def steps(self) -> dict[str, float]:
        """Mean milliseconds of each step that the server told (Server-Timing), in the order it told them."""
        told: dict[str, list[float]] = {}
        for shot in self.shots:
            for step, duration in shot.steps.items():
                told.setdefault(step, []).append(duration)
        return {step: sum(durations) / len(durations) for step, durations in told.items()}


def _rank(values: list[float], share: float) -> float:
    return sorted(values)[max(ceil(share * len(values)), 1) - 1]


def _status_200(response: Response) -> bool:
    return response.status == 200


def fire(  # noqa: PLR0913  each is a property of one load run
    host: str,
    port: int,
    requests: Sequence[bytes],
    schedule: Sequence[float],
    *,
    warm_up: Sequence[float] = (),
    timeout: float = 10.0,
    right: Callable[[Response], bool] = _status_200,
) -> Result:
    """Send `requests` in turn, one at each time of `schedule`, and wait until each was answered or gave up.

    `warm_up` is a schedule that runs to its end first, over the same connections, and is not in the result. A request
    that has no answer `timeout` seconds after it was meant to be sent gives up, so the whole takes at most the last
    time of both schedules plus twice `timeout`. The same number of the schedule always carries the same request.
    """

    async def both() -> Result:
        client = _Client(host, port, requests, timeout, right)
        try:
            if warm_up:
                await client.run(warm_up)
            return await client.run(schedule)
        finally:
            await client.close()

    return asyncio.run(both())


class _Client:
    """A connection is idle, or busy with one shot; a shot that finds none idle waits while one more is opened."""

    def __init__(
        self, host: str, port: int, requests: Sequence[bytes], timeout: float, right: Callable[[Response], bool]
    ) -> None:
        self._address = (host, port)
        self._requests = requests
        self._timeout = timeout
        self._right = right
        self._loop = asyncio.get_running_loop()
        self._idle: list[Connection] = []
        self._busy: dict[Connection, Shot] = {}
        self._waiting: deque[Shot] = deque()
        self._opening: set[asyncio.Task[tuple[asyncio.Transport, Connection]]] = set()

    async def run(self, schedule: Sequence[float]) -> Result:
        self._schedule = schedule
        self._shots: list[Shot] = []
        self._unfinished = len(schedule)
        self._all_done = asyncio.Event()
        cpu, self._start = time.thread_time(), self._loop.time()
        if schedule:
            self._tick()
            await self._all_done.wait()
        return Result(tuple(self._shots), self._now(), time.thread_time() - cpu)

    async def close(self) -> None:
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        await asyncio.sleep(0)  # lets a connection that was just made be known
        for connection in (*self._idle, *self._busy):
            connection.close()
        await asyncio.sleep(0)  # lets them be lost

    def _now(self) -> float:
        return self._loop.time() - self._start

    def _tick(self) -> None:
        """Send everything that is due, and come back when the next one is."""
        while len(self._shots) < len(self._schedule):
            intended = self._schedule[len(self._shots)]
            late = self._now() - intended
            if late < 0:
                self._loop.call_at(self._start + intended, self._tick)
                return
            shot = Shot(len(self._shots), intended, late)
            self._shots.append(shot)
            self._loop.call_at(self._start + intended + self._timeout, self._give_up, shot)
            self._dispatch(shot)

    def _dispatch(self, shot: Shot) -> None:
        if self._idle:
            self._send(self._idle.pop(), shot)
        else:
            self._waiting.append(shot)
            self._open_missing()

    def _send(self, connection: Connection, shot: Shot) -> None:
        self._busy[connection] = shot
        connection.send(self._requests[shot.number % len(self._requests)])

    def _open_missing(self) -> None:
        """One connection more, unless as many are being opened as shots wait."""
        connections = len(self._idle) + len(self._busy) + len(self._opening)
        if connections < MOST_CONNECTIONS and len(self._waiting) > len(self._opening):
            task = self._loop.create_task(
                self._loop.create_connection(lambda: Connection(self._answered, self._lost), *self._address)
            )
            self._opening.add(task)
            task.add_done_callback(self._opened)

    def _opened(self, task: "asyncio.Task[tuple[asyncio.Transport, Connection]]") -> None:
        self._opening.discard(task)
        if task.cancelled():
            return
        try:
            _, connection = task.result()
        except OSError:
            if shot := self._next_waiting():
                self._finish(shot, error="refused")
            self._open_missing()
        else:
            if not connection.closing:
                self._free(connection)

    def _next_waiting(self) -> Shot | None:
        while self._waiting:
            shot = self._waiting.popleft()
            if not shot.done:
                return shot
        return None

    def _free(self, connection: Connection) -> None:
        if shot := self._next_waiting():
            self._send(connection, shot)
        else:
            self._idle.append(connection)

    def _answered(self, connection: Connection, response: Response) -> None:
        shot = self._busy.pop(connection, None)
        if shot is None:
            connection.close()  # an answer that nobody asked for: what follows on this connection cannot be trusted
            return
        shot.status, shot.right = response.status, self._right(response)
        shot.steps = parse(response.headers.get("server-timing", ""))
        self._finish(shot)
        if connection.closing:
            connection.close()
        else:
            self._free(connection)

    def _lost(self, connection: Connection, error: str) -> None:
        if connection in self._idle:
            self._idle.remove(connection)
        shot = self._busy.pop(connection, None)
        if shot and not shot.done:
            if connection.requests > 1 and not connection.begun:
                self._dispatch(shot)  # the server closed an idle connection as we wrote: send again (RFC 9112 9.3.1)
            else:
                self._finish(shot, error)
        self._open_missing()

    def _give_up(self, shot: Shot) -> None:
        if not shot.done:
            self._finish(shot, error="timeout")
            for connection, its in tuple(self._busy.items()):
                if its is shot:
                    connection.close()

    def _finish(self, shot: Shot, error: str = "") -> None:
        shot.done, shot.error = self._now(), error
        self._unfinished -= 1
        if self._unfinished == 0:
            self._all_done.set()
