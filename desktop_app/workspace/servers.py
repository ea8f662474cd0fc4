"""The two servers of a workspace, started, mended and stopped together."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop_app.config.json_file import JsonFile
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.workspace.api_server import ApiServer, ApiSettings, Condition
from desktop_app.workspace.child import created_at
from desktop_app.workspace.faults import from_os_error, port_taken
from desktop_app.workspace.mongod import Mongod, MongodOptions, StartingMongod
from desktop_app.workspace.mongod_binary import find_mongod
from desktop_app.workspace.places import Places
from desktop_app.workspace.ports import free_port, is_free
from desktop_app.workspace.runtime import Running, Runtime, forget
from desktop_app.workspace.secret_files import kept_secret

DATABASE = "online_evaluation"
_HEALTHY_S = 15.0

Tell = Callable[[str], None]
"""Tells a person what is being done now: a message id."""


class Servers:
    """mongod and the API server of one data folder. To be used by one long-lived thread."""

    def __init__(
        self,
        places: Places,
        given_up: threading.Event,
        *,
        api_port: int | None = None,
        mongod: Path | None = None,
        options: MongodOptions | None = None,
    ) -> None:
        """``api_port`` is insisted on; without it the last one is used again if it is free.

        Setting ``given_up`` cuts a start short.
        """
        self._places = places
        self._given_up = given_up
        self._api_port = api_port
        self._binary = mongod
        self._options = options or MongodOptions(database=DATABASE)
        self._mongod: Mongod | None = None
        self._api: ApiServer | None = None

    @property
    def mongod(self) -> Mongod:
        """The database, once started."""
        assert self._mongod is not None
        return self._mongod

    @property
    def api(self) -> ApiServer:
        """The API server, once started."""
        assert self._api is not None
        return self._api

    def start(self, tell: Tell) -> None:
        """Start both. Raises ``LocalFailure``; then neither is left running."""
        if self._api_port is not None and not is_free(self._api_port):
            raise port_taken(self._api_port)
        remembered = _remembered_ports(self._places)
        binary = find_mongod(self._binary)
        try:
            tell(N_("Starting the database…"))
            # The API server first: its imports take longer than the database's start.
            self._api = ApiServer(self._places.api)
            starting = StartingMongod(
                self._places.mongo,
                binary=binary,
                port=remembered.get("mongod"),
                options=self._options,
            )
            self._write_runtime(starting.process.pid, starting.port, ready=False)
            self._mongod = starting.finish(self._given_up)
            tell(N_("Starting the API server…"))
            self._finish_api(self._api_port or free_port(remembered.get("api")))
            self._remember()
        except BaseException:
            self.stop()
            raise

    def failed(self) -> bool:
        """Whether one of them has ended."""
        return not (self.mongod.alive and self.api.alive)

    def explained(self) -> LocalFailure:
        """Why one of them ended."""
        return self.api.explained() if self.mongod.alive else self.mongod.explained()

    def recover(self, tell: Tell) -> None:
        """Start again what has ended, on the same ports if that is possible.

        Raises ``LocalFailure``; what does run goes on running.
        """
        api_port = self.api.port
        if not self.mongod.alive:
            tell(N_("Starting the database again…"))
            self._restart_mongod()
        if not self.api.alive:
            tell(N_("Starting the API server again…"))
            self.api.kill()
            self._api = ApiServer(self._places.api)
            self._finish_api(self._api_port or free_port(api_port))
        self._wait_until_healthy()
        self._remember()

    def stop(self) -> None:
        """End both in order, the API server first; forgets that they ran."""
        if self._api is not None:
            self._api.stop()
        if self._mongod is not None:
            self._mongod.stop()
        self._api = self._mongod = None
        forget(self._places)

    def end_hanging(self, condition: Condition) -> None:
        """End the one that lives but does not work; ``recover`` then starts it again."""
        if condition is Condition.SILENT:
            self.api.kill()
        elif condition is Condition.NO_DATABASE:
            self.mongod.kill()

    def write_runtime_if_lost(self) -> None:
        """Write down again what runs, should the note have been removed or damaged."""
        if Runtime.read(self._places) is None:
            self._write_runtime(self.mongod.pid, self.mongod.port, ready=True)

    def _restart_mongod(self) -> None:
        before = self.mongod.port
        starting = StartingMongod(
            self._places.mongo, binary=self._binary, port=before, options=self._options
        )
        self._write_runtime(starting.process.pid, starting.port, ready=False)
        self._mongod = starting.finish(self._given_up)
        if not self.api.alive:
            return
        if self._mongod.port == before:
            self.api.tell_mongod(self._mongod.pid, created_at(self._mongod.pid))
        else:
            self.api.stop()  # it knows the old address only

    def _finish_api(self, port: int) -> None:
        try:
            key = kept_secret(self._places.token_key)
        except OSError as error:
            raise from_os_error(error, self._places.api) from error
        settings = ApiSettings(
            mongo_uri=self.mongod.app_uri(DATABASE),
            secret_key=key.value,
            database=DATABASE,
            port=port,
            mongod_pid=self.mongod.pid,
            mongod_created=created_at(self.mongod.pid),
            log_folder=str(self._places.api),
        )
        self.api.finish(settings, self._given_up)

    def _wait_until_healthy(self) -> None:
        end = time.monotonic() + _HEALTHY_S
        while time.monotonic() < end and not self.failed():
            healthy = self.api.condition(timeout_s=3) is Condition.HEALTHY
            if healthy or self._given_up.wait(0.05):
                return

    def _remember(self) -> None:
        ports = {"mongod": self.mongod.port, "api": self.api.port}
        JsonFile(self._places.ports, durable=False).save(ports)
        self._write_runtime(self.mongod.pid, self.mongod.port, ready=True)

    def _write_runtime(self, mongod_pid: int, mongod_port: int, *, ready: bool) -> None:
        Runtime(
            ready=ready,
            owner=Running.of(os.getpid()),
            mongod=Running.of(mongod_pid),
            mongod_port=mongod_port,
            api=Running.of(self.api.pid),
            api_port=self.api.port,
        ).write(self._places)


def _remembered_ports(places: Places) -> dict[str, int]:
    """The ports used last; a damaged note is forgotten, as any free port will do."""
    kept: Any = JsonFile(places.ports).load()
    if not isinstance(kept, dict):
        return {}
    return {
        name: port for name, port in kept.items() if isinstance(port, int) and 1024 <= port <= 65535
    }
