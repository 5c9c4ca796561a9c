"""The features of a text: one code for training and for serving, so that both see the same text the same way.

A text is brought to NFC and lower case. Accents stay: «año» and «ano» are two words, and the pieces of characters make
texts typed without accents come out right all the same (docs/why/0022). Emoji are characters like any other.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from operator import add
from unicodedata import normalize

_WORD = re.compile(r"\w+")
#: The longest piece of characters; the shortest has two.
LONGEST = 5


def fold(text: str) -> str:
    """`text` in lower case and NFC: how it is typed makes no difference, composed or not, upper case or lower."""
    # Before lower-casing too: some decomposed capitals have no lower case of their own.
    return normalize("NFC", normalize("NFC", text).lower())


def words(text: str) -> list[str]:
    """Every word of `text` (letters, digits, underscores), then every two neighbours joined by a space."""
    found = _WORD.findall(fold(text))
    return found + [f"{left} {right}" for left, right in pairwise(found)]


def characters(text: str) -> list[str]:
    """Every piece of 2 to 5 characters that lies within one word, punctuation included, and its edges.

    An edge is a space before and after each run of characters without white space; the pieces of scikit-learn's
    `char_wb`, in another order.
    """
    pieces: list[str] = []
    for run in fold(text).split():
        word = f" {run} "
        longer: Iterable[str] = word
        for size in range(1, LONGEST):
            longer = list(map(add, longer, word[size:]))  # each piece, and the character after it
            pieces += longer
    return pieces
