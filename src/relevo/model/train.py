"""Trains the original: the model as scikit-learn computes it, which the exported one must equal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import FeatureUnion

from relevo.core.artifact import Artifact
from relevo.core.errors import FailureError
from relevo.core.message import N_, Message
from relevo.core.settings import ModelSettings
from relevo.model.classifier import CalibratedSVC
from relevo.model.features import contract, fit, scales, union
from relevo.model.rows import Record, Rows, read
from relevo_runtime.inputs import Input, check
from relevo_runtime.variables import Scale


@dataclass(frozen=True, slots=True)
class Original:
    """A trained model that still needs scikit-learn. `groups` in alphabetical order."""

    groups: tuple[str, ...]
    inputs: tuple[Input, ...]
    scales: Mapping[str, Scale]
    features: FeatureUnion
    classifier: CalibratedSVC

    def probabilities(self, records: Sequence[Record]) -> NDArray[np.float64]:
        """(records, groups), each row adding up to 1."""
        values = [check(self.inputs, record) for record in records]
        return self.classifier.probabilities(self.features.transform(values))


Say = Callable[[Message], object]

#: What was made last in this process: the gates ask for it again. One entry, since it may be large.
_made: dict[tuple[str, float, float, int], Original] = {}


def original(data: Artifact, settings: ModelSettings) -> Original:
    """The original that was trained last, when it was on `data` with these settings; else trained now."""
    return _made.get(_key(data, settings)) or make(data, settings, lambda _: None)


def make(data: Artifact, settings: ModelSettings, say: Say) -> Original:
    """Train, and keep it for `original`. Raises FailureError as `train` does."""
    trained = train(data, settings, say)
    _made.clear()
    _made[_key(data, settings)] = trained
    return trained


def _key(data: Artifact, settings: ModelSettings) -> tuple[str, float, float, int]:
    return data.output_digest, settings.holdout, settings.c, settings.seed


def rows_of(data: Artifact) -> Rows:
    """The rows of a data artifact."""
    return read(data.folder, sorted(data.facts["variables"]))


def train(data: Artifact, settings: ModelSettings, say: Say) -> Original:
    """Train on the rows of `data` that are not held out, telling `say` how far it is.

    Raises FailureError when there are fewer than two groups, or one has no row to train on.
    """
    rows = rows_of(data)
    training = rows.training(settings.holdout)
    groups = _groups(rows, training, settings.holdout)
    inputs = contract(data.facts["variables"], rows.records)
    values = [check(inputs, record) for record in training.records]
    number_scales = scales(inputs, values)
    features = union(inputs, number_scales)
    say(Message(N_("finding features in {rows} texts"), {"rows": len(training)}))
    fit(features, values)
    say(Message(N_("training {groups} groups"), {"groups": len(groups)}))
    place = {group: number for number, group in enumerate(groups)}
    y = np.array([place[label] for label in training.labels])
    classifier = CalibratedSVC(settings.c, settings.seed).fit(features.transform(values), y)
    return Original(groups, inputs, number_scales, features, classifier)


def _groups(rows: Rows, training: Rows, holdout: float) -> tuple[str, ...]:
    groups = tuple(sorted(set(rows.labels)))
    if len(groups) < 2:
        raise FailureError(
            "one-group",
            N_("the data has {count} groups, and a classifier needs two or more"),
            hint=N_("add rows of another group to the data"),
            count=len(groups),
        )
    trained = set(training.labels)
    for group in groups:
        if group not in trained:
            raise FailureError(
                "nothing-to-train-on",
                N_("all {rows} rows of the group `{group}` are held out for measuring; none is left to train on"),
                hint=N_("add rows with other texts to `{group}`, or lower `holdout` (now {holdout}) below [model]"),
                group=group,
                rows=rows.labels.count(group),
                holdout=holdout,
            )
    return groups
