"""The share of the test rows that a model of a line answers right, in percent.

python accuracy.py LINE model@1.1.0 TEST.csv
"""

import csv
import sys
from pathlib import Path

from relevo import Line
from relevo.core.artifact import Ref
from relevo_runtime import model


def accuracy(line: Path, ref: str, test: Path) -> float:
    """Percent of the rows of `test` whose first group is `grupo`; the model takes from each row what it asks for."""
    asked = model.load(Line.open(line).show(Ref.parse(ref)).folder)
    with test.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "text": row["texto"]} for row in csv.DictReader(file)]
    answers = asked.score_many(rows)
    right = sum(answer[0][0] == row["grupo"] for answer, row in zip(answers, rows, strict=True))
    return 100 * right / len(rows)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    print(f"{accuracy(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])):.2f}")
