import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from relevo_runtime.bundle import load
from relevo_runtime.openapi import document

Write = Callable[..., Path]


def call(*arguments: object, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """One call of the command line to its end."""
    command = [sys.executable, "-m", "relevo_runtime", *map(str, arguments)]
    environment = {"PATH": os.environ["PATH"], **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


def test_openapi_prints_the_document(service_folder: Write) -> None:
    folder = service_folder()
    done = call("openapi", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == document(load(folder, constant=True))


@pytest.mark.parametrize("verb", ["serve", "openapi"])
def test_what_hinders_the_start_is_one_line_and_exit_code_2(tmp_path: Path, verb: str) -> None:
    done = call(verb, tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"{tmp_path}/app.py: No such file or directory; the folder of a service has app.py, model/ and service.json\n"
    )


def test_it_is_said_in_spanish_too(service_folder: Write) -> None:
    done = call("serve", service_folder(model="2.0.0"), env={"RELEVO_LANG": "es"})
    assert done.returncode == 2
    assert "supports_model es 1, pero el modelo es 2.0.0" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("RELEVO_PORT", "http", "`RELEVO_PORT` is `http`, but must be: 0 … 65535"),
        (
            "RELEVO_DRAIN_SECS",
            "5",
            "`RELEVO_DRAIN_SECS` is no setting of the service: did you mean `RELEVO_DRAIN_SECONDS`?",
        ),
    ],
)
def test_a_wrong_setting_is_exit_code_2(service_folder: Write, name: str, value: str, said: str) -> None:
    done = call("serve", service_folder(), env={name: value})
    assert done.returncode == 2
    assert said in done.stderr


def test_a_port_in_use_is_exit_code_3(service_folder: Write) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = call("serve", service_folder(), "--port", port)
    assert done.returncode == 3
    assert done.stderr == (
        f"port {port} of 127.0.0.1 is in use: stop who has it, or choose another with --port (0 takes a free one)\n"
    )


def test_an_address_of_another_machine_is_exit_code_2(service_folder: Write) -> None:
    done = call("serve", service_folder(), "--host", "192.0.2.1", "--port", "0")
    assert done.returncode == 2
    assert "cannot listen on 192.0.2.1:0: Cannot assign requested address" in done.stderr


@pytest.mark.parametrize("arguments", [(), ("serve",), ("serve", ".", "--port", "65536"), ("bake", ".")])
def test_a_call_that_makes_no_sense_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert "usage: python -m relevo_runtime" in done.stderr
