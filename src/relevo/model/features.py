"""The features that scikit-learn is trained on: the runtime's own analyzers, put into its vectorizers."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from relevo.model.rows import Record
from relevo_runtime.inputs import Input, Value
from relevo_runtime.text import characters, words
from relevo_runtime.variables import Scale, features

Values = Mapping[str, Value]


def contract(variables: Mapping[str, str], records: Sequence[Record]) -> tuple[Input, ...]:
    """What the model will ask for: the text, and each of `variables` (header → type) by name.

    A variable may be null where it was null in one of `records` at least.
    """
    nullable = {name for record in records for name, value in record.items() if value is None}
    return (
        Input("text", "text"),
        *(Input(name, kind, name in nullable) for name, kind in sorted(variables.items())),  # type: ignore[arg-type]
    )


def scales(inputs: Iterable[Input], values: Sequence[Values]) -> dict[str, Scale]:
    """Mean and deviation of every input that is a number, over its values that are not null."""
    return {
        given.name: _scale([float(its[given.name]) for its in values if its[given.name] is not None])  # type: ignore[arg-type]
        for given in inputs
        if given.type == "number"
    }


def _scale(numbers: Sequence[float]) -> Scale:
    # fsum is exact: the order of the rows and the machine's vector units leave no trace.
    if not numbers:
        return Scale()
    mean = math.fsum(numbers) / len(numbers)
    largest = max(abs(number - mean) for number in numbers) or 1.0
    spread = math.fsum(((number - mean) / largest) ** 2 for number in numbers) / len(numbers)
    return Scale(mean, largest * math.sqrt(spread) or 1.0)


def union(inputs: Iterable[Input], scales: Mapping[str, Scale]) -> FeatureUnion:
    """The features of checked values, unfitted: words, characters, then each variable by its name."""
    parts = [
        ("words", TfidfVectorizer(analyzer=_of_text(words))),
        ("characters", TfidfVectorizer(analyzer=_of_text(characters))),
    ]
    for given in inputs:
        if given.type != "text":
            amounts = FunctionTransformer(_of_variable(given, scales.get(given.name, Scale())))
            parts.append((f"variable {given.name}", make_pipeline(amounts, DictVectorizer())))
    return FeatureUnion(parts)


def fit(union: FeatureUnion, values: Sequence[Values]) -> None:
    """Learn vocabularies and frequencies from `values`.

    The frequencies are rounded to float32, which is what the exported file holds: both sides then compute with the same
    numbers, and a logarithm that differs in its last bit on another processor makes no other model.
    """
    union.fit(values)
    for name in ("words", "characters"):
        vectorizer = union[name]
        vectorizer.idf_ = vectorizer.idf_.astype(np.float32).astype(np.float64)


def _of_text(analyze: Callable[[str], list[str]]) -> Callable[[Values], list[str]]:
    return lambda values: analyze(str(values["text"]))


def _of_variable(given: Input, scale: Scale) -> Callable[[Sequence[Values]], list[dict[str, float]]]:
    return lambda values: [features(given.type, its[given.name], scale) for its in values]
