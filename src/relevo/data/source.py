"""The port that rows come in by. A source is one class in one file and one entry point of the group `relevo.sources`.

The columns of the table that it fills are numbered, not named, because headers are the user's: two may differ in case
only, which SQL cannot tell apart.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from relevo.data.engine import Database


class Source(Protocol):
    """Where rows come from. Built as `cls(path)`; every contract test in `tests/data/test_source.py` holds for it.

    class JsonlSource:
        def __init__(self, path):
            self.path = path

        def digest(self):
            return sha256(self.path)

        def read(self, database, table):
            database.execute(
                f"CREATE TABLE {table} AS SELECT row_number() OVER () AS line, texto AS c0, grupo AS c1 "
                f"FROM read_json({file(self.path)}, columns = {{texto: 'VARCHAR', grupo: 'VARCHAR'}})"
            )
            return ["texto", "grupo"]
    """

    def __init__(self, path: Path) -> None: ...

    def digest(self) -> str:
        """The SHA-256 of what would be read. Cheap: reads in a stream, imports no engine.

        Raises UsageError when there is nothing to read, OutsideError when it cannot be read.
        """

    def read(self, database: Database, table: str) -> Sequence[str]:
        """Fill a new `table` and return the headers, their white space trimmed and collapsed.

        Columns: `line` BIGINT, where the row begins in the source (line of a file, number of a row; from 1), then
        `c0`, `c1`, … VARCHAR, one a header, with the cells as they stand; line ends within a cell are `\\n`, and an
        empty cell is NULL.

        Raises UsageError, with the line, for what is no table of text: no rows, not UTF-8, NUL bytes, a row with
        another number of cells, a cell above the limit, a header twice.
        """
