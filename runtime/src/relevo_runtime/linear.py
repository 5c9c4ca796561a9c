"""Scores a record with a linear model over TF-IDF features: what scikit-learn's pipeline computes, for one record.

TF-IDF as scikit-learn has it by default: term frequency × idf, words and characters each brought to length 1.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from relevo_runtime.files import Description, Vocabulary, Weights
from relevo_runtime.inputs import Type, Value
from relevo_runtime.text import characters, words
from relevo_runtime.variables import Scale, features

Columns = Mapping[str, int]


class _Variable(NamedTuple):
    name: str
    type: Type
    columns: Columns
    scale: Scale


class Linear:
    """Computes with weights that stay in their file; safe to be used by several threads at once."""

    def __init__(self, description: Description, vocabulary: Vocabulary, weights: Weights) -> None:
        lists = (vocabulary.words, vocabulary.characters, *vocabulary.variables.values())
        starts = accumulate(map(len, lists), initial=0)
        columns = [
            dict(zip(names, range(start, start + len(names)), strict=True))
            for names, start in zip(lists, starts, strict=False)
        ]
        variables = [given for given in description.inputs if given.type != "text"]
        self._words, self._characters = columns[:2]
        self._variables = tuple(
            _Variable(given.name, given.type, its, description.scales.get(given.name, Scale()))
            for given, its in zip(variables, columns[2:], strict=True)
        )
        self._idf = weights.idf.astype(np.float64)
        self._weights = weights.weights
        self._bias = np.array(description.bias)

    def probabilities(self, values: Mapping[str, Value]) -> list[float]:
        """One probability for each group, in their order; `values` as `inputs.check` gives them."""
        text: Any = values["text"]
        found = _counts(self._words, words(text))
        by_word = len(found)
        # No column is of two blocks, so that one dict can hold them all, one block after the other.
        found |= _counts(self._characters, characters(text))
        by_text = len(found)
        for its in self._variables:
            for name, amount in features(its.type, values[its.name], its.scale).items():
                if name in its.columns:
                    found[its.columns[name]] = amount
        columns = np.fromiter(found, np.intp, len(found))
        amounts = np.fromiter(found.values(), np.float64, len(found))
        amounts[:by_text] *= self._idf.take(columns[:by_text])
        _to_length_one(amounts[:by_word])
        _to_length_one(amounts[by_word:by_text])
        scores = amounts @ self._weights.take(columns, axis=0)
        scores += self._bias
        scores -= scores.max()
        np.exp(scores, out=scores)
        scores /= scores.sum()
        return cast(list[float], scores.tolist())


def _counts(vocabulary: Columns, found: Iterable[str]) -> dict[int, float]:
    """How often each column of `vocabulary` was found."""
    counts: dict[int | None, int] = dict(Counter(map(vocabulary.get, found)))
    counts.pop(None, None)  # all that was never seen in training
    return cast(dict[int, float], counts)


def _to_length_one(amounts: NDArray[np.float64]) -> None:
    length = math.sqrt(amounts @ amounts)
    if length:
        amounts /= length
