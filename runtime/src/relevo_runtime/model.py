"""A model that answers: text (and variables) → every group with its probability."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from pathlib import Path

from relevo_runtime.files import read_description, read_vocabulary, read_weights, refuse_strangers
from relevo_runtime.inputs import Input, Value, check

Answer = list[tuple[str, float]]

_second = itemgetter(1)


class Model:
    """`groups` in alphabetical order, `inputs` in the order of the data's contract.

    `probabilities` computes: checked values → one number a group, in their order, adding up to 1.
    """

    def __init__(
        self,
        groups: Sequence[str],
        inputs: Sequence[Input],
        probabilities: Callable[[Mapping[str, Value]], Sequence[float]],
    ) -> None:
        self.groups = tuple(groups)
        self.inputs = tuple(inputs)
        self._probabilities = probabilities

    def check(self, record: Mapping[str, object]) -> None:
        """Raises InputError when `record` cannot be answered; what is not an input of the model is not looked at."""
        check(self.inputs, record)

    def score(self, record: Mapping[str, object]) -> Answer:
        """Every group with its probability, the most likely first, equals by name; they add up to 1.

        Raises InputError.
        """
        probabilities = self._probabilities(check(self.inputs, record))
        return sorted(zip(self.groups, probabilities, strict=True), key=_second, reverse=True)

    def score_many(self, records: Iterable[Mapping[str, object]]) -> list[Answer]:
        """`score` for each record, in their order. Raises InputError for the first that cannot be answered."""
        return [self.score(record) for record in records]


def load(folder: Path) -> Model:
    """The model in `folder`, its weights mapped into memory. Raises ModelFilesError; never runs code from there."""
    # numpy is a third of the start: only who computes pays for it.
    from relevo_runtime.linear import Linear

    refuse_strangers(folder)
    description = read_description(folder)
    vocabulary = read_vocabulary(folder, description)
    linear = Linear(description, vocabulary, read_weights(folder, description, vocabulary))
    return Model(description.groups, description.inputs, linear.probabilities)


def constant(folder: Path) -> Model:
    """The groups and inputs of the model in `folder`, every group as likely as the other, and nothing to compute."""
    refuse_strangers(folder)
    description = read_description(folder)
    even = [1 / len(description.groups)] * len(description.groups)
    return Model(description.groups, description.inputs, lambda _: even)
