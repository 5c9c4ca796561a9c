"""What the how-to pages give to copy works when it is copied."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from relevo import settings
from relevo.data.prepare import prepare

HOW_TO = sorted((Path(__file__).parents[2] / "docs" / "how-to").glob("*.md"))


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language, without the indentation that a list gives them."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", page, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


@pytest.mark.parametrize("page", HOW_TO, ids=lambda path: path.stem)
def test_every_setting_shown_is_one(page: Path) -> None:
    whole = '[line]\nname = "quejas"\n[data]\npath = "x.csv"\n[data.columns]\ntexto = "text"\ngrupo = "label"\n'
    for block in blocks(page.read_text(encoding="utf-8"), "toml"):
        shown, base = tomllib.loads(block), tomllib.loads(whole)
        sections = {**base, **{name: {**base.get(name, {}), **values} for name, values in shown.items()}}
        settings.parse(as_toml(sections), file=page.name)


def as_toml(sections: dict[str, dict[str, object]]) -> str:
    """Sections with one level of sub-sections, as far as these pages need."""
    lines = []
    for name, values in sections.items():
        lines.append(f"[{name}]")
        lines += [f'"{key}" = {value!r}' for key, value in values.items() if not isinstance(value, dict)]
        for key, inner in values.items():
            if isinstance(inner, dict):
                lines += [f"[{name}.{key}]", *(f'"{k}" = {v!r}' for k, v in inner.items())]
    return "\n".join(lines)


@pytest.mark.parametrize("page", HOW_TO, ids=lambda path: path.stem)
def test_python_that_is_shown_compiles(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8"), "python"):
        ast.parse(block)


def test_the_preprocessing_shown_takes_card_numbers_out(root: Path, tmp_path: Path) -> None:
    (code,) = blocks((root / "docs" / "how-to" / "prepare-the-data.md").read_text(encoding="utf-8"), "python")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "preparation.py").write_text(code, encoding="utf-8")
    raw, clean = tmp_path / "raw.csv", tmp_path / "clean.csv"
    raw.write_text(
        "queja,motivo,estado\n"
        "Me cobran dos veces en 4111 1111 1111 1111,cobros,revisado\n"
        "¿Dónde está mi tarjeta?,tarjeta,nuevo\n",
        encoding="utf-8",
    )
    prepare(tmp_path, "data.preparation:prepare", raw, clean)
    assert clean.read_text(encoding="utf-8").splitlines() == [
        "texto,grupo",
        "Me cobran dos veces en [tarjeta],cobros",
    ]
