"""A tiny HTTP server with planted behaviour, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

#: From the number of a request (0, 1, …) to what is sent: bytes at once, a pair (seconds, bytes) later; None hangs up.
Behaviour = Callable[[int], bytes | tuple[float, bytes] | None]


class Planted:
    def __init__(self, behaviour: Behaviour) -> None:
        self.seen: list[bytes] = []
        self.connections = 0
        self._behaviour = behaviour
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                number = len(self.seen)
                self.seen.append(head)
                match self._behaviour(number):
                    case None:
                        break
                    case (delay, answer):
                        await asyncio.sleep(delay)
                        writer.write(answer)
                    case answer:
                        writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()


@pytest.fixture
def answer() -> bytes:
    return ANSWER


@pytest.fixture
def plant() -> Iterator[Callable[[Behaviour], Planted]]:
    """`plant(behaviour)` starts a server; it is stopped after the test."""
    servers: list[Planted] = []

    def start(behaviour: Behaviour) -> Planted:
        servers.append(Planted(behaviour))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
