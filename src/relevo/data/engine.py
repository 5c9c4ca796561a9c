"""The set-oriented engine: DuckDB, in memory, spilling to a folder of ours when the rows do not fit."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from relevo.core.errors import OutsideError
from relevo.core.message import N_

if TYPE_CHECKING:  # importing DuckDB takes longer than a plan with nothing to do
    from duckdb import DuckDBPyConnection

Database: TypeAlias = "DuckDBPyConnection"


@contextmanager
def session(scratch: Path) -> Iterator[Database]:
    """An empty database that keeps what does not fit into memory below `scratch`, and fetches nothing from anywhere.

    Raises OutsideError, also for what is done with it, when the disk is full or unreadable or memory runs out.
    """
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    try:
        with duckdb.connect(":memory:", config=settings) as database:
            database.execute("SET enable_progress_bar = false")
            yield database
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise OutsideError(
            "engine-failed",
            N_("DuckDB could not go on: {reason}"),
            hint=N_("is the disk full or read-only? Make room there, then run again"),
            reason=str(error).splitlines()[0],
        ) from error


def name(text: str) -> str:
    """`text` as a quoted SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a SQL string."""
    return "'" + text.replace("'", "''") + "'"


def file(path: Path) -> str:
    """`path` as the SQL string of exactly that file: DuckDB takes `*`, `?` and `[` in a name for a pattern."""
    from glob import escape

    return literal(escape(str(path)))


def listed(expressions: Iterable[str]) -> str:
    """The select list of `expressions`."""
    return ", ".join(expressions)
