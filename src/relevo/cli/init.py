"""`relevo init`: a new line from a CSV file."""

from collections.abc import Sequence
from pathlib import Path

import click

from relevo.cli import adding, scaffold, terminal
from relevo.cli.exits import Exit
from relevo.cli.text import columns as aligned
from relevo.cli.translate import _, language, visible
from relevo.cli.verb import Session, argument, json_option, option, verb
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.settings import ImageSettings, Kind
from relevo.core.suggest import closest
from relevo.settings import FILE, parse


@verb(
    "init",
    details=N_(
        "Makes a folder NAME with a copy of the data, relevo.toml, which says what each column is, and the service, a "
        "dozen lines that are yours to change. The types of the other columns are found out now and fixed in "
        "relevo.toml. `--add image` adds the container image: a Dockerfile and the locked packages; without NAME, to "
        "the line that is there. Nothing is overwritten, and nothing is left half made."
    ),
    examples=(
        ("relevo init quejas --data quejas.csv --text texto --label grupo", N_("a line called quejas")),
        ("relevo init quejas … --id caso --ignore nota", N_("rows have an id; a column plays no part")),
        ("relevo init --add image", N_("the line that is there gets a container image")),
        ("relevo init quejas … --dry-run", N_("what would be made")),
    ),
    exits=(Exit.DONE, Exit.USAGE, Exit.OUTSIDE),
)
@argument(
    "name",
    required=False,
    metavar=N_("[NAME]"),
    explained=N_("The name of the line: lower-case letters, digits, hyphens."),
)
@option("--data", type=Path, metavar=N_("FILE"), help=N_("The training data, a CSV file."))
@option("--text", metavar=N_("COLUMN"), help=N_("The column with the texts."))
@option("--label", metavar=N_("COLUMN"), help=N_("The column with the group of each text."))
@option("--id", "row_id", metavar=N_("COLUMN"), help=N_("A column that names each row, so that corrections are seen."))
@option("--ignore", multiple=True, metavar=N_("COLUMN"), help=N_("A column that plays no part; may be repeated."))
@option("--add", "stage", metavar=N_("STAGE"), help=N_("Add a stage: image."))
@option("--dry-run", is_flag=True, help=N_("Say what would be made, and make nothing."))
@json_option
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - one for each option
    session: Session,
    name: str | None,
    data: Path | None,
    text: str | None,
    label: str | None,
    row_id: str | None,
    ignore: Sequence[str],
    stage: str | None,
    dry_run: bool,
    as_json: bool,
) -> Exit:
    if name is None and stage is not None:
        return _add(session, stage, dry_run, as_json)
    if name is None or data is None or text is None or label is None:
        given = {"NAME": name, "--data": data, "--text": text, "--label": label}
        raise UsageError(
            "init-incomplete",
            N_("a new line needs {missing}"),
            hint=N_("relevo init NAME --data FILE.csv --text COLUMN --label COLUMN"),
            missing=", ".join(word for word, value in given.items() if value is None),
        )
    from relevo.data.inspect import inspect  # here, because it brings the data engine along

    folder = session.start / name
    scaffold.check_name(name)
    scaffold.check_free(folder)
    source = session.start / data
    chosen: list[tuple[str, Kind]] = [(text, "text"), (label, "label"), *((header, "ignore") for header in ignore)]
    if row_id is not None:
        chosen.append((row_id, "id"))
    _refuse_two_roles(chosen)
    kinds = _with_roles(inspect(source, text, label), chosen, source)
    contents = scaffold.files(name, kinds, language())
    if stage is not None:
        adding.check(contents[FILE], stage)
        base = _base()
        document = adding.settings(contents[FILE], stage, base, language())
        contents |= {**adding.files(name, base, language()), FILE: document}
    data_name = f"data/{name}.csv"
    if not dry_run:
        scaffold.create(folder, contents, source, data_name)
    if as_json:
        terminal.out_json(
            {"folder": str(folder), "files": [*contents, data_name], "columns": kinds, "made": not dry_run}
        )
    else:
        _show(folder, [*contents, data_name], kinds, dry_run)
    return Exit.DONE


def _add(session: Session, stage: str, dry_run: bool, as_json: bool) -> Exit:
    """Adds a stage to the line that is there."""
    root = session.line().root
    text = (root / FILE).read_bytes().decode()  # as it is: line ends stay
    adding.check(text, stage)
    base = _base()
    contents = adding.files(parse(text).line.name, base, language())
    document = adding.settings(text, stage, base, language())
    made, kept = ([*contents], []) if dry_run else adding.add(root, contents, document)
    if as_json:
        terminal.out_json({"folder": str(root), "files": made, "kept": kept, "base": base, "made": not dry_run})
        return Exit.DONE
    said = N_("would make in {folder}") if dry_run else N_("made in {folder}")
    terminal.out(_(said, folder=str(root)))
    for name in made:
        terminal.out(f"  {name}")
    for name in kept:
        terminal.out("  " + _("{file} was there, and stays as it is", file=name))
    if not dry_run:
        terminal.out(_("relevo.toml has the stage `{stage}` now", stage=stage))
        terminal.hint(_("look at {file}, commit, then: relevo run", file=f"{stage}/Dockerfile"))
    return Exit.DONE


def _base() -> str:
    """The base image of a new Dockerfile: the default one, pinned where a registry can be asked for its digest."""
    from relevo.image.pinning import pinned  # here, because it brings an HTTP client along

    name = ImageSettings().base
    found = pinned(name)
    if found == name:
        terminal.note(_("`{base}` was not pinned by its digest: no registry could be asked", base=name))
    return found


def _refuse_two_roles(chosen: Sequence[tuple[str, Kind]]) -> None:
    roles: dict[str, Kind] = {}
    for header, kind in chosen:
        if roles.setdefault(header, kind) != kind:
            raise UsageError(
                "two-roles",
                N_("column `{column}` cannot be both {first} and {second}"),
                column=header,
                first=roles[header],
                second=kind,
            )


def _with_roles(found: dict[str, Kind], chosen: Sequence[tuple[str, Kind]], source: Path) -> dict[str, Kind]:
    """The kinds found in the file, with the roles that were chosen on the command line."""
    for header, _kind in chosen:
        if header not in found:
            close = closest(header, found)
            raise UsageError(
                "unknown-column",
                N_("`{file}` has no column `{column}`"),
                hint=N_("did you mean `{close}`?") if close else N_("its columns are: {known}"),
                file=str(source),
                column=header,
                close=close,
                known=list(found),
            )
    roles = dict(chosen)
    if "id" in roles.values():
        found = {header: "ignore" if kind == "id" else kind for header, kind in found.items()}
    return {**found, **roles}


def _show(folder: Path, names: Sequence[str], kinds: dict[str, Kind], dry_run: bool) -> None:
    said = N_("would make {folder} with") if dry_run else N_("made {folder} with")
    terminal.out(_(said, folder=str(folder)))
    for name in names:
        terminal.out(f"  {name}")
    terminal.out(_("columns"))
    for line in aligned([(visible(header), kind) for header, kind in kinds.items()]):
        terminal.out(f"  {line}")
    if not dry_run:
        terminal.hint(_("look at the kinds in {folder}/relevo.toml, then:", folder=folder.name))
        terminal.note(f"  cd {folder.name}\n  git init && git add . && git commit -m 'First data'\n  relevo run")
