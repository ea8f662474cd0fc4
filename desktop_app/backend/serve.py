"""Runs an API server under uvicorn, on a socket that is bound before anything else happens."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime

import uvicorn

from desktop_app.backend.app import create_app
from desktop_app.backend.config import ServerConfig
from desktop_app.backend.connections import GuardedProtocol
from desktop_app.backend.store import utc_now
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.db.seeds import SeedResult

_BACKLOG = 2048
_GRACE_S = 3


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on ``host``, on ``port`` or a free one (0); raises ``LocalFailure``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's delay off only where it is.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # Windows: nobody else may take the port from under us.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise LocalFailure(
            what=N_("Port {port} of {host} cannot be used: {reason}."),
            advice=N_("Choose another port, or end the program that uses it."),
            port=port,
            host=host,
            reason=error.strerror or str(error),
        ) from error
    bound.setblocking(False)
    return bound


class ApiServer(uvicorn.Server):
    """One API server on one event loop: ``run`` blocks, ``stop`` may come from any thread."""

    def __init__(
        self,
        config: ServerConfig,
        *,
        ready: Callable[[int], None] = lambda _port: None,
        should_stop: Callable[[], bool] = lambda: False,
        seeded: Callable[[SeedResult], None] = lambda _: None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._socket = bind(config.host, config.port)
        self._ready = ready
        self._should_stop = should_stop
        self._app = create_app(config, clock=clock, seeded=seeded)
        super().__init__(
            uvicorn.Config(
                self._app,
                loop="asyncio",
                http=GuardedProtocol,
                ws="none",
                lifespan="on",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=_GRACE_S,
                backlog=_BACKLOG,
                ssl_keyfile=config.tls_key,
                ssl_certfile=config.tls_certificate,
            )
        )

    @property
    def port(self) -> int:
        """The port that clients connect to."""
        return int(self._socket.getsockname()[1])

    def run_until_stopped(self) -> None:
        """Serve; returns after ``stop``; raises ``PyMongoError`` when the database is not there."""
        port = self.port
        try:
            self.run(sockets=[self._socket])
        except SystemExit:
            # uvicorn's way to say that the application did not start.
            if self._app.state.start_error is None:
                raise
        finally:
            self._socket.close()
        if self._app.state.start_error is not None:
            raise self._app.state.start_error
        if not self.started:
            raise RuntimeError(f"the API server on port {port} did not start; see the log")

    def stop(self) -> None:
        """End gracefully: requests under way are answered."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving, then tell whoever waits."""
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._ready(self.port)

    async def on_tick(self, counter: int) -> bool:
        """Look, ten times a second, whether to stop."""
        return await super().on_tick(counter) or self._should_stop()


def serve(
    config: ServerConfig,
    ready: Callable[[int], None],
    *,
    should_stop: Callable[[], bool] = lambda: False,
    seeded: Callable[[SeedResult], None] = lambda _: None,
) -> None:
    """Run an API server until ``should_stop()`` or a signal; calls ``ready(port)`` once it serves.

    Raises ``LocalFailure`` when the port cannot be used, ``PyMongoError`` when the database is not
    there at the start.
    """
    ApiServer(config, ready=ready, should_stop=should_stop, seeded=seeded).run_until_stopped()
