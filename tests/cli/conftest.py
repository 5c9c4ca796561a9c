"""`relevo` called in this process on a line in memory: what it prints, and its exit code."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from relevo.cli import translate
from relevo.cli.main import main
from relevo.core.artifact import Artifact, Input, Ref
from relevo.core.change import Change
from relevo.core.errors import NotFoundError
from relevo.core.lock import Lock, Locked
from relevo.core.message import N_, Message
from relevo.core.plan import Plan, Planned, State, Stop
from relevo.core.ports import Progress, Silent
from relevo.core.verdict import Outcome, Verdict
from relevo.core.version import Bump, Version
from relevo.line import Prediction, Run, StageStatus, Status

V100, V101 = Version(1, 0, 0), Version(1, 0, 1)


@dataclass
class Called:
    """What one call did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class LineInMemory:
    """A `relevo.Line` that gives back what the test put into it."""

    planned: Plan = field(default_factory=lambda: Plan({}))
    ran: Run = field(default_factory=lambda: Run("idle", Plan({})))
    artifacts: list[Artifact] = field(default_factory=list)
    changes: tuple[Change, ...] = ()
    problems: dict[Ref, tuple[Message, ...]] = field(default_factory=dict)
    answer: list[tuple[str, float]] = field(default_factory=list)
    locked: Lock | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    error: BaseException | None = None

    def plan(self, upto: str | None = None, progress: Progress | None = None) -> Plan:
        self._heard(upto=upto)
        return self.planned

    def run(self, upto: str | None = None, progress: Progress | None = None, advisories: Path | None = None) -> Run:
        self._heard(upto=upto, advisories=advisories)
        progress = progress or Silent()
        progress.step(Message(N_("making {stage}"), {"stage": "data"}))
        for stage, verdicts in self.ran.verdicts.items():
            for verdict in verdicts:
                progress.gate(stage, verdict)
        return self.ran

    def status(self) -> Status:
        self._heard()
        stages = {artifact.stage: StageStatus(artifact, artifact, fresh=False) for artifact in self.artifacts}
        note = Message(N_("not in a git repository with a commit: versions get no tags"))
        return Status("quejas", {**stages, "service": StageStatus(None, None, fresh=False)}, self.locked, (note,))

    def log(self, stage: str | None = None) -> list[Artifact]:
        self._heard(stage=stage)
        return self.artifacts

    def show(self, ref: Ref) -> Artifact:
        self._heard(ref=ref)
        for artifact in self.artifacts:
            if artifact.ref == ref:
                return artifact
        raise NotFoundError("not-stored", N_("{artifact} is not in the store"), artifact=str(ref))

    def diff(self, a: Ref, b: Ref) -> tuple[Change, ...]:
        self._heard(a=a, b=b)
        return self.changes

    def verify(self) -> dict[Ref, tuple[Message, ...]]:
        self._heard()
        return self.problems

    def predict(self, record: dict[str, str], ref: Ref | None = None) -> Prediction:
        self._heard(record=record, ref=ref)
        return Prediction(self.answer, Ref("model", V101), Ref("data", V100))

    def serve_command(self, host: str, port: int) -> list[str]:
        self._heard(host=host, port=port)
        return ["true"]

    def _heard(self, **asked: Any) -> None:
        self.asked = asked
        if self.error:
            raise self.error


Caller = Callable[..., Called]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`call("plan", "--json", line=LineInMemory(…), lang="es")`."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "RELEVO_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "en")  # so that what `install` sets is taken back after the test

    def relevo(*args: str, line: LineInMemory | None = None, lang: str = "en") -> Called:
        monkeypatch.setenv("RELEVO_LANG", lang)
        capsys.readouterr()
        opener: Any = (lambda start: line) if line else None
        code = main(args, opener)
        printed = capsys.readouterr()
        return Called(code, printed.out, printed.err)

    yield relevo
    translate.use(translate.gettext.NullTranslations())


class Samples:
    """Artifacts, changes, plans and verdicts to show."""

    relabelled = Change(
        "data",
        "label-corrected",
        {"rows": 2, "examples": [{"text": "no va el cajero", "from": "tarjeta", "to": "cajero"}]},
    )
    follows = Change(
        "model", "follows", {"upstream": "data", "bump": "patch", "from": "1.0.0", "to": "1.0.1"}, (relabelled,)
    )
    stop = Stop(
        "model-major",
        Message(N_("this line has no stage `{stage}`"), {"stage": "hora"}),
        "service/app.py",
        9,
        ("hora",),
    )
    plan = Plan(
        {
            "data": Planned("data", State.MADE, V100, V101, Bump.PATCH, (relabelled,)),
            "model": Planned("model", State.MADE, V100, V101, Bump.PATCH, (follows,), exact=False),
            "service": Planned("service", State.STOPPED, V100, None, stops=(stop,)),
        }
    )
    passed = Verdict.of("group-size", True, measured=2, limit=2, unit="rows")
    failed = Verdict.of(
        "quality",
        False,
        measured=0.41,
        limit=0.5,
        unit="accuracy",
        evidence=(Message(N_("`{path}` is empty"), {"path": "data.csv"}),),
    )
    inconclusive = Verdict("unit-performance", Outcome.INCONCLUSIVE, measured=149.6, limit=150.0, unit="ms")

    @staticmethod
    def artifact(stage: str = "data", version: Version = V100, **more: Any) -> Artifact:
        values: dict[str, Any] = {
            "line": "quejas",
            "stage": stage,
            "version": version,
            "input_digest": "1" * 64,
            "output_digest": "2" * 64,
            "recipe": {"columns": "texto=text"},
            "files": {"rows.parquet": "3" * 64},
            "inputs": {},
            "facts": {"rows": 3, "groups": {"recibo": 1, "tarjeta": 2}, "problems": []},
            "changes": (),
            "verdicts": (Samples.passed,),
            "made_at": "2026-11-22T12:00:00Z",
            "tool": "relevo 0.1.0",
            "commit": "0123456789abcdef",
            "folder": Path("/store/data/1.0.0"),
        }
        return Artifact(**{**values, **more})


@pytest.fixture
def samples() -> type[Samples]:
    return Samples


@pytest.fixture
def line() -> LineInMemory:
    """Data 1.0.0 and a model 1.0.1 are published; a plan that stops at the service; a run that published the data."""
    data = Samples.artifact()
    model = Samples.artifact(
        "model", V101, base=V100, inputs={"data": Input(V100, "2" * 64)}, changes=(Samples.follows,), dirty=True
    )
    return LineInMemory(
        planned=Samples.plan,
        ran=Run("stopped", Samples.plan, {"data": data.verdicts}, (data,), ("data@v1.0.0",)),
        artifacts=[model, data],
        changes=(Samples.relabelled,),
        problems={data.ref: (), model.ref: ()},
        answer=[("tarjeta", 0.93126), ("recibo", 0.06874)],
        locked=Lock({"data": Locked(V100, "2" * 64, {})}),
    )
