"""The data stage: from the rows of a source to a versioned, typed snapshot of them."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from relevo.core.artifact import Artifact, Draft, Made
from relevo.core.change import Change
from relevo.core.message import N_, Message
from relevo.core.plan import Planned, Stop
from relevo.core.ports import Progress
from relevo.core.settings import Settings
from relevo.data import rows
from relevo.data.changes import changes
from relevo.data.columns import check
from relevo.data.diff import compare
from relevo.data.digest import output_digest
from relevo.data.engine import session
from relevo.data.facts import facts
from relevo.data.inspect import guess
from relevo.data.prepare import code_digest, prepare
from relevo.data.source import Source
from relevo.data.sources.csv import CsvSource
from relevo.tools.files import unwritable
from relevo.tools.plugins import load

#: Raised when the same source and settings come to give other rows.
FORMAT = "1"


class DataStage:
    """A `relevo.core.ports.Stage`. What it writes is drawn in `rows`, its facts in `facts`."""

    name: ClassVar[str] = "data"
    takes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.data = settings.data

    def recipe(self) -> Mapping[str, str]:
        """The content, not the path: a file that moved is no change. Limits of gates are no part of what is made."""
        recipe = {
            "format": FORMAT,
            "rows": self._source().digest(),
            "source": self.data.source,
            "columns": json.dumps(self.data.columns, sort_keys=True, ensure_ascii=False),
        }
        if self.data.prepare:
            recipe["prepare"] = f"{self.data.prepare} {code_digest(self.root, self.data.prepare)}"
        return recipe

    def stops(self, upstream: Mapping[str, Planned], inputs: Mapping[str, Artifact]) -> tuple[Stop, ...]:  # noqa: ARG002
        return ()

    def foresee(self, base: Artifact | None, aside: Path, progress: Progress) -> tuple[Change, ...]:
        """Exact: the rows are made in `aside` and compared."""
        folder = aside / "data"
        folder.mkdir()
        made = self.make({}, folder, progress)
        return self.changes(base, made, folder) if base else ()

    def make(self, inputs: Mapping[str, Artifact], folder: Path, progress: Progress) -> Made:  # noqa: ARG002
        """Rows with problems are made too, so that a gate can name them.

        Raises UsageError when the source is no table, or its columns are not those of relevo.toml.
        """
        with _scratch(folder) as scratch, session(scratch) as database:
            source = self._prepared(scratch, progress) if self.data.prepare else self._source()
            progress.step(Message(N_("reading {path}"), {"path": self.data.path}))
            headers = source.read(database, "source")
            check(
                headers,
                self.data,
                self.data.prepare or self.data.path,
                lambda header: guess(database, "source", f"c{headers.index(header)}", header),
            )
            rows.make(database, "source", headers, self.data)
            rows.write(database, self.data, folder)
            return Made(
                facts(database, "source", headers, self.data), output_digest(database, "rows", self.data.variables)
            )

    def changes(self, base: Artifact, made: Made, folder: Path) -> tuple[Change, ...]:
        if base.output_digest == made.output_digest and not made.facts["problems"]:
            return ()
        with _scratch(folder) as scratch, session(scratch) as database:
            found = compare(
                database,
                base.folder / rows.FILE,
                folder / rows.FILE,
                base.facts["variables"],
                made.facts["variables"],
            )
        return changes(found, made.facts["problems"])

    def finish(self, draft: Draft) -> None:
        """Nothing in the rows depends on their version."""

    def _source(self) -> Source:
        source: Source = load("sources", self.data.source)(self.root / self.data.path)
        return source

    def _prepared(self, scratch: Path, progress: Progress) -> Source:
        progress.step(
            Message(N_("preparing {path} with {function}"), {"path": self.data.path, "function": self.data.prepare})
        )
        target = scratch / "prepared.csv"
        prepare(self.root, self.data.prepare, self.root / self.data.path, target)
        return CsvSource(target)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder beside `folder`, on the same disk, for what does not fit into memory."""
    scratch = folder.with_name(f"{folder.name}.scratch")
    try:
        scratch.mkdir()
    except OSError as error:
        raise unwritable(scratch, error) from error
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
