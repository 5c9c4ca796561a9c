"""The model stage: from the rows of the data to a model that answers."""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

from relevo.core.artifact import Artifact, Draft, Made
from relevo.core.change import Change
from relevo.core.errors import UsageError
from relevo.core.message import N_, Message
from relevo.core.plan import Planned, Stop
from relevo.core.ports import Progress
from relevo.core.settings import Settings
from relevo.tools.files import unwritable

#: Raise it when the same rows and settings would make other files: features, training, or the files' format.
TRAINER = 1

#: What the bits of a model depend on besides our own code, by the name of its distribution.
_LIBRARIES = ("numpy", "scikit-learn", "scipy")


class ModelStage:
    """Trains with scikit-learn, exports for the runtime. What is imported here is paid by every `relevo plan`."""

    name: ClassVar[str] = "model"
    takes: ClassVar[tuple[str, ...]] = ("data",)

    def __init__(self, root: Path, settings: Settings) -> None:  # noqa: ARG002 - the port's
        self._settings = settings.model
        self._data = settings.data

    def recipe(self) -> Mapping[str, str]:
        """The settings that change what comes out, and the versions of what computes it.

        Raises UsageError when a variable has the name that the text goes by in the model.
        """
        if "text" in self._data.variables:
            raise UsageError(
                "reserved-name",
                N_("the variable `text` cannot be told from the text, which the model calls so too"),
                hint=N_("rename the column `text` in the data and below [data.columns]"),
            )
        its = self._settings
        return {
            "trainer": str(TRAINER),
            "c": str(its.c),
            "holdout": str(its.holdout),
            "seed": str(its.seed),
            **{library: version(library) for library in _LIBRARIES},
        }

    def stops(self, upstream: Mapping[str, Planned], inputs: Mapping[str, Artifact]) -> tuple[Stop, ...]:  # noqa: ARG002
        """Never: no code of the user's is here that the data could outgrow."""
        return ()

    def foresee(self, base: Artifact | None, aside: Path, progress: Progress) -> tuple[Change, ...] | None:  # noqa: ARG002
        return None

    def make(self, inputs: Mapping[str, Artifact], folder: Path, progress: Progress) -> Made:
        """Train and export. Raises FailureError when the rows do not allow it, OutsideError when the disk does not."""
        # scikit-learn takes a second to import: only making needs it.
        from relevo.model.evaluate import answers, evaluate
        from relevo.model.export import export
        from relevo.model.train import make, rows_of
        from relevo_runtime.model import load

        data = inputs["data"]
        original = make(data, self._settings, progress.step)
        try:
            export(original, folder)
        except OSError as error:
            raise unwritable(folder, error) from error
        rows = rows_of(data)
        heldout = rows.heldout(self._settings.holdout)
        progress.step(Message(N_("asking for {rows} held-out rows"), {"rows": len(heldout)}))
        measured = evaluate(original.groups, heldout.labels, answers(load(folder), heldout))
        facts: dict[str, Any] = {
            "groups": list(original.groups),
            "inputs": [
                {"name": given.name, "type": given.type, "required": True, "nullable": given.nullable}
                for given in original.inputs
            ],
            "holdout": self._settings.holdout,
            "rows": {"train": len(rows) - len(heldout), "heldout": len(heldout)},
            "accuracy": measured.accuracy,
            "heldout_groups": {group: score.to_json() for group, score in measured.groups.items()},
        }
        return Made(facts)

    def changes(self, base: Artifact, made: Made, folder: Path) -> tuple[Change, ...]:  # noqa: ARG002
        from relevo.model.facts import changes

        return changes(base.facts, made.facts)

    def finish(self, draft: Draft) -> None:
        """Nothing in the files depends on the version."""
