"""What a Dockerfile says, followed without an engine: files become layers, and the rest the config of the image."""

import fnmatch
import io
import shlex
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from posixpath import join, normpath
from typing import IO, Any, NoReturn

from relevo.core.errors import FailureError
from relevo.core.message import N_
from relevo.image.archive import compress, written
from relevo.image.builder import DOCKERFILE
from relevo.image.dockerfile import Instruction, filled
from relevo.image.layout import Layer, Layout, copy_blob, write
from relevo.image.tree import Tree

_SHELL = ["/bin/sh", "-c"]


class Building:
    """The image of `context` on top of `base`, instruction by instruction; it comes to lie in `folder`.

    `name` is what the Dockerfile's BASE is. Every method raises FailureError, naming the line, for what only an engine
    can do.
    """

    def __init__(self, context: Path, base: Layout, name: str, folder: Path) -> None:
        self._context = context
        self._folder = folder
        self._name = name
        self._begun = False
        self._arguments = {"BASE": name}
        self._tree = Tree()
        self._config: dict[str, Any] = {**base.config, "config": dict(base.config.get("config") or {})}
        self._history: list[dict[str, Any]] = list(base.config.get("history") or ())
        self._layers = list(base.layers)
        for layer in base.layers:
            copy_blob(base.blob(layer.digest), folder, layer.digest)
            self._see(layer)

    def finished(self) -> Layout:
        rootfs = {"type": "layers", "diff_ids": [layer.diff_id for layer in self._layers]}
        return write(self._folder, {**self._config, "rootfs": rootfs, "history": self._history}, self._layers)

    def follow(self, instruction: Instruction) -> None:
        """One more instruction."""
        follow = _FOLLOWED.get(instruction.name)
        if follow is None:
            self._refuse(instruction, N_("`{file}`, line {line}: {name} needs an engine"))
        layers = len(self._layers)
        follow(self, instruction)
        if instruction.name != "FROM" and self._begun:
            empty = {} if len(self._layers) > layers else {"empty_layer": True}
            self._history.append({"created_by": str(instruction), **empty})

    def _refuse(self, instruction: Instruction, text: str, **params: str) -> NoReturn:
        raise FailureError(
            "needs-an-engine",
            text,
            hint=N_(
                "without an engine a Dockerfile can copy, describe, and remove by `RUN rm -rf`: see `builder` in "
                "[image]"
            ),
            file=DOCKERFILE,
            line=instruction.line,
            name=instruction.name,
            **params,
        )

    def _filled(self, text: str) -> str:
        return filled(text, {**self._arguments, **self._environment()})

    def _environment(self) -> dict[str, str]:
        return dict(entry.split("=", 1) for entry in self._run.get("Env") or ())

    @property
    def _run(self) -> dict[str, Any]:
        run: dict[str, Any] = self._config["config"]
        return run

    def _arg(self, instruction: Instruction) -> None:
        name, _, default = instruction.text.partition("=")
        self._arguments.setdefault(name, self._filled(default))

    def _from(self, instruction: Instruction) -> None:
        named = self._filled(instruction.text)
        if self._begun or named != self._name:
            self._refuse(
                instruction,
                N_("`{file}`, line {line}: the one base that can be taken is ${{BASE}}, and this names `{named}`"),
                named=named,
            )
        self._begun = True

    def _env(self, instruction: Instruction) -> None:
        pairs = {name: self._filled(value) for name, value in instruction.pairs().items()}
        self._run["Env"] = [f"{name}={value}" for name, value in {**self._environment(), **pairs}.items()]

    def _label(self, instruction: Instruction) -> None:
        pairs = {self._filled(name): self._filled(value) for name, value in instruction.pairs().items()}
        self._run["Labels"] = {**(self._run.get("Labels") or {}), **pairs}

    def _expose(self, instruction: Instruction) -> None:
        ports = (port if "/" in port else f"{port}/tcp" for port in self._filled(instruction.text).split())
        self._run["ExposedPorts"] = {**(self._run.get("ExposedPorts") or {}), **{port: {} for port in ports}}

    def _volume(self, instruction: Instruction) -> None:
        paths = instruction.exec_form or self._filled(instruction.text).split()
        self._run["Volumes"] = {**(self._run.get("Volumes") or {}), **{path: {} for path in paths}}

    def _user(self, instruction: Instruction) -> None:
        self._run["User"] = self._filled(instruction.text)

    def _workdir(self, instruction: Instruction) -> None:
        self._run["WorkingDir"] = normpath(join(self._run.get("WorkingDir") or "/", self._filled(instruction.text)))

    def _stopsignal(self, instruction: Instruction) -> None:
        self._run["StopSignal"] = self._filled(instruction.text)

    def _entrypoint(self, instruction: Instruction) -> None:
        self._run["Entrypoint"] = instruction.exec_form or [*_SHELL, instruction.text]
        self._run.pop("Cmd", None)  # a command of the base was meant for its own entrypoint

    def _cmd(self, instruction: Instruction) -> None:
        self._run["Cmd"] = instruction.exec_form or [*_SHELL, instruction.text]

    def _copy(self, instruction: Instruction) -> None:
        words = instruction.exec_form or shlex.split(self._filled(instruction.text))
        if any(word.startswith("--") for word in words) or len(words) < 2:
            self._refuse(instruction, N_("`{file}`, line {line}: {name} with options needs an engine"))
        *sources, target = words
        place = join(self._run.get("WorkingDir") or "/", target).lstrip("/")
        files: dict[str, Path] = {}
        for source in sources:
            path = self._context / source
            if not path.resolve().is_relative_to(self._context.resolve()) or not path.exists():
                self._refuse(instruction, N_("`{file}`, line {line}: there is no `{source}` to copy"), source=source)
            if path.is_dir():
                files |= {join(place, its.relative_to(path).as_posix()): its for its in path.rglob("*")}
                files.setdefault(place.rstrip("/"), path)
            else:
                files[join(place, path.name) if target.endswith("/") else place] = path
        self._add(dict(self._entries(files)))

    def _entries(self, files: Mapping[str, Path]) -> Iterator[tuple[str, tuple[tarfile.TarInfo, Path | None]]]:
        for name, path in files.items():
            member = tarfile.TarInfo(normpath(name))
            member.mode = path.stat().st_mode & 0o777
            if path.is_dir():
                member.type = tarfile.DIRTYPE
                yield member.name, (member, None)
            else:
                member.size = path.stat().st_size
                yield member.name, (member, path)

    def _remove(self, instruction: Instruction) -> None:
        words = shlex.split(self._filled(instruction.text))
        if words[:2] not in (["rm", "-rf"], ["rm", "-fr"]) or {"&&", ";", "|", "||"} & set(words):
            self._refuse(instruction, N_("`{file}`, line {line}: without an engine {name} can only `rm -rf`"))
        gone: dict[str, tuple[tarfile.TarInfo, Path | None]] = {}
        for pattern in words[2:]:
            for name in fnmatch.filter(self._tree, pattern.strip("/")):
                if name.count("/") != pattern.strip("/").count("/"):
                    continue  # a star of the shell does not reach into folders
                folder, _, last = name.rpartition("/")
                member = tarfile.TarInfo(f"{folder}/.wh.{last}")
                gone[member.name] = (member, None)
        self._add(gone)

    def _add(self, entries: dict[str, tuple[tarfile.TarInfo, Path | None]]) -> None:
        """A layer of `entries` and of the folders that lead to them and are new, in the order of their names."""
        for name in list(entries):
            folder = name
            while "/" in folder:
                folder = folder.rpartition("/")[0]
                if folder not in self._tree:
                    entries.setdefault(folder, (_folder(folder), None))
        ordered = [entries[name] for name in sorted(entries, key=lambda name: name.split("/"))]
        layer = compress(written(_opened(ordered)), self._folder)
        self._layers.append(layer)
        self._see(layer)

    def _see(self, layer: Layer) -> None:
        self._tree.add(Layout(self._folder), layer)


def _folder(name: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.mode = tarfile.DIRTYPE, 0o755
    return member


def _opened(entries: list[tuple[tarfile.TarInfo, Path | None]]) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
    for member, path in entries:
        yield member, io.BytesIO(path.read_bytes()) if path else None


_FOLLOWED: Mapping[str, Callable[[Building, Instruction], None]] = {
    "ARG": Building._arg,
    "FROM": Building._from,
    "ENV": Building._env,
    "LABEL": Building._label,
    "EXPOSE": Building._expose,
    "VOLUME": Building._volume,
    "USER": Building._user,
    "WORKDIR": Building._workdir,
    "STOPSIGNAL": Building._stopsignal,
    "ENTRYPOINT": Building._entrypoint,
    "CMD": Building._cmd,
    "COPY": Building._copy,
    "RUN": Building._remove,
}
