"""`relevo serve`: what comes before the service, and that the process becomes it."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "is in use by another program"), ("es", "lo está usando otro programa")]
)
def test_a_port_in_use_is_3_in_the_readers_language(lang: str, said: str, taken: int, call: Any, line: Any) -> None:
    called = call("serve", "--port", str(taken), line=line, lang=lang)
    assert (called.code, called.out) == (3, "")
    assert f"127.0.0.1:{taken} {said}" in called.err
    assert "--port 0" in called.err


def test_an_address_of_another_machine_is_3(call: Any, line: Any) -> None:
    called = call("serve", "--host", "192.0.2.1", "--port", "0", line=line)
    assert called.code == 3
    assert "cannot listen on 192.0.2.1:0" in called.err


def test_a_port_out_of_range_is_2(call: Any, line: Any) -> None:
    assert call("serve", "--port", "70000", line=line).code == 2


BECOMES = """
import sys
from relevo.cli.main import main

class Line:
    def serve_command(self, host, port):
        service = "import os, sys, json; print(json.dumps([os.getpid(), *sys.argv[1:]])); sys.exit(7)"
        return [sys.executable, "-c", service, host, str(port)]

sys.exit(main(["serve", "--port", "0"], lambda start: Line()))
"""


def test_the_process_becomes_the_service_so_that_signals_and_exit_code_are_its_own() -> None:
    with subprocess.Popen([sys.executable, "-c", BECOMES], stdout=subprocess.PIPE) as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 7
    assert json.loads(out) == [process.pid, "127.0.0.1", "0"]


class ServingLine:
    """A line that starts nothing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def serve_command(self, host: str, port: int) -> list[str]:
        self.asked.append(("service", host, str(port)))
        return ["true"]

    def serve_image_command(self, image: str, host: str, port: int) -> tuple[list[str], str | None]:
        self.asked.append((image, host, str(port)))
        return ["true"], None


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ((), "service"),
        (("--image", "image"), "image"),
        (("--image", "1.0.1"), "1.0.1"),
        (("--image", "registry.example.org/team/quejas:1"), "registry.example.org/team/quejas:1"),
    ],
)
def test_an_image_is_served_when_one_is_named(arguments: tuple[str, ...], asked: str, taken: int, call: Any) -> None:
    line = ServingLine()
    called = call("serve", *arguments, "--port", str(taken), line=line)
    assert line.asked == [(asked, "127.0.0.1", str(taken))]
    assert called.code == 3, "the port is in use: nothing was started"


BECOMES_A_CONTAINER = """
import sys
from relevo.cli.main import main

class Line:
    def serve_image_command(self, image, host, port):
        engine = "import os, sys, json; print(json.dumps([os.getpid(), *sys.argv[1:]])); sys.exit(7)"
        return [sys.executable, "-c", engine, image, host, str(port)], None

sys.exit(main(["serve", "--image", "1.0.1", "--port", "0"], lambda start: Line()))
"""


def test_the_process_becomes_the_engine_that_runs_the_image_on_a_free_port_that_is_told() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BECOMES_A_CONTAINER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 7
    pid, image, host, port = json.loads(out)
    assert (pid, image, host) == (process.pid, "1.0.1", "127.0.0.1")
    assert int(port) > 0
    assert f"http://127.0.0.1:{port} " in err


SERVES = """
import sys
from relevo.cli.main import main

class Line:
    def serve_command(self, host, port):
        return ["true"]

    def serve_image_command(self, image, host, port):
        return ["true"], sys.argv[1] or None

sys.exit(main(["serve", *sys.argv[2:]], lambda start: Line()))
"""


def told(machine: str, *arguments: str) -> str:
    """What is said before the process becomes another, the engine being on `machine`, "" for this one."""
    call = [sys.executable, "-c", SERVES, machine, *arguments]
    return subprocess.run(call, check=True, capture_output=True, text=True, timeout=60).stderr


@pytest.mark.parametrize(
    ("machine", "address"), [("build.example.org", "build.example.org"), ("2001:db8::1", "[2001:db8::1]")]
)
def test_on_another_machine_no_port_of_this_one_is_looked_at(machine: str, address: str, taken: int) -> None:
    assert f"http://{address}:{taken} " in told(machine, "--image", "1.0.1", "--port", str(taken))


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
@pytest.mark.parametrize("arguments", [(), ("--image", "1.0.1")])
def test_an_address_with_colons_is_told_as_a_url_has_it(arguments: tuple[str, ...]) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        port = server.getsockname()[1]
    assert f"http://[::1]:{port} " in told("", *arguments, "--host", "::1", "--port", str(port))
