"""Remembers which recipes led to content that was there already, so that the same question is not computed twice.

A CSV in another order has another input digest but the same content: without this, each run would read it again.
Losing the file costs time, nothing else.
"""

import json
from pathlib import Path

from relevo.core.version import Version
from relevo.tools.files import write_text


class Memo:
    """`.relevo/same.json`: stage → input digest → the version with the same content."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            said = {}
        its = isinstance(said, dict) and all(isinstance(known, dict) for known in said.values())
        self._said: dict[str, dict[str, str]] = said if its else {}

    def says(self, stage: str, digest: str, version: Version) -> bool:
        """Whether the recipe with this input digest is known to give the content of `version`."""
        return self._said.get(stage, {}).get(digest) == str(version)

    def remember(self, stage: str, digest: str, version: Version) -> None:
        self._said.setdefault(stage, {})[digest] = str(version)
        write_text(self._path, json.dumps(self._said, indent=1))
