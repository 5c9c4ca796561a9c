"""Tells the story of the example: the training data as it was at each of its four versions, and the test data.

    python split.py FOLDER        writes FOLDER/1.0.0.csv, 1.0.1.csv, 1.1.0.csv, 2.0.0.csv and test.csv

| version | what the team knew then |
| --- | --- |
| 1.0.0 | the first 3,617 rows (the set's own train.csv); 40 of them filed under the wrong assistant |
| 1.0.1 | the same rows, those 40 corrected |
| 1.1.0 | all 5,600 rows (the set's val.csv came in) |
| 2.0.0 | the same rows with a new variable, `hora_mencionada` |

Standard library only, no clock and no chance: the same files on every machine. Which 40 rows are wrong follows from a
hash of their text.
"""

import csv
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
FIRST_ROWS = 3617
MISFILED_ROWS = 40

#: How a hurried labeller confuses the two assistants of the set: the verb is right, the assistant is not.
CONFUSED = {
    "alarm/set_alarm": "reminder/set_reminder",
    "alarm/cancel_alarm": "reminder/cancel_reminder",
    "alarm/show_alarms": "reminder/show_reminders",
}
CONFUSED |= {wrong: right for right, wrong in CONFUSED.items()}

HOUR = r"(?:[01]?\d|2[0-4])"
WORD = r"(?:una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)"
COUNT = r"(?:\d+|un|quince|veinte|treinta|media|otr[ao]s?)"

#: What kind of time the text names: the first pattern that is found decides. Only the text is looked at.
KINDS = {
    "reloj": rf"\b{HOUR}(?:[:.]\d\d)?\s*[ap]\.?\s?m\b|\b{HOUR}:\d\d\b|\blas? (?:{HOUR}|{WORD})\b|\bmedio ?d[ií]a\b",
    "duracion": rf"\b(?:{COUNT}|{WORD})\s*(?:segundos?|minutos?|min|horas?)\b",
    "momento": r"\b(?:la|las|esta|cada|de) (?:mañanas?|tardes?|noches?|madrugadas?)\b",
}
PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in KINDS.items()}

Row = tuple[str, str]


def read(path: Path) -> list[Row]:
    """The rows (texto, grupo) of a CSV file, without its header."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["texto"], row["grupo"]) for row in csv.DictReader(file)]


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def misfiled(rows: list[Row]) -> set[str]:
    """The texts to file wrongly: each occurs once, so that no text ends up under two labels."""
    times = Counter(text for text, _ in rows)
    candidates = [text for text, label in rows if label in CONFUSED and times[text] == 1]
    return set(
        sorted(candidates, key=lambda text: hashlib.sha256(f"misfiled:{text}".encode()).digest())[:MISFILED_ROWS]
    )


def time_mentioned(text: str) -> str:
    """`reloj` (a time of the clock), `duracion` (so many minutes), `momento` (a part of the day) or `ninguna`."""
    return next((kind for kind, pattern in PATTERNS.items() if pattern.search(text)), "ninguna")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = read(HERE / "data" / "recordatorios.csv")
    test = read(HERE / "data" / "test.csv")
    first = rows[:FIRST_ROWS]
    wrong = misfiled(first)

    two = ("texto", "grupo")
    three = ("texto", "hora_mencionada", "grupo")
    write(folder / "1.0.0.csv", two, [(text, CONFUSED[label] if text in wrong else label) for text, label in first])
    write(folder / "1.0.1.csv", two, first)
    write(folder / "1.1.0.csv", two, rows)
    write(folder / "2.0.0.csv", three, [(text, time_mentioned(text), label) for text, label in rows])
    write(folder / "test.csv", three, [(text, time_mentioned(text), label) for text, label in test])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
