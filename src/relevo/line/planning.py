"""What a run would do, without doing it. Exact for a stage that can foresee; a lower bound by rule for what follows."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from relevo.core.artifact import Artifact
from relevo.core.plan import Plan, Planned, State
from relevo.core.policy import Policy
from relevo.core.ports import Progress, Stage
from relevo.core.version import Bump
from relevo.line.history import History
from relevo.line.memo import Memo
from relevo.line.outlook import Outlook, inherited, look, numbered, recipe_change, settled


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
        if known := settled(outlook, planned, self.policy, self.history):
            if known.state is State.KEPT and outlook.current:
                artifacts[stage.name] = outlook.current
            return known
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
