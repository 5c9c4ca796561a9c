"""What time it is."""

import os
from datetime import UTC, datetime
from typing import Protocol

from relevo.core.errors import UsageError
from relevo.core.message import N_


class Clock(Protocol):
    def now(self) -> str:
        """The time as ISO 8601 in UTC, to the second."""


class SystemClock:
    """Time as ISO 8601 in UTC, to the second: `2026-03-01T09:30:00Z`.

    `SOURCE_DATE_EPOCH`, where it is set, stands still for repeatable builds (reproducible-builds.org).
    """

    def now(self) -> str:
        """Raises UsageError when SOURCE_DATE_EPOCH is no number of seconds."""
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        try:
            moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
        except (ValueError, OverflowError, OSError):
            raise UsageError(
                "bad-epoch",
                N_("the environment's SOURCE_DATE_EPOCH is `{epoch}`, which is no number of seconds since 1970"),
                hint=N_("set it to a whole number, for example $(git log -1 --format=%ct), or unset it"),
                epoch=epoch,
            ) from None
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
