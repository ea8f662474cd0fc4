"""The API server as a child process: started, handed its configuration, stopped.

The child (``desktop_app.workspace.api_child``) takes JSON lines on its standard input: first its
configuration, later orders; the end of input tells it that its parent is gone. Secrets travel
there and nowhere else. It answers with one line on standard output: its port, or what failed.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import desktop_app
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.workspace import mongod_log
from desktop_app.workspace.api_child import LOG
from desktop_app.workspace.child import spawn
from desktop_app.workspace.faults import ServerFailed, from_os_error
from desktop_app.workspace.ports import HOST

COMMAND = "serve-api"
"""The hidden command of ``evalconsole`` that runs the child."""

_ERRORS = "api-errors.log"
_STOP_S = 4.0
_UNAVAILABLE = 503


class Condition(StrEnum):
    """How an API server is."""

    HEALTHY = "healthy"
    NO_DATABASE = "no database"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """What the child is handed. ``port`` 0 takes a free one."""

    mongo_uri: str
    secret_key: str
    database: str
    port: int
    mongod_pid: int
    mongod_created: float
    log_folder: str

    def line(self) -> bytes:
        """The settings as the first line of the child's input."""
        names = self.__dataclass_fields__
        return _line({name: getattr(self, name) for name in names})

    def __repr__(self) -> str:
        return f"ApiSettings(database={self.database!r}, port={self.port})"


class ApiServer:
    """The child process; usable once ``finish`` has returned."""

    def __init__(self, folder: Path) -> None:
        """Spawn it: it imports what it needs while the database starts.

        Its logs are in ``folder``. Raises ``LocalFailure``. The calling thread must live as long
        as the server is to live.
        """
        self.folder = folder
        self.port = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / _ERRORS).open("wb") as errors:
                self.process = spawn(
                    child_command(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    cwd=folder,  # it reports the disk that it works on
                    env=_child_environment(),
                )
        except OSError as error:
            raise from_os_error(error, folder) from error

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    @property
    def url(self) -> str:
        """The base address of the API."""
        return f"http://{HOST}:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def finish(self, settings: ApiSettings, given_up: threading.Event) -> None:
        """Hand over the settings and wait until it serves, with schema and initial data in place.

        Setting ``given_up`` ends the wait. Raises ``LocalFailure``; then nothing is left running.
        """
        assert self.process.stdout is not None
        self._send(settings.line())
        with ThreadPoolExecutor(1, "api-answer") as pool:
            answer = pool.submit(self.process.stdout.readline)
            try:
                while not _done(answer):
                    if given_up.is_set():
                        raise LocalFailure(
                            what=N_("The start of the API server was given up."), advice=""
                        )
                self._take(answer.result())
            except BaseException:
                self.kill()  # ends the line that is waited for, too
                raise

    def log_tail(self) -> str:
        """The end of its log, and what it wrote outside its log: tracebacks of crashes."""
        parts = (mongod_log.tail(self.folder / name) for name in (f"{LOG}.log", _ERRORS))
        return "\n".join(part for part in parts if part)

    def tell_mongod(self, pid: int, created: float) -> None:
        """Tell it which process the database is now."""
        self._send(_line({"mongod_pid": pid, "mongod_created": created}))

    def condition(self, timeout_s: float) -> Condition:
        """How it is, as it says itself within ``timeout_s`` seconds."""
        return condition(self.port, timeout_s)

    def stop(self) -> None:
        """End it in order: requests that run are finished."""
        if self.alive:
            self._send(_line({"stop": True}))
        self._close_input()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.kill()

    def kill(self) -> None:
        """End it at once, and let go of what belongs to it."""
        if self.alive:
            self.process.kill()
        self.process.wait()
        self._close_input()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def explained(self) -> ServerFailed:
        """Why it ended, with the end of its log."""
        return ServerFailed(
            what=N_("The API server ended unexpectedly (code {returncode})."),
            advice=N_("The end of its log says more; then start again."),
            returncode=self.process.poll(),
            log_tail=self.log_tail(),
        )

    def _send(self, line: bytes) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except OSError as error:  # it has ended: there is nobody to tell
            if self.process.poll() is None:
                raise ServerFailed(
                    what=N_("The API server does not take orders: {reason}."),
                    advice=N_("Start again."),
                    reason=str(error),
                ) from error

    def _close_input(self) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except OSError:  # what was still to be sent has no reader any more
            return

    def _take(self, line: bytes) -> None:
        if not line:
            self.process.wait()
            raise self.explained()
        answer = json.loads(line)
        if "failed" in answer:
            failed = answer["failed"]
            raise ServerFailed(
                what=failed["what"],
                advice=failed["advice"],
                log_tail=self.log_tail(),
                lasting=failed["lasting"],
                **failed["params"],
            )
        self.port = int(answer["port"])


def condition(port: int, timeout_s: float) -> Condition:
    """How the API server on ``port`` of this computer is, as it says within ``timeout_s``."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_s)
    try:
        connection.request("GET", "/api/health")
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return Condition.SILENT
    finally:
        connection.close()
    return Condition.NO_DATABASE if answer.status == _UNAVAILABLE else Condition.HEALTHY


def child_command() -> list[str]:
    """How this program, from a checkout, installed or built, calls its own command line."""
    if not getattr(sys, "frozen", False):
        # -P: what lies in the folder it runs in must not be taken for a module.
        return [sys.executable, "-P", "-m", "desktop_app.cli", COMMAND]
    program = Path(sys.executable)
    command = program.with_name(f"evalconsole{program.suffix}")
    return [str(command if command.is_file() else program), COMMAND]


def _child_environment() -> dict[str, str] | None:
    """The environment of the child: it finds this package also when that is not installed."""
    if getattr(sys, "frozen", False):
        return None
    environment = dict(os.environ)
    paths = [str(Path(desktop_app.__file__).parents[1]), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _done(answer: Future[bytes]) -> bool:
    try:
        answer.exception(timeout=0.05)
    except TimeoutError:
        return False
    return True
