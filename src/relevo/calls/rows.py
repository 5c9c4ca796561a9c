"""Rows of the data as requests of the service: real texts with their real lengths."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from glob import escape
from typing import Any
from urllib.parse import urlencode

from relevo.core.artifact import Artifact

#: Longer texts are refused by the runtime's default settings.
LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """`fields` is a request as JSON has it; `label` its group in the data; `heldout`: no model was trained on it."""

    fields: Mapping[str, object]
    label: str
    heldout: bool

    def query(self) -> str:
        """The fields as the query of an address; a field without value is empty."""
        return urlencode({name: _spelled(value) for name, value in self.fields.items()})

    def body(self) -> bytes:
        """The fields as a JSON object."""
        return json.dumps(self.fields, ensure_ascii=False).encode()


def rows(data: Artifact, fields: Sequence[Mapping[str, Any]], holdout: float, most: int) -> list[Row]:
    """At most `most` rows of the data artifact, the held-out ones first, otherwise as good as drawn by chance.

    They come in the order of a hash of their text, so the same data gives the same rows. `fields` are those of the
    service's facts.
    """
    import duckdb  # needed only where a service is gated

    columns = ["text" if field["type"] == "text" else _column(field["of"]) for field in fields]
    selected = ", ".join(["label", f"rank < {holdout * 10_000}", *columns])
    with duckdb.connect() as database:
        found = database.execute(
            f"""
            SELECT {selected} FROM read_parquet(?)
            WHERE label IS NOT NULL AND trim(text) <> '' AND length(text) <= ?
            ORDER BY rank, text, label LIMIT ?
            """,  # noqa: S608 - names of ours, and quoted ones
            [escape(str(data.folder / "rows.parquet")), LONGEST, most],
        ).fetchall()
    names = [field["name"] for field in fields]
    return [Row(dict(zip(names, map(_json, values), strict=True)), label, heldout) for label, heldout, *values in found]


def _column(variable: str) -> str:
    quoted = variable.replace('"', '""')
    return f'"var.{quoted}"'


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _spelled(value: object) -> str:
    """As it stands in an address: true and false as in JSON, nothing for no value."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)
