"""The version rules: which change raises which part of the version. One table, overridable in relevo.toml.

[policy]
"data.text-retouched" = "minor"
"""

from collections.abc import Iterable, Mapping

from relevo.core.change import Change
from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.suggest import closest
from relevo.core.version import FIRST, Bump, Version

#: `stage.code` → bump. `follows` takes the bump of the stage it follows and stands in no table.
RULES: Mapping[str, Bump] = {
    # data: the order of rows and columns, the format, encoding, line ends and quoting leave no trace in the facts
    "data.label-corrected": Bump.PATCH,
    "data.text-retouched": Bump.PATCH,
    "data.value-corrected": Bump.PATCH,
    "data.rows-withdrawn": Bump.PATCH,
    "data.category-vanished": Bump.PATCH,
    "data.rows-added": Bump.MINOR,
    "data.group-added": Bump.MINOR,
    "data.category-added": Bump.MINOR,
    "data.group-carved-out": Bump.MINOR,
    "data.variable-added": Bump.MAJOR,
    "data.variable-removed": Bump.MAJOR,
    "data.variable-renamed": Bump.MAJOR,
    "data.variable-retyped": Bump.MAJOR,
    "data.group-gone": Bump.MAJOR,
    "data.group-renamed": Bump.MAJOR,
    "data.group-merged": Bump.MAJOR,
    "data.group-split-away": Bump.MAJOR,
    "data.ids-renumbered": Bump.NONE,
    # model
    "model.recipe-changed": Bump.PATCH,
    "model.group-added": Bump.MINOR,
    "model.input-required": Bump.MAJOR,
    "model.input-removed": Bump.MAJOR,
    "model.group-gone": Bump.MAJOR,
    # service
    "service.recipe-changed": Bump.PATCH,
    "service.api-added": Bump.MINOR,
    "service.api-deprecated": Bump.MINOR,
    "service.api-incompatible": Bump.MAJOR,
    "service.api-removed-undeprecated": Bump.MAJOR,
    # image
    "image.recipe-changed": Bump.PATCH,
    "image.base-changed": Bump.PATCH,
    "image.python-changed": Bump.MINOR,
    "image.os-changed": Bump.MINOR,
    "image.platform-changed": Bump.MAJOR,
    "image.variable-added": Bump.MINOR,
    "image.variable-gone": Bump.MAJOR,
    "image.variable-required": Bump.MAJOR,
    "image.volume-added": Bump.MINOR,
    "image.volume-gone": Bump.MAJOR,
    "image.port-changed": Bump.MAJOR,
    "image.health-changed": Bump.MAJOR,
    "image.user-changed": Bump.MAJOR,
    "image.entrypoint-changed": Bump.MAJOR,
}

#: The bump of an earlier stage, taken over (`params["bump"]`).
FOLLOWS = "follows"
#: Says which older version has the same content; raises nothing by itself.
EQUALS_OLD = "equals-old"


class Policy:
    """The rules with a line's own overrides. Raises UsageError for a rule or a bump that does not exist."""

    def __init__(self, overrides: Mapping[str, str] | None = None, rules: Mapping[str, Bump] = RULES) -> None:
        self.rules = dict(rules)
        for rule, word in (overrides or {}).items():
            if rule not in rules:
                close = closest(rule, rules)
                raise UsageError(
                    "unknown-rule",
                    N_("unknown version rule `{rule}` in [policy]"),
                    hint=N_("did you mean `{close}`?") if close else N_("`relevo plan --rules` lists them"),
                    rule=rule,
                    close=close,
                )
            try:
                self.rules[rule] = Bump.of(word)
            except ValueError:
                raise UsageError(
                    "unknown-bump",
                    N_("`{rule}` in [policy] is `{word}`, which is no part of a version"),
                    hint=N_("use none, patch, minor or major"),
                    rule=rule,
                    word=word,
                ) from None

    def bump_of(self, change: Change) -> Bump:
        """The bump that one change deserves. A code without a rule is a defect of the stage and raises KeyError."""
        if change.code == FOLLOWS:
            return Bump.of(change.params["bump"])
        if change.code == EQUALS_OLD:
            return Bump.NONE
        return self.rules[f"{change.stage}.{change.code}"]

    def bump(self, changes: Iterable[Change]) -> Bump:
        """The highest bump among `changes`; NONE for none."""
        return max(map(self.bump_of, changes), default=Bump.NONE)

    def next(self, base: Version | None, changes: Iterable[Change]) -> Version:
        """The version after `base`; 1.0.0 where there is nothing to compare with."""
        return FIRST if base is None else base.next(self.bump(changes))
