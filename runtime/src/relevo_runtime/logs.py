"""JSON lines on standard output, one an event; nothing that a caller wrote is ever in them."""

import logging
import os
import re
import select
import traceback
from datetime import UTC, datetime

import msgspec

LEVELS = ("debug", "info", "warning", "error")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
# W3C Trace Context: version, trace id, parent id, flags; ids of zeros only are not valid.
_TRACE = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?")
# What a pipe takes at once when it is ready at all (POSIX's PIPE_BUF): a shorter write never blocks.
_ATOMIC = 4_096


class Log:
    """Writes events of `level` and above. A reader that has stopped costs lines (counted), never answers."""

    def __init__(self, level: str, descriptor: int = 1) -> None:
        self._threshold = LEVELS.index(level)
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)
        self._encode = msgspec.json.Encoder().encode
        self.dropped = 0

    def enabled(self, level: str) -> bool:
        return LEVELS.index(level) >= self._threshold

    def write(self, level: str, event: str, **fields: object) -> None:
        """One line, when `level` is wanted: the time, the level, the event, and its fields."""
        if self.enabled(level):
            self.announce(event, level=level, **fields)

    def announce(self, event: str, level: str = "info", **fields: object) -> None:
        """One line, whatever the level: what whoever starts the service waits for."""
        line = self._encode({"time": datetime.now(UTC), "level": level, "event": event, **fields}) + b"\n"
        if len(line) > _ATOMIC:
            line = self._encode({"time": datetime.now(UTC), "level": level, "event": event, "cut": True}) + b"\n"
        try:
            if self._poll.poll(0):
                os.write(self._descriptor, line)
                return
        except OSError:  # whoever read has gone
            pass
        self.dropped += 1


class Bridge(logging.Handler):
    """Brings what uvicorn and asyncio log into ours; of an exception only its type and place, never its words."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, object] = {"logger": record.name, "place": f"{record.module}:{record.lineno}"}
        if record.exc_info and record.exc_info[1]:
            fields |= failure(record.exc_info[1])
        self._log.write("error" if record.levelno >= logging.ERROR else "warning", "server", **fields)


def failure(error: BaseException) -> dict[str, object]:
    """The type of an exception and where it happened, innermost last; its message may hold a caller's text."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return {"error": type(error).__name__, "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}


def request_id(given: bytes | None) -> str:
    """The caller's X-Request-Id when it is a plain identifier, else a new one."""
    if given and _REQUEST_ID.fullmatch(given):
        return given.decode()
    return os.urandom(8).hex()


def trace(traceparent: bytes | None) -> dict[str, str]:
    """The ids of a W3C `traceparent`, to find the line from the trace; nothing when it is absent or malformed."""
    match = _TRACE.fullmatch(traceparent) if traceparent else None
    return {"trace_id": match[1].decode(), "parent_id": match[2].decode()} if match else {}
