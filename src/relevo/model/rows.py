"""The rows of a data artifact, in one order whatever the order of their file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

import duckdb

from relevo.core.errors import OutsideError
from relevo.core.message import N_

ROWS = "rows.parquet"
#: `rank` is a hash of the text key, from 0 to RANKS - 1, equal for ever for equal texts.
RANKS = 10_000

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Rows:
    """Parallel sequences, one item a row. A record has `text` and every variable by its header, null as None."""

    records: Sequence[Record]
    labels: Sequence[str]
    ranks: Sequence[int]

    def __len__(self) -> int:
        return len(self.labels)

    def training(self, holdout: float) -> "Rows":
        """The rows to train on: all but the share `holdout` (0 to 1) that every later version holds out too."""
        return self._where(lambda rank: rank >= holdout * RANKS)

    def heldout(self, holdout: float) -> "Rows":
        """The rows that no model with this share or a larger one was ever trained on."""
        return self._where(lambda rank: rank < holdout * RANKS)

    def _where(self, wanted: Callable[[int], bool]) -> "Rows":
        places = [place for place, rank in enumerate(self.ranks) if wanted(rank)]
        return Rows(
            [self.records[place] for place in places],
            [self.labels[place] for place in places],
            [self.ranks[place] for place in places],
        )


def read(folder: Path, variables: Sequence[str]) -> Rows:
    """The rows of the data artifact in `folder`, with its `variables` (headers). Raises OutsideError."""
    headers = ["text", *variables]
    columns = ["text", *(f"var.{header}" for header in variables), "label", "rank"]
    listed = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    try:
        with duckdb.connect() as connection:
            # DuckDB takes `*`, `?` and `[` in a path for a pattern.
            # The order is what makes the model's bits independent of the order of the file.
            query = f"SELECT {listed} FROM read_parquet(?) ORDER BY ALL"  # noqa: S608 - the names are quoted
            table: list[tuple[Any, ...]] = connection.execute(query, [escape(str(folder / ROWS))]).fetchall()
    except duckdb.Error as error:
        raise OutsideError(
            "rows-unreadable",
            N_("the rows of the data in `{folder}` cannot be read: {reason}"),
            hint=N_("`relevo verify` tells whether the store was touched"),
            folder=str(folder),
            reason=str(error),
        ) from error
    return Rows(
        [dict(zip(headers, row, strict=False)) for row in table],
        [row[-2] for row in table],
        [row[-1] for row in table],
    )
