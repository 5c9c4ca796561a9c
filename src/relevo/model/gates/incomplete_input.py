"""An incomplete or wrong record gets the known error: for each input, missing, null, empty and of a wrong type.

What is asked for comes from the facts, which the service relies on, not from the model's own files.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.model.gates.asking import AskingGate
from relevo.model.rows import Record
from relevo.model.train import rows_of
from relevo_runtime.errors import EMPTY_TEXT, MISSING_FIELD, NULL_FIELD, WRONG_TYPE, InputError
from relevo_runtime.model import Model

_WRONG: Mapping[str, Any] = {"text": 5, "category": 5, "number": "five", "boolean": "maybe", "date": "31/12/2024"}


class IncompleteInput(AskingGate):
    name: ClassVar[str] = "incomplete-input"

    def ask(self, draft: Draft, model: Model) -> Verdict:
        # With a text of ours and every variable filled in, so far as one row has it.
        complete: dict[str, object] = {"text": "?"}
        for record in rows_of(draft.inputs["data"]).records:
            complete |= {name: value for name, value in record.items() if value is not None and name not in complete}
        cases = [case for wanted in draft.facts["inputs"] for case in _cases(wanted, complete)]
        evidence = [
            Message(
                N_("`{field}` given as {value}: the error `{wanted}` was expected, and there was {found}"),
                {"field": field, "value": value, "wanted": f"{code} {field}", "found": found},
            )
            for field, value, record, code in cases
            if (found := _error(model, record)) != f"{code} {field}"
        ]
        return Verdict.of(
            self.name,
            not evidence,
            measured=len(cases) - len(evidence),
            limit=len(cases),
            unit="errors",
            evidence=tuple(evidence),
        )


def _cases(wanted: Mapping[str, Any], complete: Record) -> Iterator[tuple[str, str, Record, str]]:
    """(field, what is given, the record with it, the error's code)"""
    name, kind = wanted["name"], wanted["type"]
    yield name, "(missing)", {field: value for field, value in complete.items() if field != name}, MISSING_FIELD
    wrong = {WRONG_TYPE: [_WRONG[kind]]}
    if not wanted["nullable"]:
        wrong[NULL_FIELD] = [None]
        if kind == "category":
            wrong[NULL_FIELD].append(" ")
    if kind == "text":
        wrong[EMPTY_TEXT] = ["", " \t"]
    for code, values in wrong.items():
        for value in values:
            yield name, repr(value), {**complete, name: value}, code


def _error(model: Model, record: Record) -> str:
    try:
        model.score(record)
    except InputError as error:
        return f"{error.code} {error.field}"
    return "—"
