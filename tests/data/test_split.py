import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.data.engine import Database
from relevo.data.split import key, rank, trimmed


def asked(database: Database, expression: str, text: str) -> object:
    return database.execute(f"SELECT {expression} FROM (SELECT ?::VARCHAR AS t)", [text]).fetchall()[0][0]


def plain_key(text: str) -> str:
    """The definition, in Python."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no funciona", "no funciona"),
        ("  no\tfunciona \n", "no funciona"),
        ("no  \u00a0 funciona", "no funciona"),
        ("canción", "canción"),
        ("cancio\u0301n", "canción"),
        ("No Funciona", "No Funciona"),
        (" \u3000", ""),
    ],
)
def test_the_key_forgets_white_space_and_composition_but_not_case(database, text, expected):
    assert asked(database, key("t"), text) == expected


spaced = st.text(
    st.sampled_from("aé\u0301e \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u205f\u3000ñ")
)


@given(st.one_of(spaced, st.text(st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0"))))
def test_the_key_is_what_its_definition_says(database, text):
    assert asked(database, key("t"), text) == plain_key(text)
    assert asked(database, trimmed("t"), text) == text.strip()


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
def test_the_rank_is_what_its_definition_says(database, text):
    expected = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 10_000
    assert asked(database, rank("t"), text) == expected


@pytest.mark.parametrize(("text", "expected"), [("", 2610), ("no funciona mi tarjeta", 6599), ("¿dónde está?", 4714)])
def test_the_rank_of_a_text_never_changes(database, text, expected):
    assert asked(database, rank("t"), text) == expected
