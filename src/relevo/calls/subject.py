"""What is asked: a service, and what it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relevo.calls.rows import Row, rows
from relevo.core.artifact import Artifact, Draft
from relevo.core.version import Version


@dataclass(frozen=True, slots=True)
class Subject:
    """A service artifact: its `folder` with app.py, openapi.json and model/, its `version` and `facts`.

    `model` and `data` are what it was made from. Whatever answers, be it a process or a pod, must answer as this.
    """

    folder: Path
    version: Version
    facts: Mapping[str, Any]
    data: Artifact
    model: Artifact

    @classmethod
    def of_draft(cls, draft: Draft) -> "Subject":
        """The service that `draft` is to become."""
        return cls(draft.folder, draft.version, draft.facts, draft.inputs["data"], draft.inputs["model"])

    @classmethod
    def of_inputs(cls, inputs: Mapping[str, Artifact]) -> "Subject":
        """The service that a later stage was made from; `inputs` has the artifacts of service, model and data."""
        service = inputs["service"]
        return cls(service.folder, service.version, service.facts, inputs["data"], inputs["model"])

    @property
    def models_path(self) -> str:
        """Where the service lists its models."""
        return f"/api/v{self.version.major}/modelos"

    @property
    def path(self) -> str:
        """Where the service classifies."""
        return f"{self.models_path}/{self.facts['name']}"

    def rows(self, most: int) -> list[Row]:
        """At most `most` rows of the data as requests, the held-out ones first, the same at every call."""
        return rows(self.data, self.facts["fields"], self.model.facts["holdout"], most)
