"""Built once more from the same service, in another folder and without anything kept from the first time, the image is
the same to the last byte: the same layers, the same id."""

import tempfile
from itertools import zip_longest
from pathlib import Path
from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.errors import FailureError
from relevo.core.message import N_, Message
from relevo.core.ports import Silent
from relevo.core.verdict import Verdict
from relevo.image.build import build
from relevo.image.builder import choose
from relevo.image.labels import stamp
from relevo.image.oci.layout import Layer, Layout
from relevo.image.stage import OCI


class Reproducible:
    name: ClassVar[str] = "reproducible"
    guards: ClassVar[str] = "image"

    def check(self, draft: Draft) -> Verdict:
        image, first = draft.settings.image, Layout(draft.folder / OCI)
        builder = choose(image.builder, image.build_args)
        with tempfile.TemporaryDirectory(prefix=".again-", dir=draft.folder.parent) as folder:
            aside = Path(folder)
            scratch = aside / "scratch"
            scratch.mkdir()
            try:
                again = build(
                    builder, draft.root, draft.settings, draft.inputs["service"], aside / OCI, scratch, Silent()
                ).layout
            except FailureError as error:
                return Verdict.of(self.name, False, evidence=(error.message,))
            differing = tuple(
                _differs(one or other, place)
                for place, (one, other) in enumerate(zip_longest(first.layers, again.layers), 1)
                if one is None or other is None or one.diff_id != other.diff_id
            )
            labels = first.config["config"]["Labels"]
            same = not differing and stamp(again, labels, "").image_id == first.image_id
        if not (same or differing):
            differing = (Message(N_("the layers are the same, but not how the image is started, or its labels")),)
        return Verdict.of(self.name, same, evidence=differing)


def _differs(layer: Layer | None, place: int) -> Message:
    text = N_("layer {place} comes out differently each time: {by}: what does it write that depends on time or chance?")
    return Message(text, {"place": place, "by": layer.by if layer else "—"})
