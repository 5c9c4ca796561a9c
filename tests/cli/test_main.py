"""The group of verbs: help, options before the verb, and how what goes wrong is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from relevo.cli.verbs import SUMMARIES
from relevo.core.errors import FailureError, InconclusiveError, OutsideError, UsageError
from relevo.core.message import N_


def test_help_lists_every_verb_with_its_sentence_and_every_exit_code(call: Any) -> None:
    called = call("--help")
    assert called.code == 0
    for verb, summary in SUMMARIES.items():
        assert f"  {verb:9}{summary}" in called.out
    for code in (0, 1, 2, 3, 4, 130):
        assert f"\n  {code:<5}" in called.out
    assert called.err == ""


@pytest.mark.parametrize("verb", SUMMARIES)
def test_the_help_of_a_verb_teaches(verb: str, call: Any) -> None:
    called = call(verb, "--help")
    assert called.code == 0
    assert called.out.startswith(f"Usage: relevo {verb} ")
    assert SUMMARIES[verb] in called.out
    assert f"Examples:\n  relevo {verb}" in called.out
    assert "Exit codes:\n  0 " in called.out
    assert max(map(len, called.out.splitlines())) <= 80


def test_no_verb_is_a_usage_error_that_shows_the_help(call: Any) -> None:
    called = call()
    assert (called.code, called.out) == (2, "")
    assert "Verbs:" in called.err


def test_the_version_is_printed(call: Any) -> None:
    called = call("--version")
    assert called.code == 0
    assert called.out.startswith("relevo ")


@pytest.mark.parametrize(
    ("args", "error", "hint"),
    [
        (["pln"], "relevo has no verb `pln`", "did you mean `plan`?"),
        (["xyzzy"], "relevo has no verb `xyzzy`", "`relevo --help` lists them"),
        (["plan", "--jsn"], "No such option '--jsn'. Did you mean '--json'?", "`relevo plan --help` explains it"),
        (["show"], "Missing argument 'ARTIFACT'.", "`relevo show --help` explains it"),
        (["-C", "/no/such", "plan"], "Directory '/no/such' does not exist.", "`relevo --help` explains it"),
        (["serve", "--port", "x"], "'x' is not a valid", "`relevo serve --help` explains it"),
    ],
)
def test_a_call_that_is_not_understood_gives_2_with_a_hint(args: list[str], error: str, hint: str, call: Any) -> None:
    called = call(*args)
    assert (called.code, called.out) == (2, "")
    first, second = called.err.splitlines()
    assert first.startswith("error: ")
    assert error in first
    assert second == f"hint: {hint}"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("bad", N_("`{file}` is missing"), hint=N_("run again: relevo run"), file="x.csv"), 2),
        (OutsideError("full", N_("`{file}` is missing"), file="x.csv"), 3),
        (FailureError("taken", N_("`{file}` is missing"), file="x.csv"), 1),
        (InconclusiveError("noise", N_("`{file}` is missing"), file="x.csv"), 4),
    ],
)
def test_an_error_of_the_line_is_said_in_one_line_and_gives_its_code(
    error: Any, code: int, call: Any, line: Any
) -> None:
    line.error = error
    called = call("plan", line=line)
    assert (called.code, called.out) == (code, "")
    assert called.err.splitlines()[0] == "error: `x.csv` is missing"
    assert called.err.splitlines()[1:] == (["hint: run again: relevo run"] if error.hint else [])


def test_with_json_an_error_is_json_on_stdout(call: Any, line: Any) -> None:
    line.error = UsageError("bad", N_("`{file}` is missing"), hint=N_("run again: relevo run"), file="x.csv")
    called = call("plan", "--json", line=line)
    assert called.json == {"error": {"code": "bad", "message": "`x.csv` is missing", "hint": "run again: relevo run"}}
    assert (called.code, called.err) == (2, "")


def test_with_json_a_wrong_call_is_json_too(call: Any) -> None:
    called = call("plan", "--json", "--bogus")
    assert called.code == 2
    assert called.json["error"]["code"] == "usage"


def test_after_two_hyphens_json_is_a_text(call: Any, line: Any) -> None:
    line.error = UsageError("bad", N_("`{file}` is missing"), file="x.csv")
    called = call("predict", "--", "--json", line=line)
    assert called.out == ""
    assert line.asked["record"] == {"text": "--json"}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_ctrl_c_is_one_line_and_130(lang: str, call: Any, line: Any) -> None:
    line.error = KeyboardInterrupt()
    called = call("run", line=line, lang=lang)
    assert (called.code, called.out) == (130, "")
    assert len(called.err.strip().splitlines()) == 1


def test_a_defect_is_one_line_and_where_to_report_it(call: Any, line: Any) -> None:
    line.error = ZeroDivisionError("boom\nsecond line")
    called = call("plan", line=line)
    assert (called.code, called.out) == (3, "")
    assert called.err.splitlines()[0] == "error: relevo has a defect: ZeroDivisionError: boom"
    assert "CONTRIBUTING.md" in called.err
    assert "Traceback" not in called.err


def test_relevo_debug_shows_the_traceback(call: Any, line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    line.error = ZeroDivisionError("boom")
    monkeypatch.setenv("RELEVO_DEBUG", "1")
    assert "Traceback" in call("plan", line=line).err


def test_c_chooses_the_folder(call: Any, tmp_path: Path) -> None:
    called = call("-C", str(tmp_path), "plan", "--json")
    assert called.code == 2
    assert called.json["error"]["code"] == "no-line"
    assert str(tmp_path) in json.dumps(called.json)


def test_click_speaks_spanish_too(call: Any) -> None:
    called = call("plan", "--jsn", lang="es")
    assert called.err.splitlines() == [
        "error: No hay ninguna opción '--jsn'. ¿Querías decir '--json'?",
        "sugerencia: `relevo plan --help` lo explica",
    ]
