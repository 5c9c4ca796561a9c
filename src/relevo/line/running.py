"""Make → version → gates, stage by stage, aside; only when the last wanted stage has passed is anything published."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from relevo import __version__
from relevo.core.artifact import Artifact, Draft, Input, Ref, files_digest
from relevo.core.change import Change
from relevo.core.errors import FailureError, UsageError
from relevo.core.lock import LOCK, Lock
from relevo.core.message import N_, Message
from relevo.core.plan import Plan, Planned, State
from relevo.core.policy import EQUALS_OLD, Policy
from relevo.core.ports import Gate, Progress, Stage
from relevo.core.settings import Settings
from relevo.core.verdict import Outcome, Verdict
from relevo.core.version import Bump
from relevo.line import results
from relevo.line.history import History
from relevo.line.memo import Memo
from relevo.line.outlook import Outlook, inherited, look, numbered, recipe_change, settled
from relevo.line.results import Run
from relevo.tools.clock import Clock
from relevo.tools.files import digests, unwritable, write_text


@dataclass
class _Made:
    """What has been made so far in this run; `artifacts` also holds the kept ones."""

    planned: dict[str, Planned] = field(default_factory=dict)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    drafted: list[tuple[Outlook, Artifact]] = field(default_factory=list)
    verdicts: dict[str, tuple[Verdict, ...]] = field(default_factory=dict)


@dataclass
class Runner:
    """One run of a line. `aside` is emptied before and after."""

    root: Path
    settings: Settings
    history: History
    policy: Policy
    memo: Memo
    gates: Callable[[str], Sequence[Gate]]
    clock: Clock
    progress: Progress

    def __post_init__(self) -> None:
        self.aside = self.root / ".relevo" / "work"

    def run(self, stages: Sequence[Stage]) -> Run:
        """Make and gate `stages`, then publish. A failed gate or a stop is in the result, not an exception."""
        made = _Made()
        shutil.rmtree(self.aside, ignore_errors=True)
        try:
            for stage in stages:
                bad = self._one(stage, made)
                if bad:
                    return Run(bad, Plan(made.planned), made.verdicts)
            return self._publish(made)
        except OSError as error:
            raise unwritable(Path(error.filename or self.aside), error) from error
        finally:
            shutil.rmtree(self.aside, ignore_errors=True)

    def _one(self, stage: Stage, made: _Made) -> results.Outcome | None:
        """Makes and gates one stage; the outcome when a gate did not pass."""
        outlook = look(stage, made.artifacts, self.history, self.memo)
        known = settled(outlook, made.planned, self.policy, self.history)
        if known is None:
            return self._make(outlook, made)
        made.planned[stage.name] = known
        if known.state is State.KEPT and outlook.current:
            made.artifacts[stage.name] = outlook.current
        return None

    def _make(self, outlook: Outlook, made: _Made) -> results.Outcome | None:
        stage, base = outlook.stage, outlook.base
        folder = self.aside / stage.name
        folder.mkdir(parents=True)
        self.progress.step(Message(N_("making {stage}"), {"stage": stage.name}))
        result = stage.make(outlook.inputs, folder, self.progress)
        output_digest = result.output_digest or files_digest(digests(folder))
        changes: tuple[Change, ...] = ()
        if base:
            changes = inherited(outlook, made.planned, self.history)
            changes += stage.changes(base, result, folder) + recipe_change(
                stage.name, base.recipe, outlook.recipe, self.policy
            )
            if self.policy.bump(changes) is Bump.NONE:
                self._keep(outlook, changes, output_digest, made)
                return None
            same = self.history.same_content(stage.name, output_digest)
            if same:
                changes += (Change(stage.name, EQUALS_OLD, {"version": str(same)}),)
        version = numbered(stage.name, base, changes, self.policy, self.history)
        bump = self.policy.bump(changes)
        made.planned[stage.name] = Planned(
            stage.name, State.MADE, base.version if base else None, version, bump, changes
        )
        draft = Draft(
            stage=stage.name,
            version=version,
            folder=folder,
            output_digest=output_digest,
            facts=result.facts,
            inputs=outlook.inputs,
            base=base,
            changes=changes,
            settings=self.settings,
            root=self.root,
            base_inputs=self._inputs_of(base) if base else {},
        )
        stage.finish(draft)
        verdicts = self._gate(draft)
        made.verdicts[stage.name] = verdicts
        artifact = self._artifact(outlook, draft, verdicts)
        made.artifacts[stage.name] = artifact
        made.drafted.append((outlook, artifact))
        return _worst(verdicts)

    def _inputs_of(self, base: Artifact) -> dict[str, Artifact]:
        return {name: self.history.store.get(Ref(name, taken.version)) for name, taken in base.inputs.items()}

    def _keep(self, outlook: Outlook, changes: tuple[Change, ...], output_digest: str, made: _Made) -> None:
        """The content is that of the base, so far as the rules care: the base stands."""
        name, base = outlook.stage.name, outlook.base
        assert base is not None and outlook.digest is not None  # noqa: S101 - the caller has both
        if output_digest != base.output_digest and not changes:
            raise FailureError(
                "unexplained-difference",
                N_("{stage} differs from its base {base}, but no rule says how"),
                hint=N_("this is a defect of the stage: please report it with both manifests"),
                stage=name,
                base=str(base.version),
            )
        self.memo.remember(name, outlook.digest, base.version)
        shutil.rmtree(self.aside / name)
        made.artifacts[name] = base
        made.planned[name] = Planned(name, State.KEPT, base.version, base.version, changes=changes)

    def _gate(self, draft: Draft) -> tuple[Verdict, ...]:
        """The verdict of every gate of the stage; an inconclusive one is measured once more."""
        verdicts = []
        for gate in self.gates(draft.stage):
            self.progress.step(Message(N_("checking {stage}: {gate}"), {"stage": draft.stage, "gate": gate.name}))
            verdict = gate.check(draft)
            if verdict.outcome is Outcome.INCONCLUSIVE:
                verdict = gate.check(draft)
            self.progress.gate(draft.stage, verdict)
            verdicts.append(verdict)
        return tuple(verdicts)

    def _artifact(self, outlook: Outlook, draft: Draft, verdicts: tuple[Verdict, ...]) -> Artifact:
        repository = self.history.repository
        assert outlook.digest is not None  # noqa: S101 - a made stage has all its inputs
        return Artifact(
            line=self.settings.line.name,
            stage=draft.stage,
            version=draft.version,
            input_digest=outlook.digest,
            output_digest=draft.output_digest,
            recipe=outlook.recipe,
            files=digests(draft.folder),
            inputs={name: Input(a.version, a.output_digest) for name, a in draft.inputs.items()},
            facts=draft.facts,
            changes=draft.changes,
            verdicts=verdicts,
            made_at=self.clock.now(),
            tool=f"relevo {__version__}",
            commit=repository.head(),
            branch=repository.branch(),
            dirty=repository.dirty(),
            base=draft.base.version if draft.base else None,
            folder=draft.folder,
        )

    def _publish(self, made: _Made) -> Run:
        """Store, then tag, then lock."""
        for outlook, artifact in made.drafted:
            if outlook.stage.recipe() != outlook.recipe:
                raise UsageError(
                    "changed-meanwhile",
                    N_("the sources of {stage} changed while it was being made; nothing was published"),
                    hint=N_("run again: relevo run"),
                    stage=artifact.stage,
                )
        for _, artifact in made.drafted:
            self.progress.step(Message(N_("publishing {artifact}"), {"artifact": str(artifact.ref)}))
            made.artifacts[artifact.stage] = self.history.store.put(artifact)
        plan = Plan(made.planned)
        published = tuple(made.artifacts[artifact.stage] for _, artifact in made.drafted)
        tags, notes = self._tag(made.artifacts.values())
        locked = len(made.artifacts) == len(self.settings.line.stages) and self._lock(made.artifacts)
        outcome: results.Outcome = "stopped" if plan.stopped else "done" if published or tags or locked else "idle"
        return Run(outcome, plan, made.verdicts, published, tags, locked, notes)

    def _tag(self, artifacts: Iterable[Artifact]) -> tuple[tuple[str, ...], tuple[Message, ...]]:
        """Tags what stands at HEAD and has no tag yet; says why it does not."""
        repository = self.history.repository
        wanted = {self.history.tag_name(artifact.ref): artifact for artifact in artifacts}
        missing = {name: artifact for name, artifact in wanted.items() if name not in repository.tags()}
        if not missing:
            return (), ()
        if not self.history.release_branch:
            note = N_("local builds of branch `{branch}`: not tagged; versions come from a release branch")
            return (), (Message(note, {"branch": repository.branch()}),)
        if not repository.head():
            return (), (Message(N_("not tagged: this line is not in a git repository with a commit")),)
        if repository.dirty():
            note = N_("not tagged: there are changes that are not committed; commit them and run again")
            return (), (Message(note),)
        for name, artifact in missing.items():
            repository.tag(name, f"{artifact.line}: {artifact.ref}\n\nsha256:{artifact.output_digest}")
        return tuple(missing), ()

    def _lock(self, artifacts: Mapping[str, Artifact]) -> bool:
        """Writes relevo.lock when the coherent set is another one; whether it did."""
        path = self.root / LOCK
        text = Lock.of(artifacts).dumps()
        with suppress(OSError):
            if path.read_text(encoding="utf-8") == text:
                return False
        write_text(path, text)
        return True


def _worst(verdicts: Iterable[Verdict]) -> results.Outcome | None:
    """What the run ends with: a failure before anything inconclusive; None when all passed."""
    outcomes = {verdict.outcome for verdict in verdicts}
    if Outcome.FAILED in outcomes:
        return "failed"
    return "inconclusive" if Outcome.INCONCLUSIVE in outcomes else None
