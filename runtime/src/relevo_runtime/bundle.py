"""The folder of a service: `app.py`, `model/` and `service.json`, read, and checked to fit each other."""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from relevo_runtime import app, model
from relevo_runtime.app import Field, Service
from relevo_runtime.errors import ModelFilesError, StartError
from relevo_runtime.inputs import Input
from relevo_runtime.model import Model


class Versions(msgspec.Struct, frozen=True):
    """Which service, model and data answer; "1.0.0" before the tool has given numbers."""

    service: str = "1.0.0"
    model: str = "1.0.0"
    data: str = "1.0.0"

    @property
    def major(self) -> int:
        """The service's major version: the one in its paths."""
        return int(self.service.partition(".")[0])

    def to_answer(self) -> dict[str, str]:
        """As callers see them."""
        return {"servicio": self.service, "modelo": self.model, "datos": self.data}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A service ready to answer."""

    service: Service
    model: Model
    versions: Versions

    @property
    def models_path(self) -> str:
        return f"/api/v{self.versions.major}/modelos"

    @property
    def path(self) -> str:
        return f"{self.models_path}/{self.service.name}"

    def fields(self) -> list[tuple[Field, Input]]:
        """Each declared field with the model's input that it feeds."""
        inputs = {each.name: each for each in self.model.inputs}
        return [(field, inputs[field.of]) for field in self.service.fields]


class _Part(msgspec.Struct):
    version: str


class _ServiceFile(msgspec.Struct):
    format: int
    version: str
    model: _Part
    data: _Part


def load(folder: Path, constant: bool = False) -> Bundle:
    """The service in `folder`; with `constant` its model answers a fixed distribution at once.

    Raises StartError when a part is missing or broken, or when the parts do not fit each other.
    """
    file = folder / "app.py"
    service = app.load(file)
    versions = _versions(folder / "service.json")
    if versions:
        _check_major(service, versions, file)
    loaded = _model(folder / "model", constant)
    check_fields(service, loaded, file)
    return Bundle(service, loaded, versions or Versions())


def _versions(file: Path) -> Versions | None:
    """What service.json says; None when the tool has not written it yet."""
    if not file.exists():
        return None
    try:
        read = msgspec.json.decode(file.read_bytes(), type=_ServiceFile)
        if read.format != 1:
            raise ValueError(f"format {read.format}")
        versions = Versions(read.version, read.model.version, read.data.version)
        for version in (versions.service, versions.model, versions.data):
            if not re.fullmatch(r"[1-9]\d{0,8}\.\d+\.\d+(-[0-9A-Za-z.-]+)?", version, re.ASCII):
                raise ValueError(f"`{version}` is no version")
    except (OSError, ValueError) as error:
        raise StartError("versions-broken", file=file, reason=error) from error
    return versions


def _check_major(service: Service, versions: Versions, file: Path) -> None:
    major = int(versions.model.partition(".")[0])
    if service.supports_model != major:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        line = next((n for n, text in enumerate(lines, 1) if re.search(r"\bsupports_model\s*=", text)), 1)
        raise StartError(
            "model-major", file=file, line=line, supports=service.supports_model, model=versions.model, major=major
        )


def _model(folder: Path, constant: bool) -> Model:
    try:
        return model.constant(folder) if constant else model.load(folder)
    except (ModelFilesError, OSError) as error:
        raise StartError("model-broken", folder=folder, reason=error) from error


def check_fields(service: Service, model: Model, file: Path) -> None:
    """Raises StartError unless every input of the model has a field, and every field an input, of the same type."""
    inputs = {each.name: each for each in model.inputs}
    for field in service.fields:
        if field.of not in inputs:
            near = difflib.get_close_matches(field.of, inputs, n=len(inputs), cutoff=0.0)
            raise StartError("field-unused", file=file, field=field.name, of=field.of, inputs=", ".join(near))
        if field.type != inputs[field.of].type:
            wanted = inputs[field.of].type
            raise StartError("field-type", file=file, field=field.name, type=field.type, of=field.of, wanted=wanted)
    given = {field.of for field in service.fields}
    missing = [f'{each.type}("{each.name}")' for each in model.inputs if each.name not in given]
    if missing:
        raise StartError("field-missing", file=file, lines=", ".join(missing))
