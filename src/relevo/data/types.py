"""The pinned types of variables: how a cell is read, and how a value is spelled where digests compare it.

| type     | cells                                                                | spelled as                    |
| -------- | -------------------------------------------------------------------- | ----------------------------- |
| category | any text, kept as it is                                              | itself                        |
| number   | decimal point, exponent allowed: `-3`, `.5`, `1e3`; finite           | as Python's `repr`            |
| boolean  | `true` `false`, `yes` `no`, `sí` `si` `no`, `verdadero` `falso`, `1` `0`, any case | `true` or `false` |
| date     | ISO 8601 calendar dates: `2024-02-29`                                | the same                      |

An empty cell, or one of white space only, is no value (NULL). Outer white space is no part of a number, boolean or
date.
"""

from relevo.core.settings import Kind
from relevo.data.split import trimmed

_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TRUE = "('true', 'yes', 'sí', 'si', 'verdadero', '1')"
_FALSE = "('false', 'no', 'falso', '0')"


def filled(cell: str) -> str:
    """The SQL expression `cell`, NULL when it is empty or white space only."""
    return f"CASE WHEN {trimmed(cell)} <> '' THEN {cell} END"


def parsed(kind: Kind, cell: str) -> str:
    """The value of the SQL text expression `cell`; NULL when it is empty, or cannot be read as `kind`."""
    bare = trimmed(cell)
    match kind:
        case "number":
            number = f"TRY_CAST({bare} AS DOUBLE)"
            # Adding zero makes -0.0 and 0.0 one value, as they are one number.
            return f"CASE WHEN regexp_full_match({bare}, '{_NUMBER}') AND isfinite({number}) THEN {number} + 0.0 END"
        case "boolean":
            word = f"lower({bare})"
            return f"CASE WHEN {word} IN {_TRUE} THEN true WHEN {word} IN {_FALSE} THEN false END"
        case "date":
            return f"CASE WHEN regexp_full_match({bare}, '{_DATE}') THEN TRY_CAST({bare} AS DATE) END"
        case _:
            return filled(cell)


def spelled(value: str) -> str:
    """The SQL expression `value`, of any of the types, as its one text."""
    return f"CAST({value} AS VARCHAR)"
