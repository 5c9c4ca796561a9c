"""Small artifacts to put into stores."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from relevo.core.artifact import Artifact, Input, files_digest, input_digest
from relevo.core.change import Change
from relevo.core.message import Message
from relevo.core.verdict import Outcome, Verdict
from relevo.core.version import Version
from relevo.tools.files import digests

Make = Callable[..., Artifact]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """make("1.0.0", {"rows.parquet": b"..."}): an artifact whose files wait in a folder of their own."""
    count = iter(range(100))

    def make(version: str, files: Mapping[str, bytes] | None = None, stage: str = "model", **more: Any) -> Artifact:
        folder = tmp_path / "drafts" / str(next(count))
        folder.mkdir(parents=True)
        for name, content in (files or {"model.json": b"{}", "weights/one.bin": b"\0\1"}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        recipe = {"train.py": "abc", "seed": "0"}
        inputs = {"data": Input(Version.parse("1.0.0"), "d" * 64)}
        values: dict[str, Any] = {
            "line": "quejas",
            "stage": stage,
            "version": Version.parse(version),
            "base": None,
            "input_digest": input_digest(stage, inputs, recipe),
            "output_digest": files_digest(digests(folder)),
            "recipe": recipe,
            "files": digests(folder),
            "inputs": inputs,
            "facts": {"groups": ["año", "cobros"], "accuracy": 0.98},
            "changes": (Change("model", "follows", {"bump": "minor"}, (Change("data", "rows-added", {"rows": 3}),)),),
            "verdicts": (Verdict("quality", Outcome.PASSED, 0.98, 0.5, evidence=(Message("{n} rows", {"n": 3}),)),),
            "made_at": "2026-03-01T09:30:00Z",
            "tool": "relevo 0.1.0",
            "commit": "c" * 40,
            "branch": "main",
            "folder": folder,
        }
        return Artifact(**{**values, **more})

    return make
