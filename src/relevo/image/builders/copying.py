"""What a Dockerfile says, followed without an engine: files become layers, and the rest the config of the image."""

import io
import re
import shlex
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from posixpath import basename, dirname, join, normpath, split
from typing import IO, Any, NoReturn

from relevo.core.errors import FailureError
from relevo.core.message import N_
from relevo.image.builder import DOCKERFILE
from relevo.image.dockerfile import Instruction, filled
from relevo.image.oci.archive import compress, written
from relevo.image.oci.layout import Layer, Layout, copy_blob, write
from relevo.image.oci.tree import Tree, cleaned

_SHELL = ["/bin/sh", "-c"]
#: What the shell reads as more than a word.
_SHELL_ONLY = re.compile(r"[;&|<>()`$]")
#: What engines give an image that has none.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


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
        self._own_command = False
        self._arguments = {"BASE": name}
        self._tree = Tree()
        self._config: dict[str, Any] = {**base.config, "config": dict(base.config.get("config") or {})}
        self._history: list[dict[str, Any]] = list(base.config.get("history") or ())
        self._layers = list(base.layers)
        for layer in base.layers:
            copy_blob(base.blob(layer.digest), folder, layer.digest)
            self._see(layer)

    def finished(self) -> Layout:
        self._run["Env"] = [f"{name}={value}" for name, value in {"PATH": _PATH, **self._environment()}.items()]
        rootfs = {"type": "layers", "diff_ids": [layer.diff_id for layer in self._layers]}
        return write(self._folder, {**self._config, "rootfs": rootfs, "history": self._history}, self._layers)

    def follow(self, instruction: Instruction) -> None:
        """One more instruction."""
        follow = _FOLLOWED.get(instruction.name)
        if follow is None:
            self._refuse(instruction, N_("`{file}`, line {line}: {name} needs an engine"))
        layers = len(self._layers)
        try:
            follow(self, instruction)
        except ValueError as error:  # quotes that are not closed
            self._refuse(instruction, N_("`{file}`, line {line}: {name} cannot be read: {reason}"), reason=str(error))
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
        for name, default in instruction.pairs().items():
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
        self._run["Entrypoint"] = _command(instruction)
        if not self._own_command:
            self._run.pop("Cmd", None)  # a command of the base was meant for its own entrypoint

    def _cmd(self, instruction: Instruction) -> None:
        self._run["Cmd"] = _command(instruction)
        self._own_command = True

    def _copy(self, instruction: Instruction) -> None:
        words = instruction.exec_form or shlex.split(self._filled(instruction.text))
        if any(word.startswith("--") for word in words) or len(words) < 2:
            self._refuse(instruction, N_("`{file}`, line {line}: {name} with options needs an engine"))
        *sources, target = words
        place = self._reached(cleaned(join(self._run.get("WorkingDir") or "/", target)))
        into = basename(target) in ("", ".", "..") or (place in self._tree and self._tree[place].folder)
        if len(sources) > 1 and not into:
            text = N_("`{file}`, line {line}: `{target}`, which takes several files, must end in `/`")
            self._refuse(instruction, text, target=target)
        files: dict[str, Path] = {}
        for source in sources:
            path = self._context / source
            if not path.resolve().is_relative_to(self._context.resolve()) or not path.exists():
                self._refuse(instruction, N_("`{file}`, line {line}: there is no `{source}` to copy"), source=source)
            if path.is_dir():
                files |= {join(place, its.relative_to(path).as_posix()): its for its in path.rglob("*")}
                if place not in self._tree:
                    files.setdefault(place, path)
            else:
                files[join(place, path.name) if into else place] = path
        files.pop("", None)  # the root is always there
        self._add(dict(self._entries(files)))

    def _reached(self, name: str) -> str:
        """Where `name` comes to lie when the links on the way to it are followed."""
        if found := self._tree.followed(name):
            return found
        folder, last = split(name)
        return join(self._reached(folder), last) if folder else name

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
        text = self._filled(instruction.text)
        words = shlex.split(text)
        if words[:2] not in (["rm", "-rf"], ["rm", "-fr"]) or _SHELL_ONLY.search(text):
            self._refuse(instruction, N_("`{file}`, line {line}: without an engine {name} can only `rm -rf`"))
        gone = set[str]()
        for folder, last in map(split, map(cleaned, words[2:])):
            gone |= {*self._tree.matching(join(self._reached(folder), last))}
        topmost = (name for name in gone if gone.isdisjoint(_above(name)))
        marks = (tarfile.TarInfo(join(dirname(name), f".wh.{basename(name)}")) for name in topmost)
        self._add({mark.name: (mark, None) for mark in marks})

    def _add(self, entries: dict[str, tuple[tarfile.TarInfo, Path | None]]) -> None:
        """A layer of `entries` and of the folders that lead to them, in the order of their names.

        A folder that is not named in a layer gets the rights that the engine gives, whatever those below it are.
        """
        for name in list(entries):
            for folder in _above(name):
                entries.setdefault(folder, (self._tree.folder(folder), None))
        ordered = [entries[name] for name in sorted(entries, key=lambda name: name.split("/"))]
        layer = compress(written(_opened(ordered)), self._folder)
        self._layers.append(layer)
        self._see(layer)

    def _see(self, layer: Layer) -> None:
        self._tree.add(Layout(self._folder), layer)


def _above(name: str) -> Iterator[str]:
    """The folders that `name` is in, but for the root, from the lowest."""
    while name := dirname(name):
        yield name


def _command(instruction: Instruction) -> list[str]:
    words = instruction.exec_form
    return [*_SHELL, instruction.text] if words is None else words


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
