"""The start that most gates of the model share: load it as the service will, then ask it.

A gate of this kind is one file:

    class Polite(AskingGate):
        name: ClassVar[str] = "polite"

        def ask(self, draft: Draft, model: Model) -> Verdict:
            best, _ = model.score({"text": "por favor"})[0]
            return Verdict.of(self.name, best != "insulto")
"""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.model.words import in_words
from relevo_runtime.errors import InputError, ModelFilesError
from relevo_runtime.model import Model, load

T = TypeVar("T")

#: So much evidence is kept; the rest says the same again.
MOST = 20


class AskingGate:
    """Subclasses give `name` and `ask`. A model that cannot be loaded, or refuses a right record, has failed."""

    name: ClassVar[str]
    guards: ClassVar[str] = "model"

    def check(self, draft: Draft) -> Verdict:
        try:
            return self.ask(draft, load(draft.folder))
        except ModelFilesError as error:
            return Verdict.of(self.name, False, evidence=(in_words(error),))
        except InputError as error:
            text = N_("the model refuses a row of its own data: `{code}` in `{field}`")
            return Verdict.of(self.name, False, evidence=(Message(text, {"code": error.code, "field": error.field}),))

    def ask(self, draft: Draft, model: Model) -> Verdict:
        """Measure the loaded `model`."""
        raise NotImplementedError


def spread(items: Sequence[T], count: int) -> Sequence[T]:
    """At most `count` of `items`, spread evenly from the first on."""
    step = max(1, -(-len(items) // count))
    return items[::step]


def short(text: object) -> str:
    """A text as evidence: enough of it to find it again."""
    whole = str(text)
    return whole if len(whole) <= 200 else whole[:199] + "…"
