"""Exit codes: the whole list, and how errors and outcomes become one of them."""

from collections.abc import Iterable, Mapping
from enum import IntEnum

from relevo.core.errors import FailureError, InconclusiveError, OutsideError, RelevoError, UsageError
from relevo.core.message import N_


class Exit(IntEnum):
    """What the shell, or a pipeline, learns from `relevo`."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    OUTSIDE = 3
    INCONCLUSIVE = 4
    INTERRUPTED = 130


#: What every code means, for `--help`. A defect of relevo itself is 3: nothing was found out about the user's work.
MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: N_("done"),
    Exit.FAILED: N_("a gate failed, a stage stopped, or verify found a difference"),
    Exit.USAGE: N_("the call, relevo.toml or the folder is not as it must be"),
    Exit.OUTSIDE: N_("disk, network or another program failed (or relevo has a defect)"),
    Exit.INCONCLUSIVE: N_("measured twice, and still no verdict"),
    Exit.INTERRUPTED: N_("interrupted"),
}

#: Several at once: the first of these that occurs.
_ORDER = (Exit.USAGE, Exit.OUTSIDE, Exit.FAILED, Exit.INCONCLUSIVE)

_ERRORS: Mapping[type[RelevoError], Exit] = {
    UsageError: Exit.USAGE,
    OutsideError: Exit.OUTSIDE,
    FailureError: Exit.FAILED,
    InconclusiveError: Exit.INCONCLUSIVE,
}

_OUTCOMES: Mapping[str, Exit] = {
    "done": Exit.DONE,
    "idle": Exit.DONE,
    "passed": Exit.DONE,
    "failed": Exit.FAILED,
    "stopped": Exit.FAILED,
    "inconclusive": Exit.INCONCLUSIVE,
}


def of_error(error: RelevoError) -> Exit:
    """The code of the branch of the error tree that `error` stands on."""
    return next(code for kind, code in _ERRORS.items() if isinstance(error, kind))


def of_outcomes(outcomes: Iterable[str]) -> Exit:
    """The code of a run or gate outcome (`done`, `stopped`, `passed` …), or of several at once."""
    return worst(_OUTCOMES[outcome] for outcome in outcomes)


def worst(codes: Iterable[Exit]) -> Exit:
    """The one code that stands for several; DONE for none."""
    occurred = set(codes)
    return next((code for code in _ORDER if code in occurred), Exit.DONE)
