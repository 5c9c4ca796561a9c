"""What was found out once is known the next time; losing it costs time, nothing else."""

from pathlib import Path

import pytest

from relevo.core.version import FIRST
from relevo.line.memo import Memo


def test_what_is_remembered_is_known_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "same.json"
    Memo(path).remember("data", "abc", FIRST)
    assert Memo(path).says("data", "abc", FIRST)
    assert not Memo(path).says("data", "abd", FIRST)


@pytest.mark.parametrize("damaged", ["", "[]", '{"data": 3}', "{"])
def test_a_damaged_file_knows_nothing(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "same.json"
    path.write_text(damaged)
    assert not Memo(path).says("data", "abc", FIRST)
