"""A line: the verbs of relevo in Python."""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relevo import registry
from relevo.core.artifact import Artifact, Made, Ref
from relevo.core.change import Change
from relevo.core.errors import NotFoundError, OutsideError, UsageError
from relevo.core.lock import LOCK, Lock
from relevo.core.message import N_, Message
from relevo.core.plan import Plan
from relevo.core.policy import Policy
from relevo.core.ports import Gate, Progress, Repository, Silent, Stage, Store
from relevo.core.settings import Settings
from relevo.line.history import History
from relevo.line.memo import Memo
from relevo.line.outlook import look, recipe_change
from relevo.line.results import Prediction, Run, StageStatus, Status
from relevo.settings import find, load
from relevo.tools.clock import Clock, SystemClock
from relevo.tools.git import Git
from relevo.tools.plugins import load as load_plugin

if TYPE_CHECKING:
    from relevo.image.development.container import DevContainer
    from relevo.image.pushing import Pushed


@dataclass
class Line:
    """The chain of stages that one relevo.toml describes. Everything it does, `relevo VERB` does too."""

    root: Path
    settings: Settings
    #: each after those that it takes
    stages: Sequence[Stage]
    store: Store
    #: gives a fresh look at the version control
    repository: Callable[[], Repository]
    gates: Callable[[str], Sequence[Gate]] = registry.gates
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        self.policy = Policy(self.settings.policy)

    @classmethod
    def open(cls, start: Path | None = None) -> "Line":
        """The line whose relevo.toml is in `start` (default: the current folder) or above it.

        Raises UsageError when there is none, or when it is wrong.
        """
        root = find((start or Path.cwd()).resolve())
        settings = load(root, os.environ)
        stages = [stage(root, settings) for stage in registry.stages(settings.line.stages)]
        store: Store = load_plugin("stores", "folder")(root / settings.store.path)
        return cls(root, settings, stages, store, lambda: Git(root))

    def history(self) -> History:
        """The versions as they are now."""
        return History(self.store, self.repository(), self.settings.versions)

    def plan(self, upto: str | None = None, progress: Progress | None = None) -> Plan:
        """What `run` would do: base → next version, every reason, what would stop. Changes nothing."""
        from relevo.line.planning import Planner

        planner = Planner(self.history(), self.policy, self._memo(), progress or Silent())
        return planner.plan(self._wanted(upto))

    def run(self, upto: str | None = None, progress: Progress | None = None, advisories: Path | None = None) -> Run:
        """Make, version and gate every stage (`upto`: only it and what it stands on), then store, tag and lock.

        `advisories`: a file in the OSV format that an image is held against, in place of the one in relevo.toml.
        Raises UsageError when it is not one, OutsideError when what images need is not installed, or when another run
        holds the line.
        """
        from relevo.line.running import Runner
        from relevo.tools.runlock import hold

        wanted = self._wanted(upto)
        settings = self.settings
        if advisories:
            from relevo.image import extra

            extra.need()
            from relevo.image.packages.advisories import chosen

            settings = chosen(settings, advisories)
        with hold(self.root / ".relevo" / "run.lock", self.clock):
            runner = Runner(
                self.root,
                settings,
                self.history(),
                self.policy,
                self._memo(),
                self.gates,
                self.clock,
                progress or Silent(),
            )
            done = runner.run(wanted)
        if advisories and "image" not in done.verdicts:
            note = Message(N_("no new image was made, so none was held against {file}"), {"file": str(advisories)})
            done = replace(done, notes=(*done.notes, note))
        return done

    def status(self) -> Status:
        """Where each stage stands, and the coherent set in relevo.lock."""
        history, memo = self.history(), self._memo()
        artifacts: dict[str, Artifact] = {}
        stages: dict[str, StageStatus] = {}
        for stage in self.stages:
            outlook = look(stage, artifacts, history, memo)
            if outlook.current:
                artifacts[stage.name] = outlook.current
            fresh = outlook.kept and all(stages[name].fresh for name in stage.takes)
            stages[stage.name] = StageStatus(outlook.current, history.newest(stage.name), fresh)
        notes = []
        if not history.repository.head():
            notes.append(Message(N_("not in a git repository with a commit: versions get no tags")))
        return Status(self.settings.line.name, stages, self.lock(), tuple(notes))

    def lock(self) -> Lock | None:
        """The last coherent set, None before the first whole run."""
        try:
            return Lock.loads((self.root / LOCK).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise OutsideError("unreadable", N_("`{file}`: {reason}"), file=LOCK, reason=str(error)) from error

    def log(self, stage: str | None = None) -> list[Artifact]:
        """Every version in the store, the newest first."""
        names = [self._stage(stage).name] if stage else [item.name for item in self.stages]
        artifacts = [self.store.get(Ref(name, version)) for name in names for version in self.store.versions(name)]
        order = {name: place for place, name in enumerate(names)}
        return sorted(artifacts, key=lambda a: (a.made_at, order[a.stage], a.version), reverse=True)

    def show(self, ref: Ref) -> Artifact:
        """One artifact. Raises NotFoundError."""
        self._stage(ref.stage)
        return self.store.get(ref)

    def diff(self, a: Ref, b: Ref) -> tuple[Change, ...]:
        """What makes `b` differ from `a`, two versions of one stage."""
        if a.stage != b.stage:
            raise UsageError(
                "two-stages",
                N_("{a} and {b} are of two stages; a difference is between versions of one"),
                hint=N_("for example: relevo diff {stage}@1.0.0 {b}"),
                a=str(a),
                b=str(b),
                stage=b.stage,
            )
        old, new = self.show(a), self.show(b)
        own = self._stage(a.stage).changes(old, Made(new.facts, new.output_digest), new.folder)
        return own + recipe_change(a.stage, old.recipe, new.recipe, self.policy)

    def verify(self) -> dict[Ref, tuple[Message, ...]]:
        """Every artifact in the store → what is wrong with it (nothing, when all is well).

        Also looks whether what each artifact was made from, what the tags name and what relevo.lock names are there.
        """
        found: dict[Ref, tuple[Message, ...]] = {}
        history = self.history()
        for stage in self.settings.line.stages:
            stored = self.store.versions(stage)
            for version in sorted({*stored, *history.tagged(stage)}):
                ref = Ref(stage, version)
                if version not in stored:
                    found[ref] = (Message(N_("has a tag, but is not in the store")),)
                    continue
                problems = tuple(self.store.check(ref))
                found[ref] = problems or tuple(self._missing_inputs(self.store.get(ref)))
        for stage, locked in (self.lock() or Lock({})).stages.items():
            ref = Ref(stage, locked.version)
            if ref not in found:
                found[ref] = (Message(N_("is named by relevo.lock, but is not in the store")),)
            elif not found[ref] and self.store.get(ref).output_digest != locked.output_digest:
                found[ref] = (Message(N_("relevo.lock names other content under this version")),)
        return found

    def _missing_inputs(self, artifact: Artifact) -> Iterable[Message]:
        for stage, taken in artifact.inputs.items():
            ref = Ref(stage, taken.version)
            try:
                same = self.store.get(ref).output_digest == taken.output_digest
            except NotFoundError:
                yield Message(N_("was made from {ref}, which is not in the store"), {"ref": str(ref)})
                continue
            except OutsideError:
                yield Message(N_("was made from {ref}, which cannot be read"), {"ref": str(ref)})
                continue
            if not same:
                yield Message(N_("was made from other content than {ref} has now"), {"ref": str(ref)})

    def predict(self, record: dict[str, str], ref: Ref | None = None) -> Prediction:
        """The answer of the newest model of this history (or of `ref`) for one input, `text` and variables by name.

        Raises UsageError when the input cannot be answered.
        """
        from relevo.model.predict import predict

        if ref and ref.stage != "model":
            raise UsageError(
                "not-a-model",
                N_("{ref} is no model"),
                hint=N_("name a version of the model, for example model@1.0.0; `relevo log model` lists them"),
                ref=str(ref),
            )
        model = self.show(ref) if ref else self._current("model")
        return Prediction(predict(model.folder, record), model.ref, Ref("data", model.inputs["data"].version))

    def serve_command(self, host: str, port: int) -> list[str]:
        """The command that serves the newest service of this history."""
        from relevo.calls.serving import command

        return command(self._current("service").folder, host, port)

    def serve_image_command(self, image: str, host: str, port: int) -> tuple[list[str], str | None]:
        """The command that serves an image, and the machine where it then listens, None for this one.

        `image` is a version of this line (`image`, `1.0.1`, `image@1.0.1`), else a name that the engine knows or can
        fetch.
        """
        from relevo.image.serving import command

        return command(self._image(image) or image, self.settings, host, port, self.root / ".relevo")

    def development(self) -> "DevContainer":
        """The container in place of a venv. Raises OutsideError without an engine, UsageError with a distant one."""
        from relevo.image.development.container import DevContainer
        from relevo.image.engine import find

        return DevContainer(find(self.settings.image.builder), self.root, self.settings)

    def push(self, ref: str, to: str | None = None, progress: Progress | None = None) -> "Pushed":
        """Bring an image (`image`: the newest of this history, or `image@1.0.1`) to a registry, tagged by its version.

        `to` is the repository, by default `repository` of [image]. Raises UsageError when none is named, FailureError
        when the tag is there with another image.
        """
        from relevo.image.pushing import push

        image = self._image(ref)
        if image is None:
            raise UsageError(
                "cannot-push",
                N_("`{ref}` is no image of this line, and nothing else can be pushed yet"),
                hint=N_("relevo push image, or relevo push image@1.0.1; `relevo log image` lists them"),
                ref=ref,
            )
        place = to or self.settings.image.repository
        if not place:
            raise UsageError(
                "no-repository",
                N_("nobody says where the image goes"),
                hint=N_("name it by --to registry.example.org/team/name, or by `repository` in [image]"),
            )
        return push(image, place, progress or Silent(), tagged=image.version in self.history().tagged("image"))

    def _image(self, text: str) -> Artifact | None:
        """The image that `text` names in the store; None when it is the name of something else."""
        if text == "image":
            return self._current("image")
        if text.startswith("image@") or re.fullmatch(r"v?\d+\.\d+\.\d+(-[\w.-]+)?", text):
            return self.show(Ref.parse(text if "@" in text else f"image@{text}"))
        return None

    def _current(self, stage: str) -> Artifact:
        artifact = self.history().current(self._stage(stage).name)
        if artifact is None:
            raise NotFoundError(
                "nothing-yet",
                N_("this line has no {stage} yet"),
                hint=N_("make one: relevo run"),
                stage=stage,
            )
        return artifact

    def _stage(self, name: str) -> Stage:
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise UsageError(
            "no-such-stage",
            N_("this line has no stage `{stage}`"),
            hint=N_("its stages are: {stages}"),
            stage=name,
            stages=", ".join(stage.name for stage in self.stages),
        )

    def _wanted(self, upto: str | None) -> Sequence[Stage]:
        """All stages, or `upto` and what it stands on."""
        if upto is None:
            return self.stages
        wanted = {self._stage(upto).name}
        for stage in reversed(self.stages):
            if stage.name in wanted:
                wanted.update(stage.takes)
        return [stage for stage in self.stages if stage.name in wanted]

    def _memo(self) -> Memo:
        return Memo(self.root / ".relevo" / "same.json")
