"""What the gates of the image share that look at it without starting it, and where in the Dockerfile a thing is said.

A gate of this kind is one file:

    class Labelled(LookingGate):
        name: ClassVar[str] = "labelled"

        def look(self, draft: Draft, layout: Layout) -> Verdict:
            return Verdict.of(self.name, "relevo.line" in layout.config["config"]["Labels"])
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.errors import FailureError
from relevo.core.message import N_
from relevo.core.verdict import Verdict
from relevo.image.dockerfile import Instruction, layered, parse
from relevo.image.oci.layout import BROKEN, Layer, Layout
from relevo.image.oci.tree import Tree, cleaned, is_mark
from relevo.image.stage import OCI

#: So many findings are shown.
SHOWN = 20
_UNREADABLE = (OSError, *BROKEN)


class LookingGate:
    """Subclasses give `name` and `look`. An image that cannot be read has failed."""

    name: ClassVar[str]
    guards: ClassVar[str] = "image"

    def check(self, draft: Draft) -> Verdict:
        layout = Layout(draft.folder / OCI)
        try:
            with readable(layout):
                _ = layout.layers, layout.config["config"]
            return self.look(draft, layout)
        except FailureError as error:
            return Verdict.of(self.name, False, evidence=(error.message,))

    def look(self, draft: Draft, layout: Layout) -> Verdict:
        """Look at the image; whatever reads a layer does so within `readable`."""
        raise NotImplementedError


@contextmanager
def readable(layout: Layout) -> Iterator[None]:
    """What goes wrong in this block is the image's fault. Raises FailureError."""
    try:
        yield
    except _UNREADABLE as error:
        raise FailureError(
            "image-broken",
            N_("the image in `{folder}` cannot be read: {reason}"),
            folder=layout.folder.name,
            reason=f"{type(error).__name__}: {error}",
        ) from error


def own_layers(draft: Draft, layout: Layout) -> tuple[Layer, ...]:
    """Those above the base."""
    return layout.layers[draft.facts["base_layers"] :]


def own_tree(draft: Draft, layout: Layout) -> Tree:
    """What the layers above the base bring."""
    tree = Tree()
    with readable(layout):
        for layer in own_layers(draft, layout):
            tree.add(layout, layer)
    return tree


def files(layout: Layout, layer: Layer, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Every wanted file that one layer brings, with its content. Raises FailureError when it cannot be read."""
    with readable(layout), layout.open(layer) as tar:
        for member in tar:
            name = cleaned(member.name)
            if member.isreg() and not is_mark(name) and wanted(name):
                file = tar.extractfile(member)
                yield name, file.read() if file else b""


class Places:
    """Where the parts of an image come from, as far as that can be known: `image/Dockerfile:12`."""

    def __init__(self, draft: Draft, layout: Layout) -> None:
        self.dockerfile = draft.settings.image.dockerfile
        self._path: Path = draft.root / self.dockerfile
        self._base = draft.facts["base"]["name"]
        self._base_layers: int = draft.facts["base_layers"]
        self._layers = own_layers(draft, layout)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the Dockerfile; none when it is gone."""
        try:
            return self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []

    @cached_property
    def instructions(self) -> list[Instruction]:
        return parse("\n".join(self.lines))

    def at(self, line: int) -> str:
        return f"{self.dockerfile}:{line}"

    def of_instruction(self, *names: str) -> str:
        """The last instruction that is called by one of `names`."""
        lines = [each.line for each in self.instructions if each.name in names]
        return self.at(lines[-1]) if lines else self.dockerfile

    def of_layer(self, place: int) -> str:
        """The instruction that made the layer at `place` of the image, or the base."""
        if place < self._base_layers:
            return str(self._base)
        return self._made[place - self._base_layers]

    @cached_property
    def _made(self) -> list[str]:
        """For each own layer, what its instruction, which it knows by its text, is called."""
        made = [self.dockerfile] * len(self._layers)
        pairs = zip(self._layers, layered(self.instructions), strict=False)
        for place, (layer, instruction) in enumerate(pairs):
            if layer.by == str(instruction):
                made[place] = self.at(instruction.line)
        return made
