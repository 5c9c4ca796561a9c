"""`relevo status`."""

from typing import Any


def test_each_stage_with_its_versions_and_whether_it_changed(call: Any, line: Any) -> None:
    called = call("status", line=line)
    assert called.code == 0
    assert called.out.splitlines() == [
        "stage    current  newest",
        "model    1.0.1    1.0.1   changed since",
        "data     1.0.0    1.0.0   changed since",
        "service  —        —       not made yet",
        "relevo.lock: data@1.0.0",
    ]
    assert called.err.splitlines() == [
        "not in a git repository with a commit: versions get no tags",
        "hint: what would change, and why: relevo plan",
    ]


def test_without_a_lock_it_says_so(call: Any, line: Any) -> None:
    line.locked = None
    assert "no set of versions has passed together yet" in call("status", line=line).out


def test_json_is_the_status(call: Any, line: Any) -> None:
    assert call("status", "--json", line=line).json == line.status().to_json()
