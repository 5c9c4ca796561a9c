"""Every change has its sentence, in both languages, and says all that it carries."""

import re
from string import Formatter
from typing import Any

import pytest

from relevo.cli import rules, translate
from relevo.cli.words import COMMON, SENTENCES, Counted, details, reasons, sentence
from relevo.core.change import Change
from relevo.core.policy import EQUALS_OLD, FOLLOWS, RULES

#: The parameters of every code, as the stages give them.
PARAMS: dict[str, dict[str, Any]] = {
    "data.label-corrected": {"rows": 2, "examples": [{"text": "hola", "from": "a", "to": "b"}]},
    "data.text-retouched": {"rows": 2, "examples": [{"from": "hola ", "to": "hola"}]},
    "data.value-corrected": {"column": "canal", "rows": 2},
    "data.rows-withdrawn": {"rows": 2},
    "data.category-vanished": {"column": "canal", "values": ["web", "fax"]},
    "data.rows-added": {"rows": 2, "propose_id": True},
    "data.group-added": {"group": "app", "rows": 2},
    "data.category-added": {"column": "canal", "values": ["web"]},
    "data.group-carved-out": {"group": "app", "from": "otros", "rows": 2},
    "data.variable-added": {"column": "hora", "type": "category"},
    "data.variable-removed": {"column": "hora", "type": "category"},
    "data.variable-renamed": {"from": "hora", "to": "momento"},
    "data.variable-retyped": {"column": "hora", "from": "category", "to": "number"},
    "data.group-gone": {"group": "app", "rows": 2},
    "data.group-renamed": {"from": "app", "to": "App"},
    "data.group-merged": {"groups": ["a", "b"], "into": "c"},
    "data.group-split-away": {"group": "a", "into": ["b", "c"]},
    "data.ids-renumbered": {"rows": 2},
    "model.recipe-changed": {"parts": ["c", "seed"]},
    "model.group-added": {"group": "app"},
    "model.input-required": {"field": "hora", "type": "category"},
    "model.input-removed": {"field": "hora"},
    "model.group-gone": {"group": "app"},
    "service.recipe-changed": {"parts": ["service/app.py"]},
    "service.api-added": {"what": "GET /x"},
    "service.api-deprecated": {"what": "GET /x"},
    "service.api-incompatible": {"what": "GET /x", "why": "gone"},
    "service.api-removed-undeprecated": {"what": "GET /x"},
    "image.recipe-changed": {"parts": ["image/Dockerfile"]},
    "image.base-changed": {"name": "python:3.12-slim", "from": "sha256:1", "to": "sha256:2"},
    "image.python-changed": {"from": "3.12", "to": "3.13"},
    "image.os-changed": {"from": "debian 12", "to": "debian 13"},
    "image.platform-changed": {"from": "linux/amd64", "to": "linux/arm64"},
    "image.variable-added": {"variable": "MODE"},
    "image.variable-gone": {"variable": "MODE"},
    "image.variable-required": {"variable": "MODE"},
    "image.volume-added": {"path": "/data"},
    "image.volume-gone": {"path": "/data"},
    "image.port-changed": {"from": "8080/tcp", "to": "9090/tcp"},
    "image.health-changed": {"from": "/health/live", "to": "/live"},
    "image.user-changed": {"from": "10001:0", "to": "0"},
    "image.entrypoint-changed": {"from": "python3 a", "to": "python3 b"},
    f"model.{FOLLOWS}": {"upstream": "data", "bump": "minor", "from": "1.0.0", "to": "1.1.0"},
    f"data.{EQUALS_OLD}": {"version": "1.0.0"},
    "sbom.recipe-changed": {"parts": ["format"]},
}
#: Parameters that other places show: the plan's own column, and the details under the sentence.
ELSEWHERE = {"bump", "examples", "propose_id"}


def change(rule: str) -> Change:
    stage, _, code = rule.partition(".")
    return Change(stage, code, PARAMS[rule])


def test_every_rule_has_a_sentence_and_a_description() -> None:
    assert set(SENTENCES) == set(RULES) == set(rules.RULES)
    assert {FOLLOWS, EQUALS_OLD} <= set(COMMON)
    assert set(RULES) <= set(PARAMS), "a row of the rules has no parameters in this test"


@pytest.mark.parametrize("rule", PARAMS)
def test_a_sentence_says_every_parameter(rule: str) -> None:
    found = SENTENCES.get(rule) or COMMON[rule.partition(".")[2]]
    for form in found.forms if isinstance(found, Counted) else (found,):
        fields = {name for _, name, _, _ in Formatter().parse(form) if name}
        assert fields == set(PARAMS[rule]) - ELSEWHERE


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("rule", PARAMS)
def test_a_sentence_can_be_said_in_both_languages(rule: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setenv("RELEVO_LANG", lang)
    translate.install()
    said = sentence(change(rule))
    assert said
    assert not re.search(r"[{}\[\]]", said)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("data.label-corrected", "2 rows have another label"),
        ("data.group-merged", "groups `a`, `b` were merged into `c`"),
        ("data.group-split-away", "group `a` was split up into `b`, `c`"),
        ("data.variable-added", "new variable `hora` (category)"),
        (f"model.{FOLLOWS}", "follows data 1.0.0 → 1.1.0"),
        ("image.base-changed", "`python:3.12-slim` is another one now: sha256:1 → sha256:2"),
        ("image.python-changed", "Python 3.12 → 3.13"),
        ("image.variable-required", "a container must be given the variable `MODE` now"),
        ("image.port-changed", "it listens on another port: 8080/tcp → 9090/tcp"),
    ],
)
def test_sentences(rule: str, said: str) -> None:
    assert sentence(change(rule)) == said


def test_one_row_is_no_rows() -> None:
    assert sentence(Change("data", "rows-added", {"rows": 1, "propose_id": False})) == "1 new row"


def test_examples_are_cut_to_one_line() -> None:
    text = "a long text\nof a user, " * 10
    shown = list(
        details(Change("data", "label-corrected", {"rows": 1, "examples": [{"text": text, "from": "a", "to": "b"}]}))
    )
    assert shown == ["“a long text of a user, a long text of a user, a long text o…”: a → b"]


def test_new_rows_of_data_without_ids_propose_an_id() -> None:
    advice = list(details(Change("data", "rows-added", {"rows": 1, "propose_id": True})))
    assert len(advice) == 1
    assert "`id`" in advice[0]


def test_a_reason_goes_down_to_its_causes() -> None:
    cause = Change("data", "rows-withdrawn", {"rows": 3})
    follows = Change("model", FOLLOWS, PARAMS["model.follows"], (cause,))
    service = Change("service", FOLLOWS, {**PARAMS["model.follows"], "upstream": "model"}, (follows,))
    assert list(reasons(service)) == [
        (0, "follows model 1.0.0 → 1.1.0"),
        (1, "follows data 1.0.0 → 1.1.0"),
        (2, "3 rows were withdrawn"),
    ]


def test_a_change_of_a_plugin_is_shown_by_its_code() -> None:
    assert sentence(Change("sbom", "package-added", {"name": "x"})) == "`package-added` name=x"


@pytest.fixture(autouse=True)
def _english_again() -> object:
    yield
    translate.use(translate.gettext.NullTranslations())
