"""python kill_after.py N SCRIPT ARGS…: runs SCRIPT, and kills it right after its N-th fsync or rename.

By SIGKILL, so that no cleaning up of its own can help it. With another signal's number in RELEVO_TEST_SIGNAL, by that.
"""

import os
import runpy
import signal
import sys
from collections.abc import Callable
from typing import Any

left = int(sys.argv[1])
kind = int(os.environ.get("RELEVO_TEST_SIGNAL", signal.SIGKILL))


def counted(call: Callable[..., Any]) -> Callable[..., Any]:
    def count(*arguments: Any, **named: Any) -> Any:
        global left  # noqa: PLW0603
        result = call(*arguments, **named)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), kind)
        return result

    return count


for name in ("fsync", "rename", "replace"):
    setattr(os, name, counted(getattr(os, name)))
del sys.argv[:2]
runpy.run_path(sys.argv[0], run_name="__main__")
