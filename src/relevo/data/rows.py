"""From the cells of a source to the typed rows of an artifact: table `rows`, and the file rows.parquet.

| column         | type    | holds                                                                    |
| -------------- | ------- | ------------------------------------------------------------------------ |
| `text`         | VARCHAR | the text as it was read; '' where there was none                         |
| `label`        | VARCHAR | the group, outer white space trimmed; NULL where there was none          |
| `id`           | VARCHAR | only where a column is declared as id; NULL where empty                  |
| `rank`         | INTEGER | 0 to 9999, by the text key: see `split`                                  |
| `var.<header>` | pinned  | one per variable, by header; NULL where empty, or not of that type       |

The file is in canonical order: by text, label, the variables and the id, byte by byte.
"""

from collections.abc import Sequence
from pathlib import Path

from relevo.core.settings import DataSettings
from relevo.data.digest import variable
from relevo.data.engine import Database, listed, literal
from relevo.data.split import key, rank, trimmed
from relevo.data.types import filled, parsed

FILE = "rows.parquet"


def cells(headers: Sequence[str], data: DataSettings) -> dict[str, str]:
    """Declared column → its column in the table of the source."""
    return {header: f"c{i}" for i, header in enumerate(headers) if header in data.columns}


def make(database: Database, source: str, headers: Sequence[str], data: DataSettings) -> None:
    """Fill the table `rows` from the table `source`: the columns above, and `line` and `key` for finding problems."""
    cell = cells(headers, data)
    columns = [f"coalesce({cell[data.column('text')]}, '') AS text"]
    columns.append(f"nullif({trimmed(cell[data.column('label')])}, '') AS label")
    if data.column("id"):
        columns.append(f"{filled(cell[data.column('id')])} AS id")
    columns += [f"{parsed(kind, cell[header])} AS {variable(header)}" for header, kind in data.variables.items()]
    database.execute(
        f"""
        CREATE TABLE rows AS
        SELECT *, {rank("key")} AS rank FROM (SELECT *, {key("text")} AS key FROM (
            SELECT line, {listed(columns)} FROM {source}))
        """  # noqa: S608 - names of ours
    )


def write(database: Database, data: DataSettings, folder: Path) -> None:
    """Write the table `rows` into `folder`."""
    variables = [variable(header) for header in data.variables]
    id_ = ["id"] if data.column("id") else []
    database.execute(
        f"""
        COPY (SELECT {listed(["text", "label", *id_, "rank", *variables])} FROM rows
              ORDER BY {listed(["text", "label", *variables, *id_])})
        TO {literal(str(folder / FILE))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)
        """  # noqa: S608 - names of ours
    )
