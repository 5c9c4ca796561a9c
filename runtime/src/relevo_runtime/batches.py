"""Long work in short steps, so that the event loop goes on answering health checks and short requests meanwhile."""

import asyncio
from collections.abc import Iterator, Sequence
from types import TracebackType

from relevo_runtime.problems import Problem

#: One step is about this much text, or this many rows: some milliseconds of one core.
STEP_CHARS = 4_000
STEP_ROWS = 32
#: So many batches may wait for the one that is being worked on; a further one is turned away.
WAITING = 8
RETRY_SECONDS = 1


def busy() -> Problem:
    """Too much is waiting already."""
    return Problem.of("busy", (b"retry-after", b"%d" % RETRY_SECONDS), seconds=RETRY_SECONDS)


def steps(rows: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Where each step begins and ends. `rows` are objects as they came; what is no text weighs nothing."""
    begin = chars = 0
    for end, row in enumerate(rows):
        weight = sum(len(value) for value in row.values() if type(value) is str) if type(row) is dict else 0
        if end > begin and (chars + weight > STEP_CHARS or end - begin >= STEP_ROWS):
            yield begin, end
            begin, chars = end, 0
        chars += weight
    yield begin, len(rows)


class Turn:
    """One batch at a time, first come, first served: `async with turn:`. Raises Problem when too many wait."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._waiting = 0

    async def __aenter__(self) -> None:
        if self._waiting >= WAITING:
            raise busy()
        self._waiting += 1
        try:
            await self._lock.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
