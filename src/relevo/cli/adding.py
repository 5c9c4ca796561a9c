"""Adding a stage to a line that is there: its files, and what relevo.toml says of it."""

from collections.abc import Mapping
from pathlib import Path
from string import Template

from relevo.cli.scaffold import TEMPLATES
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.settings import FILE, parse
from relevo.tools.files import write_text

#: What can be added, and which stages it needs before it.
STAGES: Mapping[str, str] = {"image": "service"}
#: Where each file of the image comes from; those in a folder of a language are in that language.
_IMAGE = {
    "image/Dockerfile": "{language}/Dockerfile.txt",
    "image/requirements.in": "requirements.in.txt",
    "image/requirements.txt": "requirements.txt",
}


def check(text: str, stage: str) -> None:
    """Raises UsageError when `stage` cannot be added to the line whose relevo.toml is `text`: it is no such stage, is
    there already, or lacks the one before it."""
    if stage not in STAGES:
        raise UsageError(
            "cannot-add",
            N_("`{stage}` is nothing that can be added to a line"),
            hint=N_("known here: {known}"),
            stage=stage,
            known=", ".join(STAGES),
        )
    stages = parse(text).line.stages
    if stage in stages:
        raise UsageError(
            "stage-there",
            N_("this line has the stage `{stage}` already"),
            hint=N_("`relevo plan` says what would be made"),
            stage=stage,
        )
    if STAGES[stage] not in stages:
        raise UsageError(
            "stage-missing",
            N_("stage `{name}` takes `{takes}`, which is not among the stages of this line"),
            hint=N_("add it to [line] stages in relevo.toml"),
            name=stage,
            takes=STAGES[stage],
        )


def files(name: str, base: str, language: str) -> dict[str, str]:
    """Relative path → content of the files of the image in the line `name`; `base` is the image to start from."""
    return {path: _filled(source.format(language=_folder(language)), name, base) for path, source in _IMAGE.items()}


def settings(text: str, stage: str, base: str, language: str) -> str:
    """relevo.toml, given as `text`, with `stage` among its stages and with the section of that stage.

    Comments, order and line ends stay.
    """
    import tomlkit

    line = parse(text).line
    document = tomlkit.parse(text)
    document["line"]["stages"] = [*line.stages, stage]
    section = _filled(f"{_folder(language)}/{stage}.toml.txt", line.name, base)
    parts = filter(None, (tomlkit.dumps(document), _absent(section, document)))
    joined = "\n\n".join(part.rstrip() for part in parts) + "\n"
    return joined.replace("\r\n", "\n").replace("\n", "\r\n" if "\r\n" in text else "\n")


def _folder(language: str) -> str:
    return "es" if language == "es" else "en"


def _absent(section: str, document: Mapping[str, object]) -> str:
    """Those tables of `section` that `document` does not have."""
    tables = section.split("\n\n")
    return "\n\n".join(table for table in tables if table.split("]")[0].strip("[").split(".")[0] not in document)


def _filled(template: str, name: str, base: str) -> str:
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(name=name, base=base)


def add(root: Path, contents: Mapping[str, str], document: str) -> tuple[list[str], list[str]]:
    """Write `contents` and relevo.toml into the line in `root`; the files that were made, and those that were kept.

    A file that is there is kept as it is, and relevo.toml comes last: after a kill the same call goes on. Raises
    OutsideError when something cannot be written.
    """
    kept = [name for name in contents if (root / name).exists()]
    for name, content in contents.items():
        if name not in kept:
            write_text(root / name, content)
    write_text(root / FILE, document)
    return [name for name in contents if name not in kept], kept
