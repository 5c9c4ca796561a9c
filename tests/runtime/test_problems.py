import re
from string import Formatter

import pytest

from relevo_runtime import errors
from relevo_runtime.problems import CATALOGUE, EXPECTED, STARTS, Defect, Problem, language


def test_a_problem_has_the_members_of_rfc_9457_and_ours() -> None:
    problem = Problem(Defect("missing-field", "/1/texto", {"field": "texto"}), Defect("no-rows", "", {}))
    assert problem.status == 422
    assert problem.to_json("es", "abc") == {
        "type": "urn:problem-type:relevo:missing-field",
        "title": "Falta un campo",
        "status": 422,
        "detail": "Falta el campo `texto`.",
        "code": "missing-field",
        "request_id": "abc",
        "errors": [
            {"code": "missing-field", "detail": "Falta el campo `texto`.", "pointer": "#/1/texto"},
            {"code": "no-rows", "detail": "La lista está vacía.", "pointer": "#"},
        ],
    }


def test_every_code_that_a_model_gives_is_in_the_catalogue() -> None:
    codes = {errors.MISSING_FIELD, errors.NULL_FIELD, errors.EMPTY_TEXT, errors.WRONG_TYPE}
    assert codes <= set(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_both_languages_say_the_same_things(code: str) -> None:
    kind = CATALOGUE[code]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert 400 <= kind.status < 600
    assert _names(kind.detail[0]) == _names(kind.detail[1])
    assert kind.title[0] != kind.title[1]
    assert kind.detail[0] != kind.detail[1]


@pytest.mark.parametrize("code", STARTS)
def test_both_languages_say_the_same_reasons_not_to_start(code: str) -> None:
    english, spanish = STARTS[code]
    assert _names(english) == _names(spanish)
    assert "\n" not in english + spanish


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_wrong_type_says_what_is_expected(kind: str) -> None:
    defect = Defect("wrong-type", "", {"field": "x", "expected": kind})
    assert EXPECTED[kind][0] in defect.detail("en")
    assert EXPECTED[kind][1] in defect.detail("es")


@pytest.mark.parametrize(
    ("accepted", "default", "chosen"),
    [
        (b"", "en", "en"),
        (b"", "es", "es"),
        (b"es", "en", "es"),
        (b"es-MX,es;q=0.9,en;q=0.8", "en", "es"),
        (b"en;q=0.2, ES;q=0.9", "en", "es"),
        (b"fr, de;q=0.9", "es", "es"),
        (b"*", "es", "es"),
        (b"es;q=0", "en", "en"),
        (b"es;q=high", "en", "en"),
        (b"es;q=nan", "en", "en"),
        (b"\xff\xfe,es", "en", "es"),
    ],
)
def test_the_language_is_the_one_the_caller_likes_best(accepted: bytes, default: str, chosen: str) -> None:
    assert language(accepted, default) == chosen


def _names(template: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
