"""What keeps a local workspace running, or follows the program that does.

All of it happens on one thread, from the first lock to the last stop: on Linux the servers die
with the thread that spawned them, and the lock belongs to it, too.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from desktop_app.core.errors import ConsoleError, LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.tasks import Progress
from desktop_app.workspace.backoff import Backoff
from desktop_app.workspace.events import State, WorkspaceInfo
from desktop_app.workspace.faults import ServerFailed
from desktop_app.workspace.mongod import admin_uri
from desktop_app.workspace.places import Places
from desktop_app.workspace.pulse import Patience, Pulse
from desktop_app.workspace.runtime import Runtime, end_leftovers
from desktop_app.workspace.secret_files import holds, write_private
from desktop_app.workspace.servers import Servers

ADMIN_LOGIN = "admin"

_LOOK_S = 0.2
"""How often the processes are looked at."""

_JOIN_PATIENCE_S = 60.0


class Tell(Protocol):
    """Tells whoever watches what the workspace is doing."""

    def __call__(
        self,
        state: State,
        message: str = "",
        *,
        progress: Progress | None = None,
        info: WorkspaceInfo | None = None,
        error: ConsoleError | None = None,
        warning: str | None = None,
    ) -> None:
        """See ``WorkspaceEvent``; ``warning`` stays until another one is told."""


class Supervisor:
    """Runs on the thread that calls ``run``, until ``stopping`` is set."""

    def __init__(
        self,
        places: Places,
        tell: Tell,
        stopping: threading.Event,
        *,
        api_port: int | None,
        mongod: Path | None,
        patience: Patience,
    ) -> None:
        self._places = places
        self._tell = tell
        self._stopping = stopping
        self._api_port = api_port
        self._mongod = mongod
        self._patience = patience

    def run(self) -> None:
        """Run the workspace, or join it. Raises ``ConsoleError`` or ``OSError`` when it fails."""
        warning = self._places.prepare()
        self._tell("starting", N_("Opening the data folder…"), warning=warning)
        starting: State = "starting"
        lock = FileLock(self._places.lock)
        while not self._stopping.is_set():
            if self._take(lock):
                try:
                    self._serve(starting)
                finally:
                    lock.release()
                return
            self._join(lock)
            starting = "recovering"  # a workspace that was there has to come back

    def _take(self, lock: FileLock) -> bool:
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
        return True

    def _serve(self, starting: State) -> None:
        """Run the servers until asked to stop. Raises what cannot be mended."""
        end_leftovers(self._places)
        servers = Servers(
            self._places, self._stopping, api_port=self._api_port, mongod=self._mongod
        )
        try:
            self._start(servers, starting)
            self._keep_running(servers)
        except ConsoleError:
            if not self._stopping.is_set():
                raise
        finally:
            servers.stop()

    def _start(self, servers: Servers, state: State) -> None:
        steps = iter(range(3))

        def tell(message: str) -> None:
            self._tell(state, message, progress=Progress(done=next(steps), total=2))

        servers.start(tell)
        from desktop_app.db.seeds import ADMIN_PASSWORD  # with pymongo: only once all is started

        if not holds(self._places.admin_password, ADMIN_PASSWORD):
            write_private(self._places.admin_password, ADMIN_PASSWORD)
        self._tell_ready(Runtime.read(self._places), owned=True)

    def _keep_running(self, servers: Servers) -> None:
        backoff, pulse = Backoff(), Pulse(self._patience)
        while not self._stopping.wait(_LOOK_S):
            if pulse.is_due(time.monotonic()):
                condition = servers.api.condition(self._patience.timeout_s)
                if pulse.hangs(condition):
                    servers.end_hanging(condition)
                servers.write_runtime_if_lost()
            if servers.failed():
                self._recover(servers, backoff)
                pulse = Pulse(self._patience)

    def _recover(self, servers: Servers, backoff: Backoff) -> None:
        """Bring back what ended; raises its failure when that is of no use."""
        while servers.failed() and not self._stopping.is_set():
            failure: LocalFailure = servers.explained()
            pause = backoff.next_pause(time.monotonic())
            if pause is None or (isinstance(failure, ServerFailed) and failure.lasting):
                raise failure
            self._tell("recovering", error=failure)
            if self._stopping.wait(pause):
                return
            try:
                servers.recover(lambda message: self._tell("recovering", message))
            except ServerFailed as error:
                if error.lasting:
                    raise
        if not self._stopping.is_set():
            self._tell_ready(Runtime.read(self._places), owned=True)

    def _join(self, lock: FileLock) -> None:
        """Follow the workspace that another program runs, until it ends or we are to stop.

        Returns with the lock free (its owner has ended: take over) or with the wish to stop.
        """
        shown: Runtime | None = None
        give_up_at = time.monotonic() + _JOIN_PATIENCE_S
        while not self._stopping.wait(_LOOK_S if shown else 0.05):
            if self._take(lock):
                lock.release()
                self._tell("recovering", N_("The program that ran the workspace has ended."))
                return
            runtime = Runtime.read(self._places)
            if runtime == shown and runtime is not None:
                give_up_at = time.monotonic() + _JOIN_PATIENCE_S
            elif runtime is not None and runtime.usable():
                shown = runtime
                self._tell_ready(runtime, owned=False)
            elif shown is not None:
                shown = None
                self._tell("recovering", N_("The local workspace is being started again…"))
            elif time.monotonic() > give_up_at:
                raise LocalFailure(
                    what=N_("Another program holds {folder}, but its workspace is not ready."),
                    advice=N_("End that program, or choose another data folder."),
                    folder=self._places.root,
                )

    def _tell_ready(self, runtime: Runtime | None, *, owned: bool) -> None:
        assert runtime is not None
        info = WorkspaceInfo(
            api_url=runtime.api_url,
            mongo_uri=admin_uri(self._places.mongo, runtime.mongod_port),
            admin_login=ADMIN_LOGIN,
            admin_password_file=str(self._places.admin_password),
            pids={
                "supervisor": runtime.owner.pid,
                "mongod": runtime.mongod.pid,
                "api": runtime.api.pid,
            },
            owned=owned,
        )
        self._tell("ready", N_("The local workspace is ready."), info=info)
