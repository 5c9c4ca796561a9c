"""What others say in English."""

import tomllib

import pytest

from relevo.cli.foreign import messages


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "Expected '=' after a key in a key/value pair, end of document"),
        ("[a", "Expected ']' at the end of a table declaration, end of document"),
        ("[[a", "Expected ']]' at the end of an array declaration, end of document"),
        ("a =", "Invalid value, end of document"),
        ("a = \nb = 2", "Invalid value, line 1, column 5"),
        ('a = "x', "Unterminated string, end of document"),
        ("a = 'x", 'Expected "\'", end of document'),
        ("a = [1", "Unclosed array, end of document"),
        ("a = {b = 1", "Unclosed inline table, end of document"),
        ("a = {b = 1, b = 2}", "Cannot declare 'b' twice, line 1, column 18"),
        ("[a]\n[a]", "Cannot declare a twice, line 2, column 3"),
        ("a = 1\na = 2", "Cannot overwrite a value, end of document"),
        ("a = 1 b", "Expected newline or end of document after a statement, line 1, column 7"),
        ("= 1", "Invalid statement, line 1, column 1"),
        ('a = "\\q"', "Unescaped '\\' in a string, line 1, column 8"),
        ('a = "\x01"', "Illegal character '\\x01', line 1, column 6"),
    ],
)
def test_what_tomllib_says_is_known(text: str, said: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as raised:
        tomllib.loads(text)
    found = ", ".join(map(str, messages(str(raised.value))))
    assert found.replace("Found invalid", "Illegal") == said


@pytest.mark.parametrize("text", ["", "something else", "something else (at line 3, column 7)"])
def test_what_is_not_known_is_left_alone(text: str) -> None:
    assert messages(text) == ()
