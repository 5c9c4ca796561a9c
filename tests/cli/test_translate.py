"""Which language is spoken, and how the fields of a sentence are filled in."""

import pytest

from relevo.cli import translate
from relevo.core.message import Message


@pytest.fixture(autouse=True)
def _no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "")  # taken back after the test, with what install() sets


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"RELEVO_LANG": "es"}, "es"),
        ({"RELEVO_LANG": "es_MX.UTF-8"}, "es"),
        ({"RELEVO_LANG": "fr"}, "en"),
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LC_MESSAGES": "es", "LANG": "en_GB.UTF-8"}, "es"),
        ({"LC_ALL": "C", "LANG": "es_ES.UTF-8"}, "en"),
        ({"RELEVO_LANG": "en", "LC_ALL": "es_ES.UTF-8"}, "en"),
    ],
)
def test_relevo_lang_comes_before_the_locale(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    translate.install()
    assert translate.language() == language


@pytest.mark.parametrize(
    ("text", "params", "said"),
    [
        ("its stages are: {stages}", {"stages": "data"}, "its stages are: data"),
        ("{values}", {"values": ["a", "b"]}, "`a`, `b`"),
        ("{share:.1%} of {rows}", {"share": 0.123, "rows": 10}, "12.3% of 10"),
        ("{{version}}", {}, "{version}"),
        ("{text}", {"text": "red\x1b[31m\x07"}, r"red\x1b[31m\x07"),
        ("{lines}", {"lines": "a\nb"}, "a\nb"),
        ("{values}", {"values": ["\x9b2J"]}, r"`\x9b2J`"),
    ],
)
def test_fields_are_filled_so_that_nothing_steers_the_terminal(text: str, params: dict[str, object], said: str) -> None:
    assert translate.say(Message(text, params)) == said


MISSING = Message("the program `{program}` is not installed, or not on the PATH", {"program": "podman\x07"})
REACHED = Message("`{host}` cannot be reached: {reason}", {"host": "x", "reason": "Connection refused"})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (REACHED, "no se puede llegar a `x`: Conexión rechazada"),
        (
            [MISSING, REACHED],
            r"el programa `podman\x07` no está instalado, o no está en el PATH; "
            "no se puede llegar a `x`: Conexión rechazada",
        ),
    ],
)
def test_messages_in_fields_are_said_in_the_readers_language(
    value: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELEVO_LANG", "es")
    translate.install()
    assert translate.say(Message("{value}", {"value": value})) == said


def test_the_form_goes_with_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEVO_LANG", "es")
    translate.install()
    forms = ("{rows} new row", "{rows} new rows")
    assert [translate.ngettext(*forms, n, rows=n) for n in (1, 2)] == ["1 fila nueva", "2 filas nuevas"]


@pytest.fixture(autouse=True)
def _english_again() -> object:
    yield
    translate.use(translate.gettext.NullTranslations())
