"""One stage before it is made: what it takes, and whether anything is to be made. Shared by plan, run and status."""

from collections.abc import Mapping
from dataclasses import dataclass

from relevo.core.artifact import Artifact, Input, input_digest
from relevo.core.change import Change
from relevo.core.plan import Planned, State, follow
from relevo.core.policy import Policy
from relevo.core.ports import Stage
from relevo.core.version import FIRST, Version
from relevo.line.history import History
from relevo.line.memo import Memo


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be said of a stage from its recipe and its inputs alone.

    `base` is what the next version is compared with, `current` what stands now; they differ on a branch that makes
    local builds. `inputs` holds the artifacts of all earlier stages that it stands on, so far as they exist; `digest`
    is the input digest, None while a taken artifact is not made yet. `kept`: there is nothing to make.
    """

    stage: Stage
    base: Artifact | None
    current: Artifact | None
    recipe: Mapping[str, str]
    inputs: Mapping[str, Artifact]
    digest: str | None
    kept: bool


def look(stage: Stage, artifacts: Mapping[str, Artifact], history: History, memo: Memo) -> Outlook:
    """The outlook of `stage`; `artifacts` are those of the earlier stages that stand or were just made."""
    base, current = history.base(stage.name), history.current(stage.name)
    taken = {name: artifacts[name] for name in stage.takes if name in artifacts}
    inputs = {name: artifacts[name] for artifact in taken.values() for name in artifact.inputs} | taken
    recipe = stage.recipe()
    if len(taken) < len(stage.takes):
        return Outlook(stage, base, current, recipe, inputs, None, False)
    digest = input_digest(stage.name, {name: Input(a.version, a.output_digest) for name, a in inputs.items()}, recipe)
    # On a branch of local builds, what was changed back is what the release says, not what the last build said.
    for standing in (current, base):
        if standing and _stands(standing, digest, taken, memo):
            return Outlook(stage, base, standing, recipe, inputs, digest, True)
    return Outlook(stage, base, current, recipe, inputs, digest, False)


def _stands(artifact: Artifact, digest: str, taken: Mapping[str, Artifact], memo: Memo) -> bool:
    """Whether making it now would give `artifact` again.

    The versions are compared too: equal content under a new number still has to be named in the answers.
    """
    known = artifact.input_digest == digest or memo.says(artifact.stage, digest, artifact.version)
    return known and all(artifact.inputs[name].version == its.version for name, its in taken.items())


def settled(outlook: Outlook, planned: Mapping[str, Planned], policy: Policy, history: History) -> Planned | None:
    """What is to be said of a stage that is not made: it waits, is kept or stops. None when it is to be made."""
    stage, base = outlook.stage, outlook.base.version if outlook.base else None
    if any(planned[name].state in (State.STOPPED, State.WAITING) for name in stage.takes):
        return Planned(stage.name, State.WAITING, base, None)
    if outlook.kept and outlook.current:
        return Planned(stage.name, State.KEPT, base, outlook.current.version)
    if stops := stage.stops(planned, outlook.inputs):
        changes = inherited(outlook, planned, history)
        return Planned(stage.name, State.STOPPED, base, None, policy.bump(changes), changes, stops=stops)
    return None


def inherited(outlook: Outlook, upstream: Mapping[str, Planned], history: History) -> tuple[Change, ...]:
    """What `stage` follows from the stages that it takes, compared with what its base was made from."""
    if outlook.base is None:
        return ()
    changes = []
    for name in outlook.stage.takes:
        old, new = outlook.base.inputs[name].version, upstream[name].next
        if new is not None and new != old:
            made = upstream[name].state is State.MADE
            standing = history.base(name) if made else outlook.inputs[name]
            because = upstream[name].changes if made else ()
            because += history.changes_between(old, standing) if standing else ()
            changes.append(follow(outlook.stage.name, name, old, new, because))
    return tuple(changes)


def recipe_change(stage: str, old: Mapping[str, str], new: Mapping[str, str], policy: Policy) -> tuple[Change, ...]:
    """That the stage's own sources or settings changed, where the rules have a row for it."""
    parts = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    if parts and f"{stage}.recipe-changed" in policy.rules:
        return (Change(stage, "recipe-changed", {"parts": parts}),)
    return ()


def numbered(
    stage: str, base: Artifact | None, changes: tuple[Change, ...], policy: Policy, history: History
) -> Version:
    """The version that follows from `changes`."""
    return history.number(stage, base.version.next(policy.bump(changes)) if base else FIRST)
