"""A bench for data: from rows or bytes to a published artifact, its changes and its draft, with nothing in between."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from relevo.core.artifact import Artifact, Draft, Made
from relevo.core.change import Change
from relevo.core.policy import Policy
from relevo.core.settings import DataSettings, Kind, LineSettings, Settings
from relevo.core.version import Bump, Version
from relevo.data.engine import Database, session
from relevo.data.stage import DataStage
from relevo.testing import Recorded

BASE = Version(1, 0, 0)
KINDS: Mapping[str, Kind] = {"texto": "text", "grupo": "label"}


class Bench:
    """`columns` declares the columns of every file; a header that is not in it is a category."""

    def __init__(self, root: Path, columns: Mapping[str, Kind] = KINDS) -> None:
        self.root = root
        self.columns = dict(columns)
        self._count = 0

    def settings(self, columns: Mapping[str, Kind], **data: Any) -> Settings:
        return Settings(LineSettings("quejas"), DataSettings(**{"path": "quejas.csv", "columns": columns, **data}))

    def stage(self, content: str | bytes, **data: Any) -> DataStage:
        """The stage of a line whose CSV has this content."""
        raw = content.encode() if isinstance(content, str) else content
        (self.root / "quejas.csv").write_bytes(raw)
        columns = data.pop("columns", None)
        if columns is None:
            header = next(csv.reader(io.StringIO(raw.decode("utf-8-sig", "replace"))), [])
            columns = {name: self.columns.get(name, "category") for name in header}
        return DataStage(self.root, self.settings(columns, **data))

    def make(self, content: str | bytes, **data: Any) -> tuple[Made, Path]:
        self._count += 1
        folder = self.root / f"made-{self._count}"
        folder.mkdir()
        return self.stage(content, **data).make({}, folder, Recorded()), folder

    def artifact(self, content: str | bytes, **data: Any) -> Artifact:
        """As if it had been published as 1.0.0."""
        made, folder = self.make(content, **data)
        digest = made.output_digest or ""
        return Artifact("quejas", "data", BASE, "", digest, {}, {}, {}, made.facts, (), (), "", "", folder=folder)

    def draft(self, content: str | bytes, base: Artifact | None = None, **data: Any) -> Draft:
        """What a gate sees."""
        made, folder = self.make(content, **data)
        stage = self.stage(content, **data)
        changes = stage.changes(base, made, folder) if base else ()
        settings = self.settings(stage.data.columns, **{k: v for k, v in data.items() if k != "columns"})
        return Draft("data", BASE, folder, made.output_digest or "", made.facts, {}, base, changes, settings, self.root)

    def changes(self, before: str | bytes | Artifact, after: str | bytes, **data: Any) -> tuple[Change, ...]:
        base = before if isinstance(before, Artifact) else self.artifact(before, **data)
        made, folder = self.make(after, **data)
        return self.stage(after, **data).changes(base, made, folder)

    def bump(self, before: str | bytes | Artifact, after: str | bytes) -> Bump:
        return Policy().bump(self.changes(before, after))


def written(header: Sequence[str], rows: Iterable[Sequence[str]], **dialect: Any) -> str:
    """CSV text of rows."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator=dialect.pop("lineterminator", "\n"), **dialect)
    writer.writerow(header)
    writer.writerows(rows)
    return target.getvalue()


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One engine for all tests of expressions and sources; whoever makes a table there drops it."""
    with session(tmp_path_factory.mktemp("engine")) as database:
        yield database


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def write() -> Any:
    """`write(header, rows, **dialect)`: CSV text."""
    return written
