"""The Spanish catalogue is complete: nothing missing, fuzzy or stale, the same fields, and compiled."""

import ast
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from relevo.cli.text import UNITS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def catalogue() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "scripts" / "catalogue.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def template(catalogue: ModuleType) -> Any:
    return catalogue.extract()


def test_the_catalogue_is_complete(catalogue: ModuleType, template: Any) -> None:
    """When this fails: `python scripts/catalogue.py`, then translate what it names in relevo.po, then once more."""
    assert list(catalogue.problems(catalogue.read(), template)) == []


def test_the_compiled_catalogue_is_that_of_the_po(catalogue: ModuleType) -> None:
    assert catalogue.MO.read_bytes() == catalogue.compiled(catalogue.read())


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('msgid "{a} rows"\nmsgstr "{b} filas"\n', "other fields: '{a} rows' → '{b} filas'"),
        ('msgid "{a} rows"\nmsgstr ""\n', "not translated: '{a} rows'"),
        ('#, fuzzy\nmsgid "{a} rows"\nmsgstr "{a} filas"\n', "fuzzy: '{a} rows'"),
        ('msgid "gone"\nmsgstr "ido"\n', "stale: 'gone'"),
        ("", "missing: '{a} rows'"),
    ],
)
def test_what_a_catalogue_may_not_have(catalogue: ModuleType, entry: str, problem: str) -> None:
    one = catalogue.Catalog()
    one.add("{a} rows")
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    assert problem in list(catalogue.problems(catalogue.read_po([*(header + entry).splitlines()], locale="es"), one))


def test_every_sentence_is_a_literal_that_the_extraction_can_see(catalogue: ModuleType, template: Any) -> None:
    """Babel sees no call inside an f-string, and N_(f"…") would never be found in a catalogue."""
    seen = {form for message in template for form in catalogue._forms(message.id)}
    unseen = []
    for path in sorted((ROOT / "src" / "relevo").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in catalogue.KEYWORDS:
                if node.func.id == "N_" and not isinstance(node.args[0], ast.Constant):
                    unseen.append(f"{path.name}:{node.lineno}: N_ of something that is no literal")
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                unseen += [f"{path.name}:{node.lineno}: {text}" for text in texts if text not in seen]
    assert unseen == []


def test_every_unit_of_a_gate_can_be_said() -> None:
    """A gate counts in `ms`, `MB`, `%`, or in a word of `cli.text.UNITS`."""
    used = set()
    for path in sorted((ROOT / "src" / "relevo").rglob("gates/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "unit" and isinstance(node.value, ast.Constant):
                used.add(node.value.value)
    assert used - {"", "ms", "s", "%", "p", "MB"} <= set(UNITS)
