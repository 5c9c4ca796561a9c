"""From what a caller sent to records of the model: the query, the body, or both put together.

A GET may carry a JSON body too, as POST does. Fields in the address hold for every row of the body.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

from relevo_runtime.app import Field
from relevo_runtime.errors import InputError
from relevo_runtime.inputs import Input, convert
from relevo_runtime.model import Model
from relevo_runtime.problems import Defect, Problem
from relevo_runtime.settings import Settings

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Row = dict[str, object]

_decode = msgspec.json.Decoder().decode


class CallerGoneError(Exception):
    """The caller hung up before the request had arrived whole."""


async def body(receive: Receive, headers: Mapping[bytes, bytes], settings: Settings) -> bytes:
    """The whole body, "" when there is none. Raises Problem when it is too large, too slow or compressed."""
    length = headers.get(b"content-length", b"0")
    if length == b"0" and b"transfer-encoding" not in headers:
        return b""
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Problem.of("wrong-encoding", (b"accept-encoding", b"identity"))
    if len(length) > 18 or (length.isdigit() and int(length) > settings.max_body_bytes):
        raise Problem.of("body-too-large", limit=settings.max_body_bytes)
    parts, size, more = [], 0, True
    try:
        async with asyncio.timeout(settings.read_seconds):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise CallerGoneError
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > settings.max_body_bytes:
                    raise Problem.of("body-too-large", limit=settings.max_body_bytes)
                more = message.get("more_body", False)
    except TimeoutError:
        raise Problem.of("slow-request", (b"connection", b"close"), seconds=settings.read_seconds) from None
    return b"".join(parts)


def decoded(content: bytes, media_type: bytes) -> object:
    """The JSON value of a body. Raises Problem when it is something else."""
    kind = media_type.partition(b";")[0].strip().lower()
    if kind and kind != b"application/json" and not (kind.startswith(b"application/") and kind.endswith(b"+json")):
        raise Problem.of("wrong-media-type", (b"accept", b"application/json"))
    try:
        return _decode(content)
    except UnicodeDecodeError:
        raise Problem.of("not-utf8", where="body") from None
    except (msgspec.MsgspecError, RecursionError):
        raise Problem(Defect("malformed-json", "", {})) from None


class Reader:
    """Knows the fields of a service and which inputs of the model they feed."""

    def __init__(self, fields: Sequence[tuple[Field, Input]], model: Model, settings: Settings) -> None:
        self._input_of = {field.name: each.name for field, each in fields}
        self._field_of = {each.name: field for field, each in fields}
        self._inputs = [each for _, each in fields]
        self._check = model.check
        self._settings = settings
        self._listed = ", ".join(f"`{name}`" for name in self._input_of)

    def query(self, query: bytes) -> Row:
        """The inputs given in the address, with the values that JSON would have. Raises Problem."""
        texts: dict[str, str] = {}
        for part in filter(None, query.split(b"&")):
            key, _, value = part.replace(b"+", b" ").partition(b"=")
            try:
                field, text = unquote_to_bytes(key).decode(), unquote_to_bytes(value).decode()
            except UnicodeDecodeError:
                raise Problem.of("not-utf8", where="address") from None
            name = self._input_of.get(field)
            if name is None:
                raise Problem.of("unknown-field", fields=self._listed)
            if name in texts:
                raise Problem.of("repeated-field", field=field)
            if self._too_long(text):
                raise Problem.of("text-too-long", **self._limit(field))
            texts[name] = text
        try:
            return convert(self._inputs, texts)
        except InputError as error:
            raise Problem(self._of_model(error, None, texts)) from None

    def rows(self, value: list[object]) -> list[object]:
        """A list of rows, not yet looked at one by one. Raises Problem for an empty or too long one."""
        if not value:
            raise Problem(Defect("no-rows", "", {}))
        if len(value) > self._settings.max_rows:
            raise Problem(Defect("too-many-rows", "", {"limit": self._settings.max_rows}))
        return value

    def one(self, given: Row, row: object, pointer: str | None) -> Row:
        """The model's record of the fields in the address and of one row, whose JSON pointer in the body is `pointer`
        (None: there is no body). Raises Problem."""
        defects: list[Defect] = []
        record = self._record(given, row, pointer, defects)
        if defects:
            raise Problem(*defects)
        return record

    def many(self, given: Row, rows: Sequence[object], first: int) -> list[Row]:
        """The records of rows `first`, `first` + 1, … of a list. Raises Problem with up to MAX_DEFECTS defects."""
        defects: list[Defect] = []
        records = [self._record(given, row, f"/{index}", defects) for index, row in enumerate(rows, first)]
        if defects:
            raise Problem(*defects)
        return records

    def _record(self, given: Row, row: object, pointer: str | None, defects: list[Defect]) -> Row:
        """The model's record of one row; what is wrong with it is added to `defects`."""
        if type(row) is not dict:
            defects.append(Defect("wrong-shape", pointer, {"fields": self._listed}))
            return {}
        record = dict(given)
        known = len(defects)
        for field, value in row.items():
            name = self._input_of.get(field)
            if name is None:
                defects.append(Defect("unknown-field", pointer, {"fields": self._listed}))
            elif name in record:
                defects.append(Defect("repeated-field", _below(pointer, field), {"field": field}))
            elif self._too_long(value):
                defects.append(Defect("text-too-long", _below(pointer, field), self._limit(field)))
            else:
                record[name] = value
        if len(defects) == known:
            try:
                self._check(record)
            except InputError as error:
                defects.append(self._of_model(error, pointer, given))
        return record

    def _of_model(self, error: InputError, pointer: str | None, given: Collection[str]) -> Defect:
        """What the model says of an input, in terms of the field; `given` are the inputs that came in the address."""
        field = self._field_of[error.field]
        where = None if error.field in given else _below(pointer, field.name)
        return Defect(error.code, where, {"field": field.name, "expected": field.type})

    def _too_long(self, value: object) -> bool:
        return type(value) is str and len(value) > self._settings.max_text_chars

    def _limit(self, field: str) -> dict[str, object]:
        return {"field": field, "limit": self._settings.max_text_chars}


def _below(pointer: str | None, name: str) -> str | None:
    """The JSON pointer (RFC 6901) of a field of the object at `pointer`."""
    return None if pointer is None else f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
