"""Over its base the image weighs no more than `maximum_mb` of `[image]`, compressed as a registry keeps it.

The evidence names each layer with its size; the last one is what a new model alone ships.
"""

from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict

MB = 1_000_000


class Size:
    name: ClassVar[str] = "size"
    guards: ClassVar[str] = "image"

    def check(self, draft: Draft) -> Verdict:
        layers = draft.facts["layers"]
        over, limit = sum(layer["bytes"] for layer in layers) / MB, draft.settings.image.maximum_mb
        text = N_("{mb} MB: {by}")
        listed = (Message(text, {"mb": round(layer["bytes"] / MB, 2), "by": layer["by"]}) for layer in layers)
        return Verdict.of(
            self.name, over <= limit, measured=round(over, 2), limit=limit, unit="MB", evidence=tuple(listed)
        )
