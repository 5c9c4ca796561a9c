from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from relevo_runtime.text import characters, fold, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pago rechazado", ["pago", "rechazado", "pago rechazado"]),
        ("¿Y el PIN?", ["y", "el", "pin", "y el", "el pin"]),
        ("el  PIN\nno", ["el", "pin", "no", "el pin", "pin no"]),
        ("año, ano", ["año", "ano", "año ano"]),
        ("100 €", ["100"]),
        ("👍🏽", []),
        ("", []),
    ],
)
def test_words_are_letters_and_digits_and_their_neighbours(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a", [" a", "a ", " a "]),
        ("Ño", [" ñ", "ño", "o ", " ño", "ño ", " ño "]),
        ("👍", [" 👍", "👍 ", " 👍 "]),
        ("a b", [" a", "a ", " a ", " b", "b ", " b "]),
        (" \t ", []),
    ],
)
def test_pieces_of_characters_stay_within_a_word_and_its_edges(text: str, found: list[str]) -> None:
    assert characters(text) == found


@given(st.text())
def test_pieces_are_those_of_scikit_learn(text: str) -> None:
    theirs = CountVectorizer(analyzer="char_wb", ngram_range=(2, 5), preprocessor=fold).build_analyzer()
    assert sorted(characters(text)) == sorted(theirs(text))


@pytest.mark.parametrize("analyze", [words, characters])
@given(text=st.text())
def test_it_makes_no_difference_how_an_accent_is_typed(analyze, text: str) -> None:
    assert analyze(normalize("NFD", text)) == analyze(normalize("NFC", text)) == analyze(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
