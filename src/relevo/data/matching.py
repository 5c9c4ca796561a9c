"""Which row before is which row after: table `pairs` (`before`, `after`: numbers of rows).

By id first, where an id stands once on each side; what is left by text key, as a multiset: each row has at most one
partner. Where a key stands more than once, the partners are chosen so that as little as possible differs: first rows
equal in everything, then in key, label and values, then in key and label, then in the key alone; within equals, in
canonical order.
"""

from relevo.data.engine import Database, listed

_ROUNDS = (("text", "label", "vals"), ("key", "label", "vals"), ("key", "label"), ("key",))


def match(database: Database, ids: bool) -> int:
    """Make `pairs` from the tables `before` and `after` (n, key, text, label, vals, none of them NULL; id).

    `ids`: both tables have ids. When more than half of the ids that they share point at other texts, ids are not used;
    the result is then how many do, else 0.
    """
    database.execute("CREATE TABLE pairs (before BIGINT, after BIGINT)")
    renumbered = _match_by_id(database) if ids else 0
    for columns in _ROUNDS:
        _match_by(database, columns)
    return renumbered


def _match_by_id(database: Database) -> int:
    for side in ("before", "after"):
        database.execute(
            f"CREATE TABLE {side}_ids AS SELECT id, any_value(n) AS n, any_value(key) AS key FROM {side} "  # noqa: S608
            "WHERE id IS NOT NULL GROUP BY id HAVING count(*) = 1"
        )
    both = "before_ids b JOIN after_ids a ON b.id = a.id"
    ((shared, other),) = database.execute(
        f"SELECT count(*), count(*) FILTER (b.key <> a.key) FROM {both}"  # noqa: S608
    ).fetchall()
    if 2 * other > shared:
        return int(other)
    database.execute(f"INSERT INTO pairs SELECT b.n, a.n FROM {both}")  # noqa: S608
    return 0


def _match_by(database: Database, columns: tuple[str, ...]) -> None:
    """Pair the rows without a partner that are equal in `columns`, the k-th before with the k-th after."""
    same = listed(columns)
    for side in ("before", "after"):
        database.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE {side}_left AS
            SELECT n, {same}, row_number() OVER (PARTITION BY {same} ORDER BY n) AS k
            FROM {side} WHERE n NOT IN (SELECT {side} FROM pairs)
            """  # noqa: S608 - names of ours
        )
    database.execute(
        f"INSERT INTO pairs SELECT b.n, a.n FROM before_left b JOIN after_left a USING ({same}, k)"  # noqa: S608
    )
