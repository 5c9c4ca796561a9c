"""How the process ends: SIGTERM drains, SIGINT finishes what it has, a second signal ends at once.

uvicorn alone refuses connections as soon as SIGTERM comes, while the cluster still sends them, and exits with 143
(docs/why/0031).
"""

import os
import signal
from collections.abc import Callable
from time import monotonic
from types import FrameType

import uvicorn

from relevo_runtime.server import Server

#: So long may requests in progress still take once nothing new is accepted.
FINISH_SECONDS = 15


class Process(uvicorn.Server):
    """The running service. `on_ready` is called once it answers; `exit_code` holds when it has ended."""

    def __init__(
        self, config: uvicorn.Config, server: Server, drain_seconds: float, on_ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._server = server
        self._drain_seconds = drain_seconds
        self._on_ready = on_ready
        self._ends_at = float("inf")
        self.exit_code = 0

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        self._on_ready()

    def handle_exit(self, sig: int, _: FrameType | None) -> None:
        """The first SIGTERM begins the drain, the first SIGINT skips its wait; any second signal ends the process."""
        name = signal.Signals(sig).name
        if not self._server.ready:
            self._server.log.announce("killed", level="warning", signal=name)
            os._exit(128 + sig)
        self._server.ready = False
        wait = self._drain_seconds if sig == signal.SIGTERM else 0.0
        self.exit_code = 0 if sig == signal.SIGTERM else 128 + sig
        self._ends_at = monotonic() + wait
        self._server.log.announce("draining", signal=name, seconds=wait, in_progress=len(self.server_state.tasks))

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or monotonic() >= self._ends_at
