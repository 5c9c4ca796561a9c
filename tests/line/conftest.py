"""A line of three tiny stages, in memory but for its folder: words.txt → count → label.

`words` compares line by line as the data stage does; `count` follows it; `label` declares which major of `count` it
supports, as the service does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from relevo.core.artifact import Artifact, Draft, Made, digest
from relevo.core.change import Change
from relevo.core.message import Message
from relevo.core.plan import Planned, Stop
from relevo.core.ports import Gate, Progress
from relevo.core.settings import DataSettings, LineSettings, Settings
from relevo.core.verdict import Outcome, Verdict
from relevo.line import Line
from relevo.testing import FixedClock, MemoryRepository, MemoryStore


class Words:
    """Takes words.txt: a word more is minor, a word less is major; the order does not count."""

    name, takes = "data", ()

    def __init__(self, root: Path) -> None:
        self.path = root / "words.txt"

    def recipe(self) -> Mapping[str, str]:
        return {"words.txt": digest(self.path.read_text())}

    def stops(self, upstream: Mapping[str, Planned], inputs: Mapping[str, Artifact]) -> tuple[Stop, ...]:
        return ()

    def make(self, inputs: Mapping[str, Artifact], folder: Path, progress: Progress) -> Made:
        words = sorted(self.path.read_text().split())
        (folder / "words").write_text("\n".join(words))
        return Made({"words": words}, digest(words))

    def foresee(self, base: Artifact | None, aside: Path, progress: Progress) -> tuple[Change, ...] | None:
        assert base is not None
        return self.changes(base, self.make({}, aside, progress), aside)

    def changes(self, base: Artifact, made: Made, folder: Path) -> tuple[Change, ...]:
        old, new = set(base.facts["words"]), set(made.facts["words"])
        added = [Change("data", "rows-added", {"rows": len(new - old), "propose_id": False})] if new - old else []
        gone = [Change("data", "group-gone", {"group": w, "rows": 1}) for w in sorted(old - new)]
        return tuple(added + gone)

    def finish(self, draft: Draft) -> None:
        pass


class Count:
    """Takes the words, and writes how many there are."""

    name, takes = "model", ("data",)

    def __init__(self, root: Path) -> None:
        self.code = root / "count.code"

    def recipe(self) -> Mapping[str, str]:
        return {"count.code": self.code.read_text()}

    def stops(self, upstream: Mapping[str, Planned], inputs: Mapping[str, Artifact]) -> tuple[Stop, ...]:
        return ()

    def make(self, inputs: Mapping[str, Artifact], folder: Path, progress: Progress) -> Made:
        (folder / "count").write_text(str(len((inputs["data"].folder / "words").read_text().split())))
        return Made({})

    def foresee(self, base: Artifact | None, aside: Path, progress: Progress) -> tuple[Change, ...] | None:
        return None

    def changes(self, base: Artifact, made: Made, folder: Path) -> tuple[Change, ...]:
        return ()

    def finish(self, draft: Draft) -> None:
        pass


class Label(Count):
    """Takes the count, and supports one major of it, which label.code names."""

    name, takes = "service", ("model",)

    def __init__(self, root: Path) -> None:
        self.code = root / "label.code"

    def recipe(self) -> Mapping[str, str]:
        return {"label.code": self.code.read_text()}

    def stops(self, upstream: Mapping[str, Planned], inputs: Mapping[str, Artifact]) -> tuple[Stop, ...]:
        now, supported = upstream["model"].next, int(self.code.read_text())
        if now and now.major != supported:
            return (Stop("model-major", Message("change it"), "label.code", 1),)
        return ()

    def make(self, inputs: Mapping[str, Artifact], folder: Path, progress: Progress) -> Made:
        (folder / "label").write_text((inputs["model"].folder / "count").read_text())
        return Made({})

    def finish(self, draft: Draft) -> None:
        (draft.folder / "stamp").write_text(f"{draft.version} on data {draft.inputs['data'].version}")


@dataclass
class Spoken:
    """A gate that says what the test tells it to, one outcome a call; then PASSED."""

    guards: str
    outcomes: list[Outcome] = field(default_factory=list)
    name: str = "spoken"

    def check(self, draft: Draft) -> Verdict:
        return Verdict(self.name, self.outcomes.pop(0) if self.outcomes else Outcome.PASSED)


class World:
    """A line in its folder, its repository and store, and one gate a stage."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.repository = MemoryRepository()
        self.store = MemoryStore(root.parent / "store")
        self.gates = {stage: Spoken(stage) for stage in ("data", "model", "service")}
        self.write(words="a b", count="plain", label="1")
        self.repository.commit()

    def write(self, *, words: str = "", count: str = "", label: str = "") -> None:
        """Changes files of the line and commits them."""
        for name, text in (("words.txt", words), ("count.code", count), ("label.code", label)):
            if text:
                (self.root / name).write_text(text)
        self.repository.commit()

    def line(self, **settings: Any) -> Line:
        data = DataSettings("words.txt", {"text": "text", "label": "label"})
        return Line(
            self.root,
            Settings(LineSettings("demo"), data, **settings),
            [Words(self.root), Count(self.root), Label(self.root)],
            self.store,
            lambda: self.repository,
            gates=self._gates,
            clock=FixedClock(),
        )

    def _gates(self, stage: str) -> list[Gate]:
        return [self.gates[stage]]

    def versions(self) -> dict[str, str]:
        """The current version of every stage, "" for none."""
        stages = self.line().status().stages
        return {name: str(s.current.version) if s.current else "" for name, s in stages.items()}


@pytest.fixture
def world(tmp_path: Path) -> World:
    root = tmp_path / "line"
    root.mkdir()
    return World(root)
