"""`relevo diff`."""

from typing import Any


def test_the_changes_in_words(call: Any, line: Any) -> None:
    called = call("diff", "data@1.0.0", "data@1.0.1", line=line)
    assert called.code == 0
    assert called.out.splitlines() == [
        "data@1.0.0 → data@1.0.1",
        "  · 2 rows have another label",
        "    · “no va el cajero”: tarjeta → cajero",
    ]


def test_no_difference_is_said(call: Any, line: Any) -> None:
    line.changes = ()
    assert "  · no difference" in call("diff", "data@1.0.0", "data@1.0.1", line=line).out


def test_json_has_both_ends_and_the_changes(call: Any, line: Any) -> None:
    assert call("diff", "data@1.0.0", "data@1.0.1", "--json", line=line).json == {
        "from": "data@1.0.0",
        "to": "data@1.0.1",
        "changes": [line.changes[0].to_json()],
    }
