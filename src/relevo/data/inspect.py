"""What each column of a source probably is: asked once, by `init` and for a column that nobody declared yet.

The guess is written into relevo.toml, where it is pinned and can be changed; nothing is guessed in a run.

| kind     | when                                                                                             |
| -------- | ------------------------------------------------------------------------------------------------ |
| id       | the header is or holds the word `id` or `uuid` (`id`, `caso_id`), and every row has its own value  |
| boolean  | every value is one of true, false, yes, no, sí, si, verdadero, falso (0 and 1 are numbers)       |
| number   | every value is a number, none with a leading zero as in postal codes                             |
| date     | every value is a date, YYYY-MM-DD                                                                |
| ignore   | nothing else fits, there are 20 values or more, and over half of them differ: notes, names       |
| category | everything else, and a column without values                                                     |
"""

import re
import tempfile
from pathlib import Path

from relevo.core.settings import Kind
from relevo.data.columns import require
from relevo.data.engine import Database, session
from relevo.data.sources.csv import CsvSource
from relevo.data.split import trimmed
from relevo.data.types import filled, parsed

_ID = re.compile(r"(^|[\W_])(id|uuid)($|[\W_])", re.IGNORECASE)


def inspect(path: Path, text: str, label: str) -> dict[str, Kind]:
    """The kind of every column of a CSV file, in its order. Raises what `CsvSource.read` does, and UsageError when
    there is no column `text` or `label`."""
    with tempfile.TemporaryDirectory(prefix="relevo-init-") as scratch, session(Path(scratch)) as database:
        headers = list(CsvSource(path).read(database, "source"))
        require(headers, [text, label], str(path))
        kinds: dict[str, Kind] = {text: "text", label: "label"}
        for i, header in enumerate(headers):
            if header not in kinds:
                kind = guess(database, "source", f"c{i}", header)
                kinds[header] = "ignore" if kind == "id" and "id" in kinds.values() else kind
    return {header: kinds[header] for header in headers}


def guess(database: Database, table: str, column: str, header: str) -> Kind:
    """The probable kind of `column` of `table`, which is called `header` in the source."""
    bare = trimmed(column)
    rows, values, different, flags, padded, numbers, dates, booleans = database.execute(
        f"""
        SELECT count(*), count({filled(column)}), count(DISTINCT {filled(column)}),
            count(*) FILTER ({bare} IN ('0', '1')), count(*) FILTER (regexp_matches({bare}, '^[+-]?0[0-9]')),
            count({parsed("number", column)}), count({parsed("date", column)}), count({parsed("boolean", column)})
        FROM {table}
        """  # noqa: S608 - names of ours
    ).fetchall()[0]
    if _ID.search(header) and different == rows:
        return "id"
    if not values:
        return "category"
    if booleans == values and not flags:
        return "boolean"
    if numbers == values and not padded:
        return "number"
    if dates == values:
        return "date"
    return "ignore" if values >= 20 and different > values / 2 else "category"
