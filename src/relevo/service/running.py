"""What the runtime says of a service without serving it."""

from pathlib import Path

from relevo.calls.names import APP
from relevo.calls.serving import START_SECONDS, environment, runtime_command
from relevo.core.errors import OutsideError, UsageError
from relevo.core.message import N_
from relevo.tools import process


def openapi(folder: Path, shown: str) -> str:
    """The OpenAPI document of the artifact in `folder`; messages call its `app.py` `shown`.

    Raises UsageError with the runtime's own words when the code, or what it declares, cannot be used.
    """
    done = process.run(runtime_command("openapi", folder), env=environment(), timeout=START_SECONDS, check=False)
    if done.returncode == 0:
        return done.stdout
    reason = done.stderr.strip().replace(str(folder / APP), shown)
    if done.returncode == 2:
        raise UsageError("service-refused", N_("the service cannot start: {reason}"), reason=reason)
    raise OutsideError(
        "runtime-failed",
        N_("the runtime ended with {returncode} instead of describing the service: {reason}"),
        returncode=done.returncode,
        reason=reason,
    )
