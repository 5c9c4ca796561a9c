"""Writes a trained model as the files that the runtime reads: data only, no pickle, same model, same bytes."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from relevo.model.train import Original
from relevo_runtime.files import DESCRIPTION, FORMAT, IDF, VOCABULARY, WEIGHTS, Description, Vocabulary


def export(original: Original, folder: Path) -> None:
    """Write the files of `relevo_runtime.files` into `folder`. Raises OSError."""
    weights, bias = original.classifier.linear()
    description = Description(
        format=FORMAT,
        groups=original.groups,
        inputs=original.inputs,
        scales=dict(original.scales),
        bias=tuple(bias.tolist()),
    )
    text = [original.features[name] for name in ("words", "characters")]
    words, characters = (tuple(vectorizer.get_feature_names_out().tolist()) for vectorizer in text)
    vocabulary = Vocabulary(
        words=words,
        characters=characters,
        variables={
            given.name: tuple(original.features[f"variable {given.name}"][-1].feature_names_)
            for given in original.inputs
            if given.type != "text"
        },
    )
    _write_json(folder / DESCRIPTION, description)
    _write_json(folder / VOCABULARY, vocabulary)
    np.save(folder / IDF, np.concatenate([vectorizer.idf_ for vectorizer in text]).astype("<f4"))
    np.save(folder / WEIGHTS, np.ascontiguousarray(weights, dtype="<f4"))


def _write_json(path: Path, value: Any) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")
