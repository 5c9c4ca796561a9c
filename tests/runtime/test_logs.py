import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from relevo_runtime.logs import Bridge, Log, trace


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Both ends: to read, to write."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def test_a_line_is_one_json_object(pipe: tuple[int, int]) -> None:
    Log("info", pipe[1]).write("info", "request", status=200, route="/ñ")
    line = os.read(pipe[0], 10_000)
    assert line.count(b"\n") == 1
    found = json.loads(line)
    assert found.pop("time").endswith("Z")
    assert found == {"level": "info", "event": "request", "status": 200, "route": "/ñ"}


def test_only_the_wanted_level_and_above_is_written(tmp_path: Path) -> None:
    file = tmp_path / "log"  # standard output may be a file, too
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY)
    log = Log("warning", descriptor)
    for level in ("debug", "info", "warning", "error"):
        log.write(level, "event")
    log.announce("ready")
    os.close(descriptor)
    written = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["level"], line["event"]) for line in written] == [
        ("warning", "event"),
        ("error", "event"),
        ("info", "ready"),
    ]


def test_a_reader_that_stopped_costs_lines_and_no_time(pipe: tuple[int, int]) -> None:
    log = Log("info", pipe[1])
    for _ in range(2_000):
        log.write("info", "request", padding="x" * 100)
    assert 0 < log.dropped < 2_000
    taken = len(os.read(pipe[0], 1_000_000).splitlines())
    assert taken == 2_000 - log.dropped
    log.write("info", "request")
    assert json.loads(os.read(pipe[0], 10_000))["event"] == "request"


def test_a_reader_that_has_gone_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    log = Log("info", writer)
    log.write("info", "request")
    os.close(writer)
    assert log.dropped == 1


def test_what_the_server_below_logs_comes_without_its_words(pipe: tuple[int, int]) -> None:
    logger = logging.Logger("uvicorn.error")
    logger.addHandler(Bridge(Log("info", pipe[1])))
    logger.info("nothing to see")
    try:
        raise ValueError("secreto")
    except ValueError:
        logger.exception("secreto too")
    (line,) = os.read(pipe[0], 10_000).splitlines()
    found = json.loads(line)
    assert (found["level"], found["event"], found["error"]) == ("error", "server", "ValueError")
    assert b"secreto" not in line


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        b"00-" + b"0" * 32 + b"-b7ad6b7169203331-01",
        b"00-0af7651916cd43dd8448eb211c80319c-" + b"0" * 16 + b"-01",
        b"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        b"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    ],
)
def test_a_malformed_traceparent_is_ignored(header: bytes | None) -> None:
    assert trace(header) == {}
