"""Scores a record with a linear model over TF-IDF features: what scikit-learn's pipeline computes, for one record.

TF-IDF as scikit-learn has it by default: term frequency × idf, words and characters each brought to length 1.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

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
        blocks = [self._tfidf(self._words, words(text)), self._tfidf(self._characters, characters(text))]
        if self._variables:
            blocks.append(self._variable_amounts(values))
        columns = np.concatenate([columns for columns, _ in blocks])
        amounts = np.concatenate([amounts for _, amounts in blocks])
        scores = amounts @ self._weights[columns] + self._bias
        scores -= scores.max()
        np.exp(scores, out=scores)
        scores /= scores.sum()
        its: list[float] = scores.tolist()
        return its

    def _tfidf(self, vocabulary: Columns, found: Iterable[str]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        counts = Counter(map(vocabulary.get, found))
        counts.pop(None, None)  # all that was never seen in training
        columns = np.fromiter(counts, np.intp, len(counts))
        amounts = np.fromiter(counts.values(), np.float64, len(counts)) * self._idf[columns]
        length = np.sqrt(amounts @ amounts)
        return columns, amounts / length if length else amounts

    def _variable_amounts(self, values: Mapping[str, Value]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        known = {
            its.columns[name]: amount
            for its in self._variables
            for name, amount in features(its.type, values[its.name], its.scale).items()
            if name in its.columns
        }
        return np.fromiter(known, np.intp, len(known)), np.fromiter(known.values(), np.float64, len(known))
