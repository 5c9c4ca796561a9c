"""Rows from a CSV file: UTF-8 with or without byte order mark, any line ends; `,` `;` tab or `|`, quoted by `"`.

DuckDB reads the cells. It names no line for a good row, and it takes a file that ends within quotes for a shorter one;
so `csv_records` goes over the bytes first, refuses what is no table, and knows the line where every record begins.
"""

from collections.abc import Sequence
from pathlib import Path

from relevo.core.errors import OutsideError, UsageError
from relevo.core.message import N_
from relevo.core.suggest import closest
from relevo.data.engine import Database, file, listed, literal
from relevo.tools.files import sha256, unreadable, unwritable


class CsvSource:
    """A `relevo.data.source.Source`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def digest(self) -> str:
        self._require()
        try:
            return sha256(self.path)
        except OSError as error:
            raise unreadable(self.path, error) from error

    def read(self, database: Database, table: str) -> Sequence[str]:
        from relevo.data.sources.csv_records import scan

        self._require()
        try:
            records = scan(self.path)
        except OSError as error:
            raise unreadable(self.path, error) from error
        path = self._with_unix_line_ends(database) if records.carriage_returns else self.path
        width = range(len(records.headers))
        columns = listed(f"'c{i}': 'VARCHAR'" for i in width)
        database.register("csv_lines", {"line": records.lines})
        # The header is the first record that DuckDB sees, too: it is given line 0 and left out.
        database.execute(
            f"""
            CREATE TABLE {table} AS SELECT * FROM csv_lines POSITIONAL JOIN read_csv(
                {file(path)}, header = false, auto_detect = false, columns = {{{columns}}},
                delim = {literal(records.delimiter)}, quote = '"', escape = '"', new_line = '\\n',
                max_line_size = {max(2_000_000, records.longest + 2)})
            """  # noqa: S608 - names of ours
        )
        database.unregister("csv_lines")
        database.execute(f"DELETE FROM {table} WHERE line = 0")  # noqa: S608
        (rows, placed) = database.execute(f"SELECT count(*), count(line) FROM {table}").fetchall()[0]  # noqa: S608
        if not rows == placed == len(records.lines) - 1:
            raise OutsideError(
                "csv-read-differently",
                N_("`{path}` has {records} records, but DuckDB read {rows}: nothing was made of it"),
                hint=N_("please report this with the file, or a piece of it that shows the same"),
                path=str(self.path),
                records=len(records.lines) - 1,
                rows=rows,
            )
        return records.headers

    def _with_unix_line_ends(self, database: Database) -> Path:
        """A copy in the engine's own folder: a file that mixes line ends is one that DuckDB does not read."""
        (folder,) = database.execute("SELECT current_setting('temp_directory')").fetchall()[0]
        copy = Path(folder) / "unix.csv"
        try:
            with (
                self.path.open("r", encoding="utf-8-sig", newline=None) as old,
                copy.open("w", encoding="utf-8") as new,
            ):
                while block := old.read(1 << 22):
                    new.write(block)
        except OSError as error:
            raise unwritable(copy, error) from error
        return copy

    def _require(self) -> None:
        if self.path.is_file():
            return
        near = [path.name for path in self.path.parent.glob("*")] if self.path.parent.is_dir() else []
        close = closest(self.path.name, near)
        raise UsageError(
            "file-missing",
            N_("`{path}` is not there, or is no file"),
            hint=N_("did you mean `{close}`?")
            if close
            else N_("[data] path in relevo.toml names the file of the rows"),
            path=str(self.path),
            close=close,
        )
