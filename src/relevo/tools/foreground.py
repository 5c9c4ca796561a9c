"""A program in the foreground: on our own terminal, until it ends or Ctrl-C ends it."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from relevo.tools.process import popen

#: How often a program that is attended is told to end before it is killed.
ATTEMPTS = 2


def attend(argv: Sequence[str], interrupt: Callable[[], object]) -> int:
    """Run a program on our own stdin, stdout and stderr to its end; its exit code as a shell has it (128 + signal).

    It stays in our process group, so that it may read from the terminal; Ctrl-C there reaches it as it reaches us. What
    interrupts us (SIGINT, SIGTERM, SIGHUP) calls `interrupt`, which sees to it that the program ends, and once more
    when it has not; then KeyboardInterrupt is raised. Raises OutsideError as `start` does.
    """
    from subprocess import TimeoutExpired

    with _interruptible():
        process = popen(argv, None, None, process_group=None)
        try:
            code = process.wait()
        except KeyboardInterrupt:
            for _ in range(ATTEMPTS):
                interrupt()
                with suppress(TimeoutExpired):
                    process.wait(1)
                    break
            raise
        finally:
            process.kill()
            process.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def _interruptible() -> Iterator[None]:
    """What would end this process at once raises KeyboardInterrupt within the block, as Ctrl-C does."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    ours = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
