"""One mongod: a replica set of one member, with authentication, on this computer only."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.workspace import mongod_log
from desktop_app.workspace.child import spawn
from desktop_app.workspace.faults import ServerFailed, from_os_error
from desktop_app.workspace.key_file import KeyFile
from desktop_app.workspace.mongod_binary import MongodVersion, find_mongod, mongod_version
from desktop_app.workspace.ports import HOST, free_port
from desktop_app.workspace.secret_files import Secret, kept_secret

LONGEST_WINDOWS_FOLDER = 180
"""Characters a data folder's path may have on Windows: MongoDB's file names must still fit."""

_OUTPUT = "mongod-output.log"
"""What mongod says outside its log: wrong options, a crash before the log is open."""

_STOP_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MongodOptions:
    """How mongod runs. The defaults suit a person's workspace: little memory, little disk."""

    cache_gb: float = 0.25
    oplog_mb: int = 256
    journal_file_mb: int = 32
    database: str = "online_evaluation"
    extra: tuple[str, ...] = ()


class Mongod:
    """A running mongod; made by ``start``."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        folder: Path,
        port: int,
        secrets: tuple[Secret, Secret],
        explain: Callable[[], ServerFailed],
    ) -> None:
        self.process = process
        self.folder = folder
        self.port = port
        self._admin, self._api = secrets
        self.explained = explain

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        binary: Path | None = None,
        port: int | None = None,
        options: MongodOptions | None = None,
        wait: threading.Event | None = None,
    ) -> Mongod:
        """Start mongod on the data in ``folder`` and return when it takes writes.

        ``port`` is taken if it is free, else another one. The calling thread must live as long
        as mongod is to live (see ``child.spawn``). Setting ``wait`` gives the start up. Raises
        ``LocalFailure``; ``ServerFailed``, with the log's end, when it was mongod that failed.
        """
        starting = StartingMongod(folder, binary=binary, port=port, options=options)
        return starting.finish(wait or threading.Event())

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    @property
    def uri(self) -> str:
        """The address with the administrator's name and password: may do everything."""
        return _uri("evalconsole_admin", self._admin, self.port, "")

    def app_uri(self, database: str) -> str:
        """The address for the API server: its user reads and writes one database."""
        address = _uri("evalconsole_api", self._api, self.port, database)
        return f"{address}&w=majority&journal=true"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    @property
    def log(self) -> Path:
        """Its log file."""
        return self.folder / "mongod.log"

    def stop(self) -> None:
        """End it in order: everything is on disk, the next start needs no recovery."""
        if self.alive:
            from pymongo.errors import PyMongoError

            from desktop_app.workspace.replica_set import shut_down

            try:
                shut_down(self.port, self._admin.value)
            except PyMongoError:
                self.process.terminate()  # it does not answer; its journal keeps what was saved
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once. What was acknowledged is in its journal."""
        self.process.kill()
        self.process.wait()


class StartingMongod:
    """A mongod that was just spawned; others can start while it gets ready."""

    def __init__(
        self,
        folder: Path,
        *,
        binary: Path | None = None,
        port: int | None = None,
        options: MongodOptions | None = None,
    ) -> None:
        self._binary = binary or find_mongod()
        self._version: MongodVersion = mongod_version(self._binary)
        self._options = options or MongodOptions()
        self._folder = folder
        self._port = free_port(port)
        if sys.platform == "win32" and len(str(folder)) > LONGEST_WINDOWS_FOLDER:
            raise LocalFailure(
                what=N_("The path of the folder {folder} is too long for the database."),
                advice=N_("Choose a folder whose path has at most {longest} characters."),
                folder=folder,
                longest=LONGEST_WINDOWS_FOLDER,
            )
        try:
            (folder / "data").mkdir(parents=True, exist_ok=True)
            self._key = kept_secret(folder / "key")
            self._admin = kept_secret(folder / "admin.password")
            self._api = kept_secret(folder / "api.password")
            mongod_log.set_aside_if_long(folder / "mongod.log")
            self._reader = mongod_log.LogReader(folder / "mongod.log")
            self._key_file = KeyFile(folder / "key")
            try:
                with (folder / _OUTPUT).open("wb") as output:
                    self.process = spawn(self._command(), stdout=output, stderr=output)
            except BaseException:
                self._key_file.give_back()
                raise
        except OSError as error:
            raise from_os_error(error, folder) from error

    @property
    def port(self) -> int:
        """Where it will listen."""
        return self._port

    def finish(self, given_up: threading.Event) -> Mongod:
        """Wait until it takes writes. Raises ``LocalFailure``; then nothing is left running."""
        from pymongo.errors import PyMongoError  # while mongod starts: it takes as long to import

        from desktop_app.workspace.replica_set import prepare

        def wait(seconds: float) -> None:
            if given_up.wait(seconds):
                raise LocalFailure(what=N_("The start of the database was given up."), advice="")
            if self.process.poll() is not None:
                raise self._explained()

        try:
            while not mongod_log.is_listening(self._reader.read()):
                wait(0.005)
            prepare(
                self._port,
                key=self._key.value,
                admin=self._admin,
                api=self._api,
                database=self._options.database,
                feature=self._version.feature,
                wait=wait,
            )
        except PyMongoError as error:
            self._end()
            raise self._explained(str(error)) from error
        except BaseException:
            self._end()
            raise
        finally:
            self._key_file.give_back()
        secrets = (self._admin, self._api)
        return Mongod(self.process, self._folder, self._port, secrets, self._explained)

    def _end(self) -> None:
        self.process.kill()
        self.process.wait()

    def _explained(self, reason: str = "") -> ServerFailed:
        self._reader.read()
        output = mongod_log.tail(self._folder / _OUTPUT).splitlines()
        failure = mongod_log.explain(
            [*output, *self._reader.lines],
            returncode=self.process.poll(),
            folder=self._folder,
            port=self._port,
            version=self._version,
        )
        if reason:
            failure.log_tail = f"{failure.log_tail}\n{reason}"
        return failure

    def _command(self) -> list[str | Path]:
        options = self._options
        folder = self._folder
        engine = f"log=(file_max={options.journal_file_mb}MB,prealloc=false)"
        return [
            self._binary,
            *("--dbpath", folder / "data"),
            *("--logpath", folder / "mongod.log", "--logappend", "--quiet"),
            *("--port", str(self._port), "--bind_ip", HOST),
            *(() if sys.platform == "win32" else ("--nounixsocket",)),
            *("--replSet", "local", "--keyFile", self._key_file.path, "--auth"),
            *("--oplogSize", str(options.oplog_mb)),
            *("--wiredTigerCacheSizeGB", str(options.cache_gb)),
            *("--wiredTigerEngineConfigString", engine),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # The transaction of an API server that was killed holds up every change until then.
            *("--setParameter", "transactionLifetimeLimitSeconds=8"),
            *options.extra,
        ]


def admin_uri(folder: Path, port: int) -> str:
    """The administrator's address of the mongod that keeps its things in ``folder``.

    Raises ``OSError`` where the password cannot be read.
    """
    return _uri("evalconsole_admin", kept_secret(folder / "admin.password"), port, "")


def _uri(name: str, secret: Secret, port: int, database: str) -> str:
    return (
        f"mongodb://{name}:{quote(secret.value)}@{HOST}:{port}/{database}"
        "?authSource=admin&replicaSet=local"
    )
