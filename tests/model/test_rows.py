from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relevo.core.errors import OutsideError
from relevo.model.rows import Rows, read

ROWS: list[dict[str, Any]] = [
    {"text": "b", "label": "y", "rank": 2000, 'el "canal"': None},
    {"text": "a", "label": "x", "rank": 1999, 'el "canal"': "web"},
    {"text": "c", "label": "x", "rank": 0, 'el "canal"': "app"},
]
VARIABLES = {'el "canal"': "category"}


def rows_of(data: Callable[..., Any], rows: list[dict[str, Any]]) -> Rows:
    return read(data(rows, VARIABLES).folder, list(VARIABLES))


def test_a_record_has_the_text_and_the_variables_by_name(data: Callable[..., Any]) -> None:
    assert rows_of(data, ROWS).records == [
        {"text": "a", 'el "canal"': "web"},
        {"text": "b", 'el "canal"': None},
        {"text": "c", 'el "canal"': "app"},
    ]


def test_the_order_of_the_file_leaves_no_trace(data: Callable[..., Any]) -> None:
    assert rows_of(data, ROWS) == rows_of(data, ROWS[::-1])


@pytest.mark.parametrize(
    ("holdout", "heldout", "training"), [(0.2, "ac", "b"), (0.1, "c", "ab"), (0.0, "", "abc"), (1.0, "abc", "")]
)
def test_held_out_is_what_ranks_below_the_share(
    data: Callable[..., Any], holdout: float, heldout: str, training: str
) -> None:
    rows = rows_of(data, ROWS)
    assert [record["text"] for record in rows.heldout(holdout).records] == list(heldout)
    assert [record["text"] for record in rows.training(holdout).records] == list(training)


def test_rows_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=str(tmp_path)):
        read(tmp_path, [])


def test_a_folder_named_like_a_pattern_is_that_folder(data: Callable[..., Any], tmp_path: Path) -> None:
    rows = data(ROWS, VARIABLES).folder / "rows.parquet"
    for name in ("a[b]", "ab"):
        (tmp_path / name).mkdir()
    (tmp_path / "a[b]/rows.parquet").write_bytes(rows.read_bytes())
    (tmp_path / "ab/rows.parquet").write_bytes(b"another line's")
    assert len(read(tmp_path / "a[b]", list(VARIABLES))) == 3
