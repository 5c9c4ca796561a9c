"""The output digest of the data: of what the rows say, blind to their order, the columns' order, the file and the ids.

    field(value) = its UTF-8 length in bytes, `:`, the value, `,` - or `~` where there is no value
    row          = SHA-256 of field(text) field(label) field(variable)…, variables by header in code point order
    bucket       = SHA-256 of the row digests (hexadecimal) that share their first three digits, sorted, concatenated
    rows         = SHA-256 of the bucket digests that exist, in order, concatenated
    output       = SHA-256 of the canonical JSON of {"rows": rows, "variables": {header: type}}

Values are spelled as in `types`. Nothing here depends on one engine's own hash, and no step needs all rows in one
place, so any engine can compute the same.
"""

from collections.abc import Iterable, Mapping

from relevo.core.artifact import digest
from relevo.data.engine import Database, name
from relevo.data.types import spelled


def fields(values: Iterable[str]) -> str:
    """The SQL text expression of the fields of a row: `values` are SQL expressions, in order."""
    texts = [spelled(value) for value in values]
    return " || ".join(f"coalesce(strlen({text}) || ':' || {text} || ',', '~')" for text in texts) or "''"


def variable(header: str, side: str = "") -> str:
    """The SQL name of the column that holds a variable; where pairs have two, the one of `side`."""
    return name(f"{side}var.{header}")


def output_digest(database: Database, table: str, variables: Mapping[str, str]) -> str:
    """The digest of `table` (columns text, label and the variables, header → type)."""
    row = fields(["text", "label", *(variable(header) for header in sorted(variables))])
    (rows,) = database.execute(
        f"""
        WITH digests AS (SELECT sha256({row}) AS digest FROM {table}),
        buckets AS (
            SELECT left(digest, 3) AS bucket, sha256(array_to_string(list_sort(list(digest)), '')) AS digest
            FROM digests GROUP BY bucket
        )
        SELECT sha256(coalesce(string_agg(digest, '' ORDER BY bucket), '')) FROM buckets
        """  # noqa: S608 - names of ours
    ).fetchall()[0]
    return digest({"rows": rows, "variables": dict(variables)})
