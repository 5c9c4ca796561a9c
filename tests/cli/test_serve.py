"""`relevo serve`: becoming the service is left to the end-to-end tests; what comes before it is here."""

import socket
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
