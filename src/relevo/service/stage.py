"""The service stage: the user's code, the model and the API that both make together."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from relevo.calls import runtime
from relevo.calls.names import APP, MODEL, OPENAPI, RUNTIME, SERVICE
from relevo.core.artifact import Artifact, Draft, Made, digest
from relevo.core.change import Change
from relevo.core.errors import UsageError
from relevo.core.message import N_, Message
from relevo.core.plan import Planned, Stop
from relevo.core.ports import Progress
from relevo.core.settings import Settings
from relevo.service import sources
from relevo.tools.files import digests
from relevo.tools.sources import digests as digests_of

SERVICE_FORMAT = 1


class ServiceStage:
    """What is imported here is paid by every `relevo plan`."""

    name: ClassVar[str] = "service"
    takes: ClassVar[tuple[str, ...]] = ("model",)

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = root
        self._settings = settings
        self._app = settings.service.app

    def recipe(self) -> Mapping[str, str]:
        """The digest of each Python file of the service's folder, and the runtime that is to run them."""
        folder = str(Path(self._app).parent)
        code = digests_of(sources.code(self._root, self._app))
        return {**{f"{folder}/{name}": its for name, its in code.items()}, RUNTIME: runtime.digest()}

    def stops(self, upstream: Mapping[str, Planned], inputs: Mapping[str, Artifact]) -> tuple[Stop, ...]:
        """When the model's major is another than the code says, or it asks for other fields."""
        from relevo.service.declaration import parse
        from relevo.service.stops import stops

        source = sources.app_source(self._root / self._app)
        return stops(parse(source, self._app), upstream, inputs, self._settings)

    def foresee(self, base: Artifact | None, aside: Path, progress: Progress) -> tuple[Change, ...] | None:  # noqa: ARG002
        return None

    def make(self, inputs: Mapping[str, Artifact], folder: Path, progress: Progress) -> Made:
        """`app.py` and its like, `model/`, `openapi.json`. Raises UsageError when the runtime refuses them.

        The output digest is blind to the version: the document counts as its contract.
        """
        from relevo.service.declaration import parse
        from relevo.service.openapi import contract

        for name, path in sources.code(self._root, self._app).items():
            _copy(path, folder / name)
        model = inputs["model"]
        for name in model.files:
            _copy(model.folder / name, folder / MODEL / name)
        parts = digests(folder)
        progress.step(Message(N_("writing the API of the service")))
        document = contract(self._write_openapi(folder))
        declared = parse(sources.app_source(folder / APP), self._app)
        facts: dict[str, Any] = {
            "name": declared.name,
            "supports_model": declared.supports_model,
            "fields": [
                {"name": each.name, "type": each.kind, "of": each.of, "deprecated": each.deprecated}
                for each in declared.fields
            ],
            "openapi": document,
            "openapi_digest": digest(document),
        }
        return Made(facts, digest({"files": parts, "openapi": facts["openapi_digest"]}))

    def changes(self, base: Artifact, made: Made, folder: Path) -> tuple[Change, ...]:  # noqa: ARG002
        from relevo.service.openapi import diff

        return diff(base.facts["openapi"], made.facts["openapi"])

    def finish(self, draft: Draft) -> None:
        """`service.json`, which tells the runtime who it is, and `openapi.json` with the version and its paths."""
        made_from = {
            name: {"version": str(draft.inputs[name].version), "digest": draft.inputs[name].output_digest}
            for name in ("model", "data")
        }
        identity = {"format": SERVICE_FORMAT, "name": draft.facts["name"], "version": str(draft.version), **made_from}
        (draft.folder / SERVICE).write_text(json.dumps(identity, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        self._write_openapi(draft.folder)

    def _write_openapi(self, folder: Path) -> dict[str, Any]:
        from relevo.service.running import openapi

        text = openapi(folder, shown=self._app)
        (folder / OPENAPI).write_text(text, encoding="utf-8")
        document: dict[str, Any] = json.loads(text)
        return document


def _copy(source: Path, target: Path) -> None:
    if target.exists():
        raise UsageError(
            "file-twice",
            N_("`{file}` cannot be part of the service: the model has a file of that name"),
            hint=N_("rename the folder `model` beside app.py"),
            file=str(source),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
