"""The image that everything stands on: what it is, read from its files, so that nothing of it has to run."""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relevo.core.errors import OutsideError, UsageError
from relevo.core.message import N_
from relevo.image.builder import FOLDER, Builder
from relevo.image.oci.archive import Cache, Saved
from relevo.image.oci.layout import BROKEN, Layout
from relevo.image.oci.tree import WHOLE, Tree
from relevo.image.packages import system
from relevo.tools.files import write_text

_FORMAT = 3
_PYTHON = re.compile(r"python(3\.\d+)")
_RELEASES = ("etc/os-release", "usr/lib/os-release")


@dataclass(frozen=True, slots=True)
class Base:
    """`reference` is as it was asked for; `image_id` the digest of its config; `layers` its diff_ids, from the bottom.

    `python` is the minor version of the `python3` on its PATH (`3.12`), `os` its release (`debian 12`), `packages`
    maps each package of its distribution to its version. `environment` are its variables.
    """

    reference: str
    image_id: str
    architecture: str
    layers: tuple[str, ...]
    environment: Mapping[str, str]
    python: str
    os: str
    musl: bool
    packages: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The digest it is pinned by, else that of its config."""
        pinned = re.search(r"@(sha256:[0-9a-f]{64})$", self.reference)
        return pinned[1] if pinned else self.image_id

    @property
    def name(self) -> str:
        """What it is called wherever it is; "" for a folder, which is called so on this machine only."""
        return "" if self.reference.startswith(FOLDER) else self.reference.partition("@")[0]


def located(reference: str, root: Path) -> str:
    """`reference` as a builder takes it: a folder (`oci:PATH`) is meant from the folder `root` of the line."""
    path = reference.removeprefix(FOLDER)
    return f"{FOLDER}{root / path}" if reference.startswith(FOLDER) else reference


def read(builder: Builder, reference: str, aside: Path, cache: Path) -> Base:
    """The base image `reference`, brought here when it is not. What was found out of it is kept in `cache`.

    Raises OutsideError when it cannot be had, UsageError when it has no Python or is for another machine.
    """
    image_id = builder.base(reference)
    known = cache / "bases" / f"{image_id.removeprefix('sha256:')}.json"
    described = _known(known)
    if described is None:
        described = _describe(builder, image_id, aside, cache)
        write_text(known, json.dumps({"format": _FORMAT, **described}, indent=1))
    base = Base(reference=reference, image_id=image_id, **{**described, "layers": tuple(described["layers"])})
    _check(base, builder.architecture())
    return base


def _known(path: Path) -> dict[str, Any] | None:
    try:
        described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return described if described.pop("format") == _FORMAT else None
    except (OSError, ValueError, KeyError):
        return None


def _describe(builder: Builder, image_id: str, aside: Path, cache: Path) -> dict[str, Any]:
    archive = aside / "base.tar"
    builder.save(image_id, archive)
    try:
        config = Saved(archive).config()
        layout = Layout(aside / "base")
        diff_ids = tuple(config["rootfs"]["diff_ids"])
        layers = Saved(archive).layers(layout.folder, diff_ids, Cache(cache))
        files = _Files()
        for layer in layers:
            files.tree.add(layout, layer)
    except BROKEN as error:
        raise OutsideError(
            "base-unreadable", N_("the base image cannot be read: {reason}"), reason=f"{type(error).__name__}: {error}"
        ) from error
    finally:
        archive.unlink(missing_ok=True)
    environment = dict(entry.split("=", 1) for entry in config.get("config", {}).get("Env") or ())
    return {
        "architecture": config["architecture"],
        "layers": diff_ids,
        "environment": environment,
        "python": files.python(environment.get("PATH", "/usr/local/bin:/usr/bin:/bin")),
        "os": files.os(),
        "musl": files.musl,
        "packages": files.packages(),
    }


def _check(base: Base, architecture: str) -> None:
    if base.architecture != architecture:
        raise UsageError(
            "base-other-platform",
            N_("the base image `{base}` is for {theirs}, and here images are built for {ours}"),
            hint=N_("name one for {ours}: `base` in [image], or the variable RELEVO_BASE"),
            base=base.reference,
            theirs=base.architecture,
            ours=architecture,
        )
    if not base.python:
        raise UsageError(
            "base-without-python",
            N_("the base image `{base}` has no `python3` on its PATH"),
            hint=N_("name one that has: `base` in [image], for example python:3.12-slim"),
            base=base.reference,
        )
    if tuple(map(int, base.python.split("."))) < (3, 11):
        raise UsageError(
            "base-python-old",
            N_("the base image `{base}` has Python {python}, and the service needs 3.11 or later"),
            hint=N_("name a newer one: `base` in [image], for example python:3.12-slim"),
            base=base.reference,
            python=base.python,
        )


class _Files:
    """What of the files of an image must be known: which Python, which release, which packages."""

    def __init__(self) -> None:
        self.tree = Tree(lambda name: WHOLE if name in _RELEASES else system.keep(name))

    def python(self, path: str) -> str:
        """`3.12`: where the first `python3` of PATH leads; "" when there is none."""
        for folder in path.split(":"):
            name = self.tree.followed(f"{folder.strip('/')}/python3")
            if match := _PYTHON.fullmatch(posixpath.basename(name)):
                return match[1]
        return ""

    def os(self) -> str:
        """`debian 12`."""
        text = self.tree.content(*_RELEASES).decode(errors="replace")
        fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.MULTILINE))
        return f"{fields.get('ID', '')} {fields.get('VERSION_ID', '')}".strip()

    @property
    def musl(self) -> bool:
        return any(name.startswith(("lib/ld-musl-", "usr/lib/ld-musl-")) for name in self.tree)

    def packages(self) -> dict[str, str]:
        """Name → version of what dpkg or apk installed."""
        return {each.name: each.version for each in system.packages(self.tree)}
