"""What a run would do, without doing it. Exact for a stage that can foresee; a lower bound by rule for what follows."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from relevo.core.artifact import Artifact
from relevo.core.plan import Plan, Planned, State
from relevo.core.policy import Policy
from relevo.core.ports import Progress, Stage
from relevo.core.version import Bump, Version
from relevo.line.history import History
from relevo.line.memo import Memo
from relevo.line.outlook import Outlook, inherited, look, numbered, recipe_change


@dataclass
class Planner:
    """Walks the stages in order; each plan is what the next stage sees of the one before."""

    history: History
    policy: Policy
    memo: Memo
    progress: Progress

    def plan(self, stages: Sequence[Stage]) -> Plan:
        planned: dict[str, Planned] = {}
        artifacts: dict[str, Artifact] = {}
        for stage in stages:
            planned[stage.name] = self._one(stage, planned, artifacts)
        return Plan(planned)

    def _one(self, stage: Stage, planned: dict[str, Planned], artifacts: dict[str, Artifact]) -> Planned:
        outlook = look(stage, artifacts, self.history, self.memo)
        base = outlook.base.version if outlook.base else None
        if waiting := waits(stage, planned, base):
            return waiting
        if outlook.kept and outlook.current:
            artifacts[stage.name] = outlook.current
            return Planned(stage.name, State.KEPT, base, outlook.current.version)
        if stops := stage.stops(planned, outlook.inputs):
            changes = inherited(outlook, planned, self.history)
            return Planned(stage.name, State.STOPPED, base, None, self.policy.bump(changes), changes, stops=stops)
        return self._made(outlook, planned, artifacts)

    def _made(self, outlook: Outlook, planned: dict[str, Planned], artifacts: dict[str, Artifact]) -> Planned:
        name, base = outlook.stage.name, outlook.base
        if base is None:
            return Planned(name, State.MADE, None, numbered(name, None, (), self.policy, self.history))
        with tempfile.TemporaryDirectory(prefix="relevo-plan-") as aside:
            foreseen = outlook.stage.foresee(base, Path(aside), self.progress)
        changes = inherited(outlook, planned, self.history)
        if foreseen is None:
            changes += recipe_change(name, base.recipe, outlook.recipe, self.policy)
        else:
            changes += foreseen
            if self.policy.bump(changes) is Bump.NONE:
                artifacts[name] = base
                return Planned(name, State.KEPT, base.version, base.version, changes=changes)
        version = numbered(name, base, changes, self.policy, self.history)
        bump = self.policy.bump(changes)
        return Planned(name, State.MADE, base.version, version, bump, changes, exact=foreseen is not None)


def waits(stage: Stage, planned: Mapping[str, Planned], base: Version | None) -> Planned | None:
    """The plan of a stage that cannot be made because an earlier one stopped; None when it can."""
    if all(planned[name].state in (State.KEPT, State.MADE) for name in stage.takes):
        return None
    return Planned(stage.name, State.WAITING, base, None)
