"""`relevo log`."""

from typing import Any


def test_each_version_with_its_commit_and_its_reasons_down_to_the_cause(call: Any, line: Any) -> None:
    called = call("log", line=line)
    assert called.code == 0
    assert called.out.splitlines() == [
        "model@1.0.1  2026-11-22T12:00:00Z  0123456789 with uncommitted changes",
        "  · follows data 1.0.0 → 1.0.1",
        "    · 2 rows have another label",
        "      · “no va el cajero”: tarjeta → cajero",
        "data@1.0.0  2026-11-22T12:00:00Z  0123456789",
        "  · first version",
    ]


def test_a_stage_can_be_named(call: Any, line: Any) -> None:
    call("log", "model", line=line)
    assert line.asked == {"stage": "model"}


def test_an_empty_store_is_said_on_stderr(call: Any, line: Any) -> None:
    line.artifacts = []
    called = call("log", line=line)
    assert (called.code, called.out) == (0, "")
    assert called.err.startswith("nothing was published yet\nhint: ")


def test_json_is_the_manifests(call: Any, line: Any) -> None:
    assert call("log", "--json", line=line).json == [artifact.to_json() for artifact in line.artifacts]
