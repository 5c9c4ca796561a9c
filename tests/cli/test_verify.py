"""`relevo verify`."""

from typing import Any

from relevo.core.message import Message


def test_a_clean_store_is_0(call: Any, line: Any) -> None:
    called = call("verify", line=line)
    assert (called.code, called.out) == (0, "2 artifacts, all as published\n")


def test_each_problem_is_a_line_and_the_code_is_1(call: Any, line: Any) -> None:
    ref = line.artifacts[0].ref
    line.problems[ref] = (Message("`{file}` is missing", {"file": "a"}), Message("`{file}` is missing", {"file": "b"}))
    called = call("verify", line=line)
    assert called.code == 1
    assert called.out == "✗ model@1.0.1: `a` is missing\n✗ model@1.0.1: `b` is missing\n"
    assert called.err.startswith("hint: ")


def test_json_has_every_artifact(call: Any, line: Any) -> None:
    line.problems[line.artifacts[0].ref] = (Message("broken"),)
    called = call("verify", "--json", line=line)
    assert called.code == 1
    assert called.json == {
        "clean": False,
        "artifacts": {"data@1.0.0": [], "model@1.0.1": [{"text": "broken", "params": {}}]},
    }
