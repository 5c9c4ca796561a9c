"""The one tree of errors. Foreign exceptions become one of these once, at the adapter that meets them.

    RelevoError
    ├── UsageError            the call, relevo.toml or the folder is not as it must be      (exit 2)
    │   └── NotFoundError     an artifact, stage or file that was named is not there
    ├── OutsideError          disk, network, another program or another run failed us       (exit 3)
    ├── FailureError          a gate failed, a stage stopped, the requirement was missed    (exit 1)
    └── InconclusiveError     measured twice, and still no verdict                          (exit 4)

Exit codes are chosen in `cli/`; an error only knows what went wrong, which value, and what to do next.
"""

from typing import Any

from relevo.core.message import Message


class RelevoError(Exception):
    """`code` is stable and for machines; `text` and `hint` are messages with fields from `params`.

    >>> raise UsageError("file-missing", N_("`{path}` does not exist"), hint=N_("check the path"), path="x.csv")
    """

    def __init__(self, code: str, text: str, /, *, hint: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = Message(text, params)
        self.hint = Message(hint, params) if hint else None

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else str(self.message)


class UsageError(RelevoError):
    """The call, relevo.toml or the folder is not as it must be."""


class NotFoundError(UsageError):
    """What was named is not there."""


class OutsideError(RelevoError):
    """The outside world failed: disk, network, another program, another run."""


class FailureError(RelevoError):
    """A gate failed, a stage stopped, or the requirement was missed."""


class InconclusiveError(RelevoError):
    """Measured twice, and still no verdict."""
