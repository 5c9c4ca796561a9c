"""Writes the generated parts of docs/reference/ from the code.

    python scripts/reference.py            rewrite them
    python scripts/reference.py --check    only say which are out of date (exit 1)

A page is written by hand; between `<!-- from the code: NAME -->` and `<!-- end -->` stands what the function NAME below
gives. Nothing else in a page is touched.
"""

import ast
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "reference"
SOURCES = ROOT / "src" / "relevo"
BLOCK = re.compile(r"(<!-- from the code: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
HELP_WIDTH = 100


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; `|` inside a cell is escaped, and a line end becomes a space."""
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def comments(kind: type) -> dict[str, str]:
    """Field of a dataclass → the `#:` comment above it."""
    found: dict[str, str] = {}
    pending: list[str] = []
    for line in map(str.strip, inspect.getsource(kind).splitlines()):
        if line.startswith("#: "):
            pending.append(line[3:])
        elif match := re.match(r"(\w+): ", line):
            found[match[1]] = " ".join(pending)
            pending = []
    return found


def _default(field: Field[Any]) -> str:
    """How one would write the default in relevo.toml."""
    if field.default is MISSING:
        return "*required*"
    if isinstance(field.default, tuple):
        return "`[" + ", ".join(f'"{item}"' for item in field.default) + "]`"
    return f'`"{field.default}"`' if isinstance(field.default, str) else f"`{field.default}`"


def settings() -> str:
    from relevo.core.settings import Settings

    parts = []
    hints = get_type_hints(Settings)
    for section in fields(Settings):
        kind, name = hints[section.name], section.name
        if get_args(kind) and is_dataclass(get_args(kind)[-1]):  # a section for each of several names
            kind, name = get_args(kind)[-1], f"{section.name}.ENV"
        if not is_dataclass(kind):
            parts.append(f"### [{section.name}]\n\n{comments(Settings)[section.name]}")
            continue
        meaning = comments(kind)
        rows = [(f"`{field.name}`", _default(field), meaning[field.name]) for field in fields(kind)]
        parts.append(f"### [{name}]\n\n" + table(("key", "default", "meaning"), rows))
    return "\n\n".join(parts)


def kinds() -> str:
    from relevo.core.settings import VARIABLES, Kind

    words = [str(word) for word in Kind.__args__]  # type: ignore[attr-defined]
    return ", ".join(f"`{word}`" for word in words) + "; variables are " + ", ".join(f"`{word}`" for word in VARIABLES)


def rules() -> str:
    from relevo.cli.rules import RULES as WORDS
    from relevo.core.policy import RULES

    return table(("rule", "what changed", "bump"), [(f"`{r}`", WORDS[r], bump.word) for r, bump in RULES.items()])


def gates() -> str:
    from importlib.metadata import entry_points

    parts = []
    declared = [entry for entry in entry_points(group="relevo.gates") if entry.value.startswith("relevo.")]
    for stage in ("data", "model", "service", "image"):
        classes = [entry.load() for entry in declared if entry.name.startswith(f"{stage}.")]
        rows = [(f"`{gate.name}`", _first_paragraph(gate)) for gate in sorted(classes, key=lambda gate: str(gate.name))]
        parts.append(f"### {stage}\n\n" + table(("gate", "what it checks"), rows))
    return "\n\n".join(parts)


def _first_paragraph(gate: type) -> str:
    """Of the docstring of its module."""
    return " ".join((inspect.getdoc(sys.modules[gate.__module__]) or "").split("\n\n")[0].split())


def verbs() -> str:
    os.environ["RELEVO_LANG"] = "en"
    from click import Context

    from relevo.cli import translate
    from relevo.cli.main import relevo

    translate.install()
    top = Context(relevo, info_name="relevo", terminal_width=HELP_WIDTH)
    parts = [f"```text\n{relevo.get_help(top)}\n```"]
    for name in relevo.list_commands(top):
        if command := relevo.get_command(top, name):
            text = command.get_help(Context(command, parent=top, info_name=name, terminal_width=HELP_WIDTH))
            parts.append(f"## {name}\n\n```text\n{text}\n```")
    return "\n\n".join(parts)


def exits() -> str:
    from relevo.cli.exits import MEANINGS

    return table(("code", "meaning"), [(str(int(code)), words) for code, words in MEANINGS.items()])


def errors() -> str:
    from relevo.cli import exits as codes
    from relevo.core import errors as tree

    found: dict[str, tuple[str, str, str]] = {}
    for kind, code, text in sorted(set(_raised())):
        error = getattr(tree, kind)(code, text)
        found[f"{code} {text}"] = (f"`{code}`", str(int(codes.of_error(error))), text)
    return table(("code", "exit", "message"), sorted(found.values()))


def _raised() -> Iterator[tuple[str, str, str]]:
    """(class, code, English text) of every error that the sources raise."""
    classes = {"UsageError", "NotFoundError", "OutsideError", "FailureError", "InconclusiveError"}
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            kind = name if name in classes else "UsageError" if name == "fail" else ""
            if kind and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                texts = [text for argument in node.args for text in _marked(argument)]
                yield from ((kind, node.args[0].value, text) for text in texts)


def _marked(node: ast.AST) -> list[str]:
    """The texts marked with N_() below `node`."""
    return [
        call.args[0].value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "N_"
        and isinstance(call.args[0], ast.Constant)
    ]


def problems() -> str:
    from relevo_runtime.problems import CATALOGUE

    rows = [(f"`{code}`", str(kind.status), kind.title[0], kind.detail[0]) for code, kind in CATALOGUE.items()]
    return table(("code", "status", "title", "detail"), rows)


def starts() -> str:
    from relevo_runtime.problems import STARTS

    return table(("code", "message"), [(f"`{code}`", words[0]) for code, words in STARTS.items()])


def environment() -> str:
    from relevo_runtime import settings as runtime

    rows = re.findall(r"^\| (RELEVO_.+?) \| (.+?) \|$", runtime.__doc__ or "", re.MULTILINE)
    meaning = {name: words for names, words in rows for name in names.split(", ")}
    defaults = {runtime.PREFIX + field.name.upper(): field.default for field in fields(runtime.Settings)}
    return table(
        ("variable", "default", "meaning"),
        [(f"`{name}`", f"`{default}`", meaning[name]) for name, default in defaults.items()],
    )


MAKERS: dict[str, Callable[[], str]] = {
    made.__name__: made for made in (settings, kinds, rules, gates, verbs, exits, errors, problems, starts, environment)
}


def main(check: bool) -> int:
    stale = []
    for page in sorted(PAGES.glob("*.md")):
        old = page.read_text(encoding="utf-8")
        new = BLOCK.sub(lambda block: f"{block[1]}\n{MAKERS[block[2]]()}\n\n{block[3]}", old)
        if new != old:
            stale.append(page)
            if not check:
                page.write_text(new, encoding="utf-8")
    for page in stale:
        print(f"{page.relative_to(ROOT)} {'is out of date: python scripts/reference.py' if check else 'was rewritten'}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
