"""The data rows of the version rules, from files to bumps: each alone, and any composition of them."""

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relevo.core.policy import Policy
from relevo.core.version import Bump

KINDS = {"texto": "text", "grupo": "label", "caso": "id", "canal": "category", "importe": "number", "puntos": "number"}


@dataclass
class Table:
    """Rows as header → cell, and the declared columns. Each edit below has rows of its own, so that they compose."""

    rows: list[dict[str, str]]
    kinds: dict[str, str] = field(default_factory=lambda: dict(KINDS))

    def row(self, group: str, number: int) -> dict[str, str]:
        return next(row for row in self.rows if row["texto"].startswith(f"texto {group}{number} "))

    def of(self, group: str) -> list[dict[str, str]]:
        return [row for row in self.rows if row["texto"].startswith(f"texto {group}")]

    def add(self, text: str, group: str, channel: str = "web") -> None:
        values = {"texto": text, "grupo": group, "caso": f"n{len(self.rows)}", "canal": channel, "importe": "1"}
        self.rows.append({header: values.get(header, "x") for header in self.rows[0]})

    def rename(self, old: str, new: str) -> None:
        self.rows[:] = [{new if header == old else header: cell for header, cell in row.items()} for row in self.rows]
        if old in self.kinds:
            self.kinds[new] = self.kinds.pop(old)


def base() -> Table:
    rows = [
        {"texto": f"texto {group}{i} dice", "grupo": group, "caso": f"{group}{i}", "canal": "tel" if i % 2 else "web",
         "importe": str(i), "puntos": str(i % 4)}
        for group in "abcdefg" for i in range(8)
    ]  # fmt: skip
    rows[7]["canal"] = "carta"
    return Table(rows)


def relabel(table: Table, rows: list[dict[str, str]], *groups: str) -> None:
    for i, row in enumerate(rows):
        row["grupo"] = groups[i % len(groups)]


def new_column(table: Table) -> None:
    for i, row in enumerate(table.rows):
        row["hora"] = f"{i % 3}:00"
    table.kinds["hora"] = "category"


def without_column(table: Table) -> None:
    for row in table.rows:
        row.pop("importe", None)
    table.kinds.pop("importe", None)


#: what happens → (bump, code, edit)
EDITS = {
    "another label": ("patch", "label-corrected", lambda t: relabel(t, [t.row("a", 0)], "b")),
    "white space": ("patch", "text-retouched", lambda t: t.row("a", 1).update(texto=" texto  a1 dice")),
    "another text, same id": ("patch", "text-retouched", lambda t: t.row("a", 2).update(texto="otro, corregido")),
    "a corrected value": ("patch", "value-corrected", lambda t: t.row("a", 3).update(canal="web")),
    "a row withdrawn": ("patch", "rows-withdrawn", lambda t: t.rows.remove(t.row("a", 4))),
    "a category vanished": ("patch", "category-vanished", lambda t: t.row("a", 7).update(canal="tel")),
    "a new row": ("minor", "rows-added", lambda t: t.add("texto nuevo", "a")),
    "a duplicate": ("minor", "rows-added", lambda t: t.add("texto b0 dice", "b")),
    "a new group": ("minor", "group-added", lambda t: [t.add(f"novedad {i}", "nuevo") for i in range(3)]),
    "a new category value": ("minor", "category-added", lambda t: t.row("a", 5).update(canal="fax")),
    "part of a group to a new one": ("minor", "group-carved-out", lambda t: relabel(t, t.of("b")[3:6], "parte")),
    "a variable added": ("major", "variable-added", new_column),
    "a variable removed": ("major", "variable-removed", without_column),
    "a variable renamed": ("major", "variable-renamed", lambda t: t.rename("canal", "medio")),
    "a variable of another type": ("major", "variable-retyped", lambda t: t.kinds.update(puntos="category")),
    "a group gone": ("major", "group-gone", lambda t: [t.rows.remove(row) for row in t.of("c")]),
    "a group renamed": ("major", "group-renamed", lambda t: relabel(t, t.of("d"), "otro nombre")),
    "a group in another case": ("major", "group-renamed", lambda t: relabel(t, t.of("e"), "E")),
    "a group merged": ("major", "group-merged", lambda t: relabel(t, t.of("f"), "a")),
    "a group split away": ("major", "group-split-away", lambda t: relabel(t, t.of("g"), "a", "b")),
}  # fmt: skip

FORMATS = {
    "plain": {},
    "semicolons": {"delimiter": ";"},
    "all quoted, Windows line ends": {"quoting": 1, "lineterminator": "\r\n"},
    "tabs": {"delimiter": "\t"},
}


@pytest.fixture
def compared(bench, write):
    """`compared(before, after)`: the changes, each table written in its own order and format."""

    def compared(before: Table, after: Table, order: int = 0, form: str = "plain", mark: bool = False):
        contents = []
        for table, seed, dialect in ((before, 0, {}), (after, order, FORMATS[form])):
            shuffled = random.Random(seed)
            headers, rows = list(table.rows[0]), list(table.rows)
            if seed:
                shuffled.shuffle(headers)
                shuffled.shuffle(rows)
            contents.append(write(headers, [[row[header] for header in headers] for row in rows], **dialect))
        artifact = bench.artifact(contents[0], columns=before.kinds)
        return bench.changes(artifact, "\ufeff" * mark + contents[1], columns=after.kinds)

    return compared


@pytest.mark.parametrize("what", EDITS)
def test_a_change_gives_its_bump(compared, what):
    bump, code, edit = EDITS[what]
    after = base()
    edit(after)
    changes = compared(base(), after)
    assert code in [change.code for change in changes]
    assert Policy().bump(changes).word == bump


def test_every_data_rule_has_its_row():
    tested = {f"data.{code}" for _, code, _ in EDITS.values()}
    assert {rule for rule in Policy().rules if rule.startswith("data.")} == tested | {"data.ids-renumbered"}


@pytest.mark.parametrize("form", FORMATS)
def test_order_and_format_are_no_change(compared, form):
    assert compared(base(), base(), order=1, form=form, mark=True) == ()


def test_another_header_of_text_label_or_id_is_no_change(compared):
    after = base()
    for old, new in (("texto", "mensaje"), ("grupo", "clase"), ("caso", "número")):
        after.rename(old, new)
    assert compared(base(), after) == ()


def test_ids_that_come_or_go_are_no_change(compared):
    after = base()
    after.kinds["caso"] = "ignore"
    assert compared(base(), after) == ()


def test_renumbered_ids_are_told_and_raise_nothing(compared):
    after = base()
    for i, row in enumerate(after.rows):
        row["caso"] = f"a{i}" if i < 50 else f"z{i}"
    random.Random(1).shuffle(after.rows)
    for i, row in enumerate(after.rows):
        row["caso"] = base().rows[i]["caso"]
    after.row("a", 0)["grupo"] = "b"
    changes = compared(base(), after)
    assert [change.code for change in changes] == ["label-corrected", "ids-renumbered"]


def highest(compared, names, order, form):
    after = base()
    for name in sorted(names, key=list(EDITS).index):
        EDITS[name][2](after)
    expected = max((Bump.of(EDITS[name][0]) for name in names), default=Bump.NONE)
    assert Policy().bump(compared(base(), after, order, form)) is expected


together = given(st.sets(st.sampled_from(list(EDITS)), max_size=6), st.integers(0, 99), st.sampled_from(list(FORMATS)))
quick = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
thorough = settings(quick, max_examples=60)


@quick
@together
def test_any_composition_gives_the_highest_bump(compared, names, order, form):
    highest(compared, names, order, form)


@pytest.mark.slow
@thorough
@together
def test_any_composition_gives_the_highest_bump_at_length(compared, names, order, form):
    highest(compared, names, order, form)


cell = st.tuples(
    st.sampled_from(["a", "a ", "A", "b", "c\nd"]),
    st.sampled_from(["x", "y", "z"]),
    st.sampled_from(["", "1", "1.0", "2"]),
)
tables = st.lists(cell, min_size=1, max_size=8)


def honest(compared, before, after):
    """Bump none if and only if the content is the same, as a multiset."""

    def table(rows):
        kinds = {"texto": "text", "grupo": "label", "importe": "number"}
        return Table([dict(zip(kinds, row, strict=True)) for row in rows], kinds)

    def content(rows):
        return Counter((text, label, number and float(number)) for text, label, number in rows)

    changes = compared(table(before), table(after))
    assert (Policy().bump(changes) is Bump.NONE) == (content(before) == content(after))
    codes = {change.code: change.params for change in changes}
    gained = codes.get("rows-added", {"rows": 0})["rows"] - codes.get("rows-withdrawn", {"rows": 0})["rows"]
    assert gained == len(after) - len(before)


@quick
@given(tables, tables)
def test_there_is_no_false_none(compared, before, after):
    honest(compared, before, after)


@quick
@given(tables, st.randoms(use_true_random=False))
def test_there_is_no_false_change(compared, rows, order):
    other = list(rows)
    order.shuffle(other)
    honest(compared, rows, other)


@pytest.mark.slow
@thorough
@given(tables, tables)
def test_there_is_no_false_none_at_length(compared, before, after):
    honest(compared, before, after)
