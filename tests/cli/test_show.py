"""`relevo show`."""

from typing import Any


def test_the_page_of_an_artifact(call: Any, line: Any) -> None:
    called = call("show", "model@1.0.1", line=line)
    assert called.code == 0
    assert called.out.splitlines() == [
        "model@1.0.1",
        "  line           quejas",
        "  made           2026-11-22T12:00:00Z",
        "  commit         0123456789 with uncommitted changes",
        "  by             relevo 0.1.0",
        f"  output digest  {'2' * 64}",
        f"  input digest   {'1' * 64}",
        "  folder         /store/data/1.0.0",
        "made from",
        f"  data@1.0.0  {'2' * 64}",
        "reasons",
        "  · follows data 1.0.0 → 1.0.1",
        "    · 2 rows have another label",
        "      · “no va el cajero”: tarjeta → cajero",
        "facts",
        "  rows: 3",
        "  groups:",
        "    recibo: 1",
        "    tarjeta: 2",
        "  problems: —",
        "gates",
        "  ✓ group-size: passed · measured 2 rows, limit 2 rows",
        "files",
        f"  rows.parquet  {'3' * 64}",
    ]


def test_json_is_the_manifest(call: Any, line: Any) -> None:
    assert call("show", "data@1.0.0", "--json", line=line).json == line.artifacts[1].to_json()


def test_a_v_before_the_version_does_no_harm(call: Any, line: Any) -> None:
    assert call("show", "data@v1.0.0", line=line).code == 0


def test_what_is_no_reference_is_2(call: Any, line: Any) -> None:
    called = call("show", "model", line=line)
    assert called.code == 2
    assert called.err.splitlines()[0] == "error: `model` does not name an artifact"


def test_what_is_not_there_is_2(call: Any, line: Any) -> None:
    assert call("show", "model@9.9.9", line=line).code == 2


def test_facts_cannot_steer_the_terminal(call: Any, line: Any, samples: Any) -> None:
    line.artifacts = [samples.artifact(facts={"groups": {"red\x1b[31m": 1}, "inputs": [{"name": "\x1b[2J"}]})]
    out = call("show", "data@1.0.0", line=line).out
    assert "\x1b" not in out
    assert r"red\x1b[31m: 1" in out
    assert r"- name=\x1b[2J" in out


def test_facts_that_lie_deep_are_left_to_json(call: Any, line: Any, samples: Any) -> None:
    deep = {"paths": {"/api": {"get": {"summary": "x" * 80}}}, "openapi": "3.1.0"}
    line.artifacts = [samples.artifact("service", facts={"openapi": deep})]
    out = call("show", "service@1.0.0", line=line).out
    assert "  openapi:\n    paths: …\n    openapi: 3.1.0\n" in out


def test_a_long_list_of_facts_is_cut_and_counted(call: Any, line: Any, samples: Any) -> None:
    line.artifacts = [samples.artifact("image", facts={"packages": {f"p{n:02}": "1.0" for n in range(25)}})]
    out = call("show", "image@1.0.0", line=line).out
    assert "    p19: 1.0\n    … 5 more: --json shows them\n" in out
    assert "p20" not in out


def test_a_long_item_of_a_list_begins_on_the_page(call: Any, line: Any, samples: Any) -> None:
    line.artifacts = [samples.artifact("image", facts={"layers": [{"by": "COPY model/ /opt", "digest": "a" * 80}]})]
    assert "    - by=COPY model/ /opt, digest=aaa" in call("show", "image@1.0.0", line=line).out
