"""Puts a service on the network: socket, event loop, log, end."""

import errno
import gc
import logging
import socket
from functools import partial
from time import process_time

import msgspec
import uvicorn

from relevo_runtime.bundle import Bundle
from relevo_runtime.drain import FINISH_SECONDS, Process
from relevo_runtime.errors import StartError
from relevo_runtime.logs import Bridge, Log
from relevo_runtime.protocol import Connection
from relevo_runtime.server import Server
from relevo_runtime.settings import Settings

BACKLOG = 2_048


def serve(bundle: Bundle, settings: Settings) -> int:
    """Answers until a signal comes; the exit code. Raises StartError when the address cannot be had."""
    listener = listen(settings.host, settings.port)
    log = Log(settings.log_level)
    logging.getLogger().handlers = [Bridge(log)]
    server = Server(bundle, settings, log)
    config = uvicorn.Config(
        server,
        http=partial(Connection, refuse=server.refuse, read_seconds=settings.read_seconds),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=settings.keepalive_seconds,
        timeout_graceful_shutdown=FINISH_SECONDS,
    )
    host, port = listener.getsockname()[:2]

    def on_ready() -> None:
        # What was loaded stays for ever: without this, each full collection walks it all again, some ten milliseconds.
        gc.collect()
        gc.freeze()
        versions = msgspec.to_builtins(bundle.versions)
        log.announce("ready", host=host, port=port, path=bundle.path, cpu_seconds=process_time(), versions=versions)

    process = Process(config, server, settings.drain_seconds, on_ready)
    server.waiting = lambda: len(process.server_state.tasks)
    process.run([listener])
    log.announce("stopped")
    return process.exit_code


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises StartError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    except UnicodeError as error:  # a name that can be no name of a host
        raise StartError("address-unusable", host=host, port=port, reason=str(error)) from error
    except OSError as error:
        code = "port-in-use" if error.errno == errno.EADDRINUSE else "address-unusable"
        raise StartError(code, host=host, port=port, reason=error.strerror) from error
    return listener
