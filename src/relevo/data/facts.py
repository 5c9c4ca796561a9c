"""The facts of the data: what the version rules and the gates look at, as JSON.

rows       how many
groups     group → rows
variables  header → type
problems   what keeps the rows from being published, by kind; {} when nothing does. Each has `rows`, how many, and
           `first`, up to ten of them, with the `line` of the source that they come from:
           unparsable     line, column, value, type; and `columns`, column → rows
           empty-text     line
           missing-label  line, text
           one-label      text, labels (two), lines (two): one text key under two labels; `rows` counts the keys
"""

from collections.abc import Sequence
from typing import Any

from relevo.core.settings import DataSettings
from relevo.data.engine import Database
from relevo.data.rows import cells
from relevo.data.types import filled, parsed

SHOWN = 10
#: Characters of a cell or text that a message shows.
_EXCERPT = 80


def facts(database: Database, source: str, headers: Sequence[str], data: DataSettings) -> dict[str, Any]:
    """The facts of the table `rows`, which was made from the table `source`."""
    ((rows,),) = database.execute("SELECT count(*) FROM rows").fetchall()
    groups = database.execute(
        "SELECT label, count(*) FROM rows WHERE label IS NOT NULL GROUP BY label ORDER BY label"
    ).fetchall()
    problems = {
        "unparsable": _unparsable(database, source, headers, data),
        "empty-text": _lines(database, "key = ''"),
        "missing-label": _lines(database, "label IS NULL"),
        "one-label": _two_labels(database),
    }
    return {
        "rows": rows,
        "groups": dict(groups),
        "variables": dict(data.variables),
        "problems": {code: problem for code, problem in problems.items() if problem["rows"]},
    }


def _lines(database: Database, condition: str) -> dict[str, Any]:
    found = database.execute(
        f"SELECT line, left(text, {_EXCERPT}), count(*) OVER () FROM rows WHERE {condition} ORDER BY line LIMIT {SHOWN}"  # noqa: S608
    ).fetchall()
    return {"rows": found[0][2] if found else 0, "first": [{"line": line, "text": text} for line, text, _ in found]}


def _unparsable(database: Database, source: str, headers: Sequence[str], data: DataSettings) -> dict[str, Any]:
    cell = cells(headers, data)
    columns: dict[str, int] = {}
    first: list[dict[str, Any]] = []
    for header, kind in data.variables.items():
        if kind == "category":
            continue
        column = cell[header]
        found = database.execute(
            f"""
            SELECT line, left({column}, {_EXCERPT}), count(*) OVER () FROM {source}
            WHERE {filled(column)} IS NOT NULL AND {parsed(kind, column)} IS NULL ORDER BY line LIMIT {SHOWN}
            """  # noqa: S608 - names of ours
        ).fetchall()
        if found:
            columns[header] = found[0][2]
        first += [{"line": line, "column": header, "type": kind, "value": value} for line, value, _ in found]
    first.sort(key=lambda problem: (problem["line"], problem["column"]))
    return {"rows": sum(columns.values()), "columns": columns, "first": first[:SHOWN]}


def _two_labels(database: Database) -> dict[str, Any]:
    """One line for the first label of a text key, one for another."""
    found = database.execute(
        f"""
        WITH torn AS (SELECT key FROM rows WHERE key <> '' GROUP BY key HAVING min(label) <> max(label)),
        labels AS (
            SELECT key, label, min(line) AS line, min_by(text, line) AS text FROM rows
            WHERE label IS NOT NULL AND key IN (FROM torn) GROUP BY key, label),
        keys AS (
            SELECT min_by(text, line) AS text, list(line ORDER BY line)[:2] AS lines,
                list(label ORDER BY line)[:2] AS labels
            FROM labels GROUP BY key)
        SELECT left(text, {_EXCERPT}), labels, lines, count(*) OVER () FROM keys ORDER BY lines LIMIT {SHOWN}
        """  # noqa: S608 - names of ours
    ).fetchall()
    return {
        "rows": found[0][3] if found else 0,
        "first": [{"text": text, "labels": labels, "lines": lines} for text, labels, lines, _ in found],
    }
