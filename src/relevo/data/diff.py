"""The difference between two files of rows (see `rows`), found by the engine: no row ever comes to Python."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from relevo.data.difference import EXAMPLES, Difference
from relevo.data.digest import fields, variable
from relevo.data.engine import Database, file, listed
from relevo.data.matching import match
from relevo.data.split import key

#: A variable that went and one that came are one, renamed, when this share of their values agree.
_RENAME_SHARE = 0.8


def compare(
    database: Database,
    before: Path,
    after: Path,
    variables_before: Mapping[str, str],
    variables_after: Mapping[str, str],
) -> Difference:
    """The difference between the files `before` and `after`; variables are header → type."""
    shared = [header for header, kind in sorted(variables_before.items()) if variables_after.get(header) == kind]
    had_ids = _load(database, "before", before, shared)
    has_ids = _load(database, "after", after, shared)
    renumbered = match(database, had_ids and has_ids)
    database.execute(
        f"""
        CREATE VIEW matched AS SELECT {listed(_side("before", variables_before) + _side("after", variables_after))}
        FROM pairs p JOIN before ON before.n = p.before JOIN after ON after.n = p.after
        """  # noqa: S608 - names of ours
    )
    retouched, corrected = _corrections(database, shared)
    categories = [header for header in shared if variables_after[header] == "category"]
    return Difference(
        variables_before=variables_before,
        variables_after=variables_after,
        groups_before=_groups(database, "before"),
        groups_after=_groups(database, "after"),
        moves=_moves(database),
        moved=_moved(database),
        retouched=retouched,
        retouches=_retouches(database) if retouched else (),
        corrected=corrected,
        renamed=_renamed(database, variables_before, variables_after),
        vanished=_values(database, categories, "before", "after"),
        appeared=_values(database, categories, "after", "before"),
        withdrawn=_alone(database, "before"),
        added=_alone(database, "after"),
        renumbered=renumbered,
        ids=has_ids,
    )


def _load(database: Database, table: str, path: Path, shared: list[str]) -> bool:
    """Fill `table` with the rows of `path`, as `match` wants them; whether they have ids."""
    database.execute(
        f"""
        CREATE TABLE {table} AS SELECT * REPLACE (coalesce(label, '') AS label), file_row_number AS n,
            {key("text")} AS key, {fields(map(variable, shared))} AS vals
        FROM read_parquet({file(path)}, file_row_number = true)
        """  # noqa: S608 - names of ours
    )
    columns = database.execute(f"DESCRIBE {table}").fetchall()
    return any(column[0] == "id" for column in columns)


def _side(side: str, variables: Iterable[str]) -> list[str]:
    """The columns of one side of a pair, called `before.label` and so on."""
    columns = [f'{side}.{column} AS "{side}.{column}"' for column in ("label", "text")]
    return columns + [f"{side}.{variable(header)} AS {variable(header, f'{side}.')}" for header in variables]


def _groups(database: Database, table: str) -> dict[str, int]:
    query = f"SELECT label, count(*) FROM {table} WHERE label <> '' GROUP BY label ORDER BY label"  # noqa: S608
    return dict(database.execute(query).fetchall())


def _moves(database: Database) -> dict[tuple[str, str], int]:
    query = 'SELECT "before.label", "after.label", count(*) FROM matched GROUP BY ALL ORDER BY ALL'
    return {(old, new): rows for old, new, rows in database.execute(query).fetchall()}


def _moved(database: Database) -> dict[tuple[str, str], list[str]]:
    query = f"""
        SELECT "before.label", "after.label", min("after.text", {EXAMPLES}) FROM matched
        WHERE "before.label" <> "after.label" GROUP BY ALL ORDER BY ALL
        """  # noqa: S608 - names of ours
    return {(old, new): texts for old, new, texts in database.execute(query).fetchall()}


def _corrections(database: Database, shared: list[str]) -> tuple[int, dict[str, int]]:
    """How many texts differ, and for each shared variable how many values do."""
    columns = [
        ('"before.text"', '"after.text"'),
        *((variable(header, "before."), variable(header, "after.")) for header in shared),
    ]
    differ = (f"{before} IS DISTINCT FROM {after}" for before, after in columns)
    query = f"SELECT {listed(f'count(*) FILTER ({each})' for each in differ)} FROM matched"  # noqa: S608
    ((texts, *values),) = database.execute(query).fetchall()
    return texts, {header: rows for header, rows in zip(shared, values, strict=True) if rows}


def _retouches(database: Database) -> list[tuple[str, str]]:
    query = f"""
        SELECT "before.text", "after.text" FROM matched
        WHERE "before.text" <> "after.text" ORDER BY ALL LIMIT {EXAMPLES}
        """  # noqa: S608 - names of ours
    return [(old, new) for old, new in database.execute(query).fetchall()]


def _renamed(database: Database, before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Variables that went → those that came, of the same type, with the same values in `_RENAME_SHARE` of the pairs.

    Pairs where neither has a value say nothing. The best fit is taken first, and no variable twice.
    """
    candidates = [
        (old, new) for old in sorted(before) for new in sorted(after)
        if old not in after and new not in before and before[old] == after[new]
    ]  # fmt: skip
    if not candidates:
        return {}
    sides = [(variable(old, "before."), variable(new, "after.")) for old, new in candidates]
    shares = (f"count(*) FILTER ({b} = {a}) / count(*) FILTER (coalesce({b}, {a}) IS NOT NULL)" for b, a in sides)
    ((*found,),) = database.execute(f"SELECT {listed(shares)} FROM matched").fetchall()  # noqa: S608
    best = sorted(zip(found, candidates, strict=True), key=lambda each: (-(each[0] or 0), each[1]))
    renamed: dict[str, str] = {}
    for share, (old, new) in best:
        if (share or 0) >= _RENAME_SHARE and old not in renamed and new not in renamed.values():
            renamed[old] = new
    return renamed


def _values(database: Database, categories: list[str], here: str, there: str) -> dict[str, tuple[int, list[str]]]:
    """The values of each category variable that `here` has and `there` has not: how many, and the first of them."""
    found = {}
    for header in categories:
        column = variable(header)
        query = f"""
            SELECT count(*), min(v, {EXAMPLES}) FROM (
                SELECT {column} AS v FROM {here} WHERE v IS NOT NULL EXCEPT SELECT {column} FROM {there})
            """  # noqa: S608 - names of ours
        ((count, first),) = database.execute(query).fetchall()
        if count:
            found[header] = (count, first)
    return found


def _alone(database: Database, side: str) -> dict[str, int]:
    query = f"""
        SELECT label, count(*) FROM {side} WHERE n NOT IN (SELECT {side} FROM pairs) GROUP BY label ORDER BY label
        """  # noqa: S608 - names of ours
    return dict(database.execute(query).fetchall())
