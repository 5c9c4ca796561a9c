"""The Spanish catalogue: extract the messages of relevo (and those of click that users meet), update, compile.

    python scripts/catalogue.py           # relevo.po gets what is new, loses what is gone; relevo.mo is compiled
    python scripts/catalogue.py --check   # says what is missing, fuzzy or stale, and changes nothing; exit 1

What is new has an empty translation: fill it in, take `fuzzy` away, run again.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCES = Path(__file__).parents[1] / "src" / "relevo"
PO = SOURCES / "locale" / "es" / "LC_MESSAGES" / "relevo.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {"N_": None, "_": None, "ngettext": (1, 2), "Plural": (1, 2)}
#: click words its own errors by gettext but ships no translations; the rest of it never speaks here.
CLICK = ("core.py", "exceptions.py", "formatting.py", "parser.py", "types.py")


def extract() -> Catalog:
    """Every message in the sources as they are now."""
    template = Catalog()
    for name, path in _files():
        for _line, message, comments, context in extract_from_file("python", path, KEYWORDS):
            template.add(message, locations=[(name, None)], auto_comments=comments, context=context)
    return template


def _files() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCES.rglob("*.py")):
        yield path.relative_to(SOURCES.parent).as_posix(), path
    for name in CLICK:
        yield f"click/{name}", Path(click.__file__).with_name(name)


def read() -> Catalog:
    """The catalogue as it was committed."""
    with PO.open("rb") as file:
        return read_po(file, locale="es")


def compiled(catalogue: Catalog) -> bytes:
    """What relevo.mo must hold."""
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def problems(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """What a complete catalogue does not have: a missing, fuzzy or stale entry, or other fields than the original."""
    for message in template:
        if message.id and message.id not in catalogue:
            yield f"missing: {message.id!r}"
    for message in catalogue:
        if not message.id:
            continue
        ids, forms = _forms(message.id), _forms(message.string)
        if message.id not in template:
            yield f"stale: {message.id!r}"
        elif not all(forms):
            yield f"not translated: {message.id!r}"
        elif message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif any(_fields(form) != _fields(original) for original, form in zip(ids, forms, strict=True)):
            yield f"other fields: {message.id!r} → {message.string!r}"


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The singular and the plural; English and Spanish have one of each."""
    return text if isinstance(text, tuple) else (text,)


def _fields(text: str) -> set[tuple[str, str | None, str | None]]:
    """The `{fields}` of a text, with the way in which each is written."""
    return {(name, spec, conversion) for _text, name, spec, conversion in Formatter().parse(text) if name}


def update() -> None:
    """Bring relevo.po and relevo.mo up to date with the sources."""
    catalogue = read()
    catalogue.update(extract(), no_fuzzy_matching=True, update_creation_date=False)
    with PO.open("wb") as file:
        write_po(file, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    MO.write_bytes(compiled(read()))


def main() -> int:
    if "--check" not in sys.argv:
        update()
    found = list(problems(read(), extract()))
    if MO.read_bytes() != compiled(read()):
        found.append("relevo.mo is not what relevo.po gives")
    print("\n".join(found) or f"complete: {len(read())} messages", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
