"""What is different between two sets of rows, in counts. Found by `diff`, judged by `changes`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: How many examples or values are kept of each kind.
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """Before and after; a pair is a row before and the same row after. A row without a label has the group "".

    variables  header → type
    groups     group → rows
    moves      (group before, group after) → pairs, those that stayed included
    moved      (group before, group after) → texts of some pairs that did not stay
    retouched  pairs with another text; `retouches` has some, as (text before, text after)
    corrected  variable of both sides, with the same type → pairs with another value
    renamed    variable before → variable after that has its values
    vanished, appeared   category variable of both sides → (values that only one side has: how many, some of them)
    withdrawn, added     group → rows without a partner
    renumbered pairs of ids that point at other texts, where that is so many that ids were not used
    ids        whether the rows after have ids
    """

    variables_before: Mapping[str, str] = field(default_factory=dict)
    variables_after: Mapping[str, str] = field(default_factory=dict)
    groups_before: Mapping[str, int] = field(default_factory=dict)
    groups_after: Mapping[str, int] = field(default_factory=dict)
    moves: Mapping[tuple[str, str], int] = field(default_factory=dict)
    moved: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    retouched: int = 0
    retouches: Sequence[tuple[str, str]] = ()
    corrected: Mapping[str, int] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    vanished: Mapping[str, tuple[int, Sequence[str]]] = field(default_factory=dict)
    appeared: Mapping[str, tuple[int, Sequence[str]]] = field(default_factory=dict)
    withdrawn: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)
    renumbered: int = 0
    ids: bool = False
