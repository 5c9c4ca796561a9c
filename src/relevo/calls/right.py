"""Right calls, and what is wrong with their answers: GET, GET with a body and POST, one text and many."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from relevo.calls.asking import get, post, short, unexpected
from relevo.calls.names import OPENAPI
from relevo.calls.rows import Row
from relevo.calls.scores import NO_SCORES, Scores, apart, is_scores
from relevo.calls.serving import MOST_BYTES, Address
from relevo.calls.subject import Subject
from relevo.core.message import N_, Message
from relevo.tools.http import Answer
from relevo.tools.measure.counting import Answer as Judged
from relevo.tools.measure.counting import count

#: Texts asked one by one in every way, and in one list.
SINGLE, MANY = 10, 500
#: Longer addresses are left to POST, as a proxy on the way might do.
LONGEST_ADDRESS = 2_000
TOLERANCE = 1e-6
#: The sample misses the model's accuracy by chance in one of ten thousand healthy services.
CONFIDENCE = 0.9998


def right_calls(subject: Subject, address: Address) -> Iterator[list[Message]]:
    """What is wrong with each right call of the service at `address`; an empty list: nothing.

    The texts are rows of the data, the held-out ones first. Raises OutsideError when no answer comes.
    """
    asked = subject.rows(MANY)
    caller = _Caller(subject, address)
    yield from caller.each(asked[:SINGLE])
    yield caller.many(_fitting(asked))
    yield from caller.around()


class _Caller:
    """Each call gives the list of what was wrong with it."""

    def __init__(self, subject: Subject, address: Address) -> None:
        self._subject = subject
        self._address = address
        self._path = subject.path
        self._model = subject.model
        self._version = {
            "servicio": str(subject.version),
            "modelo": str(subject.model.version),
            "datos": str(subject.data.version),
        }

    def each(self, asked: Sequence[Row]) -> Iterator[list[Message]]:
        for row in asked:
            first = post(self._address, self._path, row.body())
            shown = row.body().decode()
            yield self._one(f"POST {self._path} {shown}", first)
            body_in_get = get(self._address, self._path, row.body())
            yield self._same(f"GET {self._path} {shown}", body_in_get, first)
            target = f"{self._path}?{row.query()}"
            if len(target) <= LONGEST_ADDRESS:
                yield self._same(f"GET {target}", get(self._address, target), first)

    def many(self, asked: Sequence[Row]) -> list[Message]:
        """One list of all texts: as many answers, the same as one by one, and as right as the model is."""
        answer = post(self._address, self._path, json.dumps([dict(row.fields) for row in asked]).encode())
        call = f"POST {self._path} [{len(asked)} ×]"
        if answer.status != 200:
            return [unexpected(call, answer, 200)]
        told = answer.json()
        several = told.get("resultados") if isinstance(told, dict) else None
        if not isinstance(several, list) or len(several) != len(asked):
            return [_wrong(call, N_("`{call}`: `resultados` is no list of {rows} answers"), rows=len(asked))]
        messages = [message for scores in several for message in self._scores(call, scores)]
        if not messages:
            if asked:
                alone = post(self._address, self._path, asked[0].body())
                messages += self._one(f"POST {self._path}", alone)
                if not messages and not _close(several[0], alone.json()["resultado"]):
                    messages.append(_wrong(call, N_("`{call}`: the scores differ from those of one text alone")))
            messages += self._accuracy(asked, several)
        return [*messages, *self._versions(call, told)]

    def around(self) -> Iterator[list[Message]]:
        """What is offered besides: the list of models, the API, the documentation, health."""
        models = self._subject.models_path
        yield self._listing(f"GET {models}", get(self._address, models))
        api = get(self._address, "/openapi.json")
        text = (self._subject.folder / OPENAPI).read_text(encoding="utf-8")
        if api.status == 200 and api.json() != json.loads(text):
            yield [
                _wrong("GET /openapi.json", N_("`{call}`: the document is another than the artifact's openapi.json"))
            ]
        else:
            yield [] if api.status == 200 else [unexpected("GET /openapi.json", api, 200)]
        for target in ("/docs", "/health/live", "/health/ready", "/metrics"):
            answer = get(self._address, target)
            yield [] if answer.status == 200 else [unexpected(f"GET {target}", answer, 200)]

    def _listing(self, call: str, answer: Answer) -> list[Message]:
        if answer.status != 200:
            return [unexpected(call, answer, 200)]
        told = answer.json()
        models = told.get("modelos", []) if isinstance(told, dict) else []
        if not any(isinstance(each, dict) and each.get("ruta") == self._path for each in models):
            return [_wrong(call, N_("`{call}`: the model at `{path}` is not listed"), path=self._path)]
        return []

    def _one(self, call: str, answer: Answer) -> list[Message]:
        if answer.status != 200:
            return [unexpected(call, answer, 200)]
        told = answer.json()
        scores = told.get("resultado") if isinstance(told, dict) else None
        return [*self._scores(call, scores), *self._versions(call, told)]

    def _same(self, call: str, answer: Answer, first: Answer) -> list[Message]:
        messages = self._one(call, answer)
        if messages or first.status != 200 or self._one(call, first):
            return messages
        if not _close(answer.json()["resultado"], first.json().get("resultado")):
            return [_wrong(call, N_("`{call}`: the scores differ from those of POST"))]
        return []

    def _scores(self, call: str, scores: Any) -> list[Message]:
        """What is wrong with one answer's scores: at most one thing."""
        if not is_scores(scores):
            return [_wrong(call, NO_SCORES)]
        values = [value for _, value in scores]
        if abs(sum(values) - 1) > TOLERANCE:
            return [_wrong(call, N_("`{call}`: the scores add up to {sum}, not to 1"), sum=round(sum(values), 6))]
        if any(left < right for left, right in pairwise(values)):
            return [_wrong(call, N_("`{call}`: the scores are not sorted, the highest first"))]
        if sorted(group for group, _ in scores) != sorted(self._model.facts["groups"]):
            return [_wrong(call, N_("`{call}`: the groups are not those of the model"))]
        return []

    def _versions(self, call: str, told: Any) -> list[Message]:
        found = told.get("version") if isinstance(told, dict) else None
        if found == self._version:
            return []
        params = {"found": json.dumps(found), "wanted": json.dumps(self._version)}
        return [_wrong(call, N_("`{call}`: `version` is {found} instead of {wanted}"), **params)]

    def _accuracy(self, asked: Sequence[Row], several: Sequence[Scores]) -> list[Message]:
        pairs = [(row.label, scores[0][0]) for row, scores in zip(asked, several, strict=True) if row.heldout]
        right = sum(label == group for label, group in pairs)
        wanted = self._model.facts["accuracy"]
        if count(right, len(pairs), wanted, CONFIDENCE).answer is not Judged.MISSED:
            return []
        params: Mapping[str, Any] = {"right": right, "n": len(pairs), "wanted": round(100 * wanted, 2)}
        text = N_("only {right} of {n} held-out texts got the right group, and the model gives it to {wanted} %")
        return [Message(text, params)]


def _fitting(asked: Sequence[Row]) -> Sequence[Row]:
    """As many of the first rows as surely fit into one body."""
    sizes = accumulate(len(row.body()) for row in asked)
    return [row for row, size in zip(asked, sizes, strict=True) if size <= MOST_BYTES // 2]


def _close(some: Scores, others: Scores) -> bool:
    """The same groups with the same scores, up to rounding."""
    return is_scores(some) and is_scores(others) and not any(apart(some, others, TOLERANCE))


def _wrong(call: str, text: str, **params: Any) -> Message:
    return Message(text, {"call": short(call), **params})
