"""Wrong calls, and what is wrong with their answers: the documented problem in every language, never a 5xx.

Which codes an operation may answer with, and with which status, is read in the artifact's own openapi.json.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from relevo.calls.asking import JSON, short, unexpected
from relevo.calls.names import OPENAPI, PROBLEM
from relevo.calls.rows import LONGEST, Row
from relevo.calls.serving import MOST_BYTES, MOST_ROWS, Address
from relevo.calls.subject import Subject
from relevo.core.message import N_, Message
from relevo.tools.http import Answer, call

LANGUAGES = ("en", "es")
_WRONG_TYPE: Mapping[str, object] = {
    "text": 5,
    "category": 5,
    "number": "five",
    "boolean": "perhaps",
    "date": "31/12/2026",
}
#: What no operation documents, because it is said where there is none.
_NOWHERE = {"not-found": 404, "unknown-model": 404, "other-version": 404}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong call and the code that it deserves; `names` must appear in the words of the answer."""

    code: str
    method: str
    target: str
    body: bytes | None = None
    media_type: str = JSON["Content-Type"]
    names: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.target} {short((self.body or b'').decode(errors='replace'))}".rstrip()


def wrong_calls(subject: Subject, address: Address) -> Iterator[list[Message]]:
    """What is wrong with the answer to each wrong call of the service at `address`; an empty list: nothing.

    Raises OutsideError when no answer comes.
    """
    documented = _Documented(json.loads((subject.folder / OPENAPI).read_text(encoding="utf-8")))
    for row in subject.rows(1):
        for wrong in _all(subject, row):
            yield _check(wrong, documented, address)


def _all(subject: Subject, row: Row) -> Iterator[Wrong]:
    """Everything that can be wrong, made from one right row."""
    here, good, fields = subject.path, dict(row.fields), subject.facts["fields"]
    nullable = {each["name"] for each in subject.model.facts["inputs"] if each["nullable"]}
    major, name = subject.version.major, subject.facts["name"]
    for field in fields:
        without = {key: value for key, value in good.items() if key != field["name"]}
        yield _post("missing-field", here, without, names=field["name"])
        yield Wrong("missing-field", "GET", f"{here}?{Row(without, '', False).query()}", names=field["name"])
        yield _post("missing-field", here, [good, without], names=field["name"])
        yield _post("wrong-type", here, {**good, field["name"]: _WRONG_TYPE[field["type"]]}, names=field["name"])
        if field["of"] not in nullable:
            yield _post("null-field", here, {**good, field["name"]: None}, names=field["name"])
        if field["type"] == "text":
            blank, long = {**good, field["name"]: " "}, {**good, field["name"]: "a" * (LONGEST + 1)}
            yield _post("empty-text", here, {**good, field["name"]: ""}, names=field["name"])
            yield _post("empty-text", here, blank, names=field["name"])
            yield Wrong("empty-text", "GET", f"{here}?{Row(blank, '', False).query()}", names=field["name"])
            yield _post("text-too-long", here, long, names=field["name"])
    yield _post("unknown-field", here, {**good, "__": 1})
    yield Wrong("unknown-field", "GET", f"{here}?{row.query()}&__=1")
    yield Wrong("repeated-field", "GET", f"{here}?{row.query()}&{row.query()}")
    yield _post("wrong-shape", here, 5)
    yield _post("wrong-shape", here, [good, "x"])
    yield _post("no-rows", here, [])
    brief = {**good, **{field["name"]: "a" for field in fields if field["type"] == "text"}}
    yield _post("too-many-rows", here, [brief] * (MOST_ROWS + 1))
    yield Wrong("malformed-json", "POST", here, b'{"a": ')
    yield Wrong("not-utf8", "POST", here, b'"\xff"')
    yield Wrong("wrong-media-type", "POST", here, row.body(), "text/plain")
    yield Wrong("body-too-large", "POST", here, b" " * (MOST_BYTES + 1))
    yield Wrong("wrong-method", "DELETE", here)
    yield Wrong("unknown-model", "GET", f"{here}-__?{row.query()}", names=here)
    yield Wrong("other-version", "GET", f"/api/v{major + 1}/modelos/{name}?{row.query()}", names=here)
    yield Wrong("not-found", "GET", "/__", names=subject.models_path)


def _post(code: str, target: str, value: object, names: str = "") -> Wrong:
    return Wrong(code, "POST", target, json.dumps(value, ensure_ascii=False).encode(), names=names)


class _Documented:
    """What openapi.json says of problems: they are the named examples of the error responses."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._paths = document["paths"]

    def status(self, wrong: Wrong) -> int:
        """The documented status of the call's code, 0 when it is documented nowhere."""
        operations = self._paths.get(wrong.target.partition("?")[0], {})
        # A method that is not allowed has no operation of its own: all of that path say so.
        chosen = [operations[wrong.method.lower()]] if wrong.method.lower() in operations else operations.values()
        for operation in chosen:
            for status, response in operation["responses"].items():
                if wrong.code in response.get("content", {}).get(PROBLEM, {}).get("examples", {}):
                    return int(status)
        return _NOWHERE.get(wrong.code, 0)


def _check(wrong: Wrong, documented: _Documented, address: Address) -> list[Message]:
    status = documented.status(wrong)
    if not status:
        text = N_("`{call}`: openapi.json does not document the problem `{code}`")
        return [Message(text, {"call": str(wrong), "code": wrong.code})]
    titles = set()
    for language in LANGUAGES:
        headers = {"Accept-Language": language}
        if wrong.body is not None:
            headers["Content-Type"] = wrong.media_type
        answer = call(address.host, address.port, wrong.method, wrong.target, body=wrong.body, headers=headers)
        if messages := _defects(wrong, answer, status, language):
            return messages
        titles.add(answer.json()["title"])
    if len(titles) < len(LANGUAGES):
        text = N_("`{call}`: the problem `{code}` has the same title in every language: {title}")
        return [Message(text, {"call": str(wrong), "code": wrong.code, "title": titles.pop()})]
    return []


def _defects(wrong: Wrong, answer: Answer, status: int, language: str) -> list[Message]:
    """What is wrong with the answer to one wrong call: at most one thing."""
    if answer.status != status:
        return [unexpected(str(wrong), answer, status)]
    problem = answer.json()
    if answer.headers.get("content-type") != PROBLEM or not isinstance(problem, dict):
        text = N_("`{call}`: the answer is no problem document, but {found}")
        return [Message(text, {"call": str(wrong), "found": answer.headers.get("content-type", "—")})]
    found = {key: problem.get(key) for key in ("code", "status")}
    wanted = {"code": wrong.code, "status": status}
    if found != wanted or not all(isinstance(problem.get(key), str) for key in ("title", "detail", "type")):
        text = N_("`{call}`: the problem is {found} instead of {wanted}")
        return [Message(text, {"call": str(wrong), "found": json.dumps(found), "wanted": json.dumps(wanted)})]
    if answer.headers.get("content-language") != language:
        text = N_("`{call}`: asked in `{language}`, answered in `{found}`")
        told = answer.headers.get("content-language", "—")
        return [Message(text, {"call": str(wrong), "language": language, "found": told})]
    if wrong.names not in problem["detail"]:
        text = N_("`{call}`: the words of the problem do not name `{names}`: {detail}")
        return [Message(text, {"call": str(wrong), "names": wrong.names, "detail": problem["detail"]})]
    return []
