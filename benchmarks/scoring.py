"""How fast one text is scored: relevo's runtime against the scikit-learn pipeline that it was exported from.

    python benchmarks/scoring.py                      # the example's Spanish reminders, 12 groups
    python benchmarks/scoring.py banking77.csv        # any CSV with the columns texto and grupo

Both answer the same texts in turns of 20, so that a busy machine slows both alike: the ratio is what counts. CPU time,
median of the turns. Prints JSON; exit code 1 when the runtime is less than 10 times as fast.
"""

import csv
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import duckdb

from relevo.core.artifact import Artifact
from relevo.core.settings import ModelSettings
from relevo.core.version import FIRST
from relevo.model.export import export
from relevo.model.rows import Record
from relevo.model.train import rows_of, train
from relevo_runtime.model import load

EXAMPLE = Path(__file__).parents[1] / "examples" / "recordatorios" / "data" / "recordatorios.csv"
WANTED = 10
TEXTS, TURN = 1000, 20


def data_of(path: Path, folder: Path) -> Artifact:
    """A data artifact of the rows of a CSV, a fifth of them held out."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["texto"], row["grupo"]) for row in csv.DictReader(file)]
    ranks = [int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 10_000 for text, _ in rows]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE rows AS SELECT unnest(?::VARCHAR[]) AS text, unnest(?::VARCHAR[]) AS label, "
            "unnest(?::INTEGER[]) AS rank",
            [[text for text, _ in rows], [label for _, label in rows], ranks],
        )
        connection.execute(f"COPY rows TO '{folder / 'rows.parquet'}'")
    return Artifact("l", "data", FIRST, "", "", {}, {}, {}, {"variables": {}}, (), (), "", "", folder=folder)


def milliseconds(ask: Callable[[Record], object], records: Sequence[Record]) -> float:
    """CPU time of one record."""
    start = process_time()
    for record in records:
        ask(record)
    return (process_time() - start) / len(records) * 1e3


def main(path: Path) -> int:
    with TemporaryDirectory() as data_folder, TemporaryDirectory() as model_folder:
        data = data_of(path, Path(data_folder))
        original = train(data, ModelSettings(), lambda _: None)
        export(original, Path(model_folder))
        model = load(Path(model_folder))
        records = rows_of(data).heldout(0.2).records[:TEXTS]
        turns = [
            (milliseconds(model.score, some), milliseconds(lambda record: original.probabilities([record]), some))
            for some in (records[start : start + TURN] for start in range(0, len(records), TURN))
        ]
    runtime, pipeline = (median(times) for times in zip(*turns, strict=True))
    ratio = median(theirs / ours for ours, theirs in turns)
    report = {
        "groups": len(original.groups),
        "features": original.classifier.linear()[0].shape[0],
        "runtime_ms": round(runtime, 3),
        "scikit_learn_ms": round(pipeline, 3),
        "ratio": round(ratio, 1),
        "wanted": WANTED,
    }
    print(json.dumps(report, indent=1))
    return int(ratio < WANTED)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else EXAMPLE))
