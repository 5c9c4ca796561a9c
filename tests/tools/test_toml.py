"""What is written is what TOML reads."""

import tomllib

import pytest

from relevo.tools import toml


@pytest.mark.parametrize("header", ["texto", "hora mencionada", 'el "importe"', "año", "", "a.b", "línea\\1", "\x7f"])
def test_a_pasted_key_is_the_header(header):
    assert tomllib.loads(f"{toml.key(header)} = 1") == {header: 1}
