"""Backing up a database to a directory, as of one moment where the server can read so.

The directory appears when it is whole and not before: until then it is called ``….partial``.
Users and roles of MongoDB belong to the server, not to a database, and are not in it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import struct
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from bson import json_util
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure, PyMongoError

from desktop_app import __version__
from desktop_app.config.json_file import replace_file
from desktop_app.core.errors import Cancelled
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.events import ConnectionLost, Event, Stop
from desktop_app.db.migrations.failures import SNAPSHOT_TOO_OLD, explained, is_passing
from desktop_app.db.migrations.journal import LEASE
from desktop_app.db.migrations.manifest import FORMAT, KeptCollection, Manifest, write_manifest
from desktop_app.db.migrations.patience import PATIENCE_S, Patience
from desktop_app.db.migrations.server import Document, Documents, Target

RESTORE_MARK = "schema_migration_restore"
"""The collection that marks a database as being restored into."""
NOT_KEPT = frozenset({LEASE, RESTORE_MARK})

NOT_EMPTY, NO_ROOM, DISK_FULL, TOO_SLOW = (
    "folder_not_empty",
    "disk_space",
    "disk_full",
    "snapshot_too_old",
)
"""Why a backup was refused or failed, beside what the system or the server says."""

_SNAPSHOT_UNAVAILABLE = 246
_ATTEMPTS = 5
_MARGIN = 1.05
_BATCH = 10_000
"""Documents per message; one of 16 MB, which the server would send, is held several times."""
_TELL_S = 0.25
_LENGTH = struct.Struct("<i")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupStarted(Event):
    """Reading begins: how much there is, about, and how much room."""

    folder: Path
    collections: int
    documents: int
    size: int
    free: int
    consistent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyProgress(Event):
    """How far copying is; ``phase`` is "read", "check", "write", "verify" or "index".

    ``done`` of ``total`` documents of all collections (bytes while checking).
    """

    phase: str
    collection: str
    done: int
    total: int
    per_s: float
    left_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupEnded(Event):
    """The last event of a backup; ``manifest`` is there when it is whole."""

    reason: Stop
    folder: Path
    manifest: Manifest | None = None
    seconds: float = 0.0
    error: str = ""


def backup(
    target: Target,
    folder: Path,
    *,
    snapshot: bool = True,
    context: TaskContext | None = None,
    patience_s: float = PATIENCE_S,
) -> Iterator[Event]:
    """Write the database to ``folder``, which must not exist or be empty.

    ``snapshot`` False reads each collection as it is when its turn comes: for a database that
    takes longer than the server keeps its past (minSnapshotHistoryWindowInSeconds, 5 min).
    """
    started = time.monotonic()
    work = _Backup(target, folder, snapshot and target.facts.snapshots, context, patience_s)
    stop, error, manifest = Stop.DONE, "", None
    try:
        manifest = yield from work.run()
    except _Refused as refused:
        stop, error = Stop.REFUSED, str(refused)
    except Cancelled:
        stop = Stop.CANCELLED
    except OSError as failure:
        stop = Stop.FAILED
        full = failure.errno in (errno.ENOSPC, errno.EDQUOT)
        error = DISK_FULL if full else failure.strerror or str(failure)
    except PyMongoError as failure:
        stop = Stop.UNREACHABLE if is_passing(failure) else Stop.FAILED
        slow = isinstance(failure, OperationFailure) and failure.code == SNAPSHOT_TOO_OLD
        error = TOO_SLOW if slow else str(explained(failure, target.facts.address))
    finally:
        if manifest is None:
            work.clean_up()
    yield BackupEnded(
        reason=stop,
        folder=folder,
        manifest=manifest,
        seconds=time.monotonic() - started,
        error=error,
    )


class _Refused(Exception):
    """It cannot be begun."""


class _Backup:
    """One backup."""

    def __init__(
        self,
        target: Target,
        folder: Path,
        snapshot: bool,
        context: TaskContext | None,
        patience_s: float,
    ) -> None:
        self._target = target
        self._database = target.database
        self._folder = folder
        self._partial = folder.with_name(f"{folder.name}.partial")
        self._snapshot = snapshot
        self._context = context or TaskContext()
        self._patience = Patience(self._context, patience_s)
        self._patience_s = patience_s
        self._done = self._total = 0
        self._began = self._told = 0.0
        self._made = False

    def run(self) -> Generator[Event, None, Manifest]:
        """The whole backup; returns its manifest."""
        if self._folder.exists() and any(self._folder.iterdir()):
            raise _Refused(NOT_EMPTY)
        began_at = yield from self._patience.ask(self._target.now)
        entries = yield from self._patience.ask(self._entries)
        yield from self._make_room(entries)
        kept = yield from self._read_all(entries)
        completed_at = yield from self._patience.ask(self._target.now)
        manifest = self._manifest(kept, began_at, completed_at)
        write_manifest(self._partial, manifest)
        _settle(self._partial)
        with contextlib.suppress(FileNotFoundError):
            self._folder.rmdir()  # an empty one would be in the way
        replace_file(self._partial, self._folder)
        return manifest

    def clean_up(self) -> None:
        """Remove what was not finished."""
        if self._made:
            shutil.rmtree(self._partial, ignore_errors=True)

    def _entries(self) -> list[Document]:
        found = [
            dict(entry)
            for entry in self._database.list_collections()
            if not entry["name"].startswith("system.") and entry["name"] not in NOT_KEPT
        ]
        return sorted(found, key=lambda entry: str(entry["name"]))

    def _make_room(self, entries: list[Document]) -> Generator[Event, None, None]:
        stats = yield from self._patience.ask(lambda: self._database.command("dbStats"))
        size, self._total = int(stats["dataSize"]), int(stats["objects"])
        self._partial.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self._partial.parent).free
        yield BackupStarted(
            folder=self._folder,
            collections=len(entries),
            documents=self._total,
            size=size,
            free=free,
            consistent=self._snapshot,
        )
        if size * _MARGIN > free:
            raise _Refused(NO_ROOM)
        if self._partial.exists():  # of a backup that was cut short
            shutil.rmtree(self._partial)
        self._partial.mkdir(mode=0o700)
        self._made = True

    def _read_all(self, entries: list[Document]) -> Generator[Event, None, list[KeptCollection]]:
        """Read every collection, anew when one has just been altered under the snapshot."""
        for attempts_left in reversed(range(_ATTEMPTS)):
            self._done, self._began = 0, time.monotonic()
            kept: list[KeptCollection] = []
            with self._target.client.start_session(snapshot=self._snapshot) as session:
                reading = session if self._snapshot else None
                try:
                    for place, entry in enumerate(entries, start=1):
                        kept.append((yield from self._read(entry, place, reading)))
                except OperationFailure as error:
                    if error.code != _SNAPSHOT_UNAVAILABLE or not attempts_left:
                        raise
                    self._context.wait(0.2)
                else:
                    return kept
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _read(
        self, entry: Document, place: int, session: ClientSession | None
    ) -> Generator[Event, None, KeptCollection]:
        name, kind = str(entry["name"]), str(entry.get("type", "collection"))
        options = _text(entry.get("options", {}))
        if kind == "view":
            return KeptCollection(
                name=name,
                file="",
                kind=kind,
                options=options,
                indexes="[]",
                count=0,
                size=0,
                sha256="",
            )
        indexes = yield from self._patience.ask(
            lambda: [dict(one) for one in self._database[name].list_indexes()]
        )
        file = f"{place:03}-{_file_part(name)}.bson"
        lost_at: float | None = None
        before = self._done
        while True:
            try:
                count, size, digest = yield from self._copy(name, self._partial / file, session)
                break
            except PyMongoError as error:
                now = time.monotonic()
                lost_at = now if lost_at is None else lost_at
                if not is_passing(error) or now - lost_at >= self._patience_s:
                    raise
                yield ConnectionLost(
                    reason=str(explained(error, self._target.facts.address)),
                    waited_s=now - lost_at,
                    patience_s=self._patience_s,
                )
            self._context.wait(0.5)
            self._done = before
        return KeptCollection(
            name=name,
            file=file,
            kind=kind,
            options=options,
            indexes=_text(indexes),
            count=count,
            size=size,
            sha256=digest,
        )

    def _copy(
        self, name: str, path: Path, session: ClientSession | None
    ) -> Generator[Event, None, tuple[int, int, str]]:
        """Stream one collection into a file: documents, bytes, SHA-256."""
        count = size = 0
        digest = sha256()
        with open(path, "wb", opener=_private) as file:
            for batch in batches_of(self._database, name, session):
                file.write(batch)
                digest.update(batch)
                documents = sum(1 for _ in lengths(batch))
                count, size = count + documents, size + len(batch)
                self._done += documents
                self._context.check()
                if event := self._progress(name):
                    yield event
            _to_disk(file)
        return count, size, digest.hexdigest()

    def _progress(self, name: str) -> CopyProgress | None:
        now = time.monotonic()
        if now - self._told < _TELL_S:
            return None
        self._told = now
        return progress("read", name, self._done, max(self._total, self._done), now - self._began)

    def _manifest(
        self, kept: list[KeptCollection], began_at: datetime, completed_at: datetime
    ) -> Manifest:
        return Manifest(
            format=FORMAT,
            database=self._target.name,
            address=self._target.facts.address,
            server_version=self._target.facts.version,
            program_version=__version__,
            by=self._target.by,
            began_at=began_at,
            completed_at=completed_at,
            consistent=self._snapshot,
            collections=tuple(kept),
        )


def progress(phase: str, name: str, done: int, total: int, seconds: float) -> CopyProgress:
    """An event with speed and time left."""
    per_s = done / seconds if seconds > 0 else 0.0
    left_s = max(total - done, 0) / per_s if per_s else None
    return CopyProgress(
        phase=phase, collection=name, done=done, total=total, per_s=per_s, left_s=left_s
    )


def lengths(batch: bytes) -> Iterator[tuple[int, int]]:
    """Where each document of concatenated BSON begins and ends; raises ``ValueError``."""
    place, end = 0, len(batch)
    while place < end:
        if end - place < _LENGTH.size:
            raise ValueError("BSON breaks off")
        (length,) = _LENGTH.unpack_from(batch, place)
        if length < 5 or place + length > end:
            raise ValueError("BSON breaks off")
        yield place, place + length
        place += length


def batches_of(
    database: Documents, name: str, session: ClientSession | None = None
) -> Iterator[bytes]:
    """A collection as concatenated BSON, a message of the server at a time."""
    batches: Any = database[name].find_raw_batches(
        batch_size=_BATCH, session=session
    )  # its stub has no bytes
    yield from batches


def _text(value: Any) -> str:
    text: str = json_util.dumps(
        value, json_options=json_util.CANONICAL_JSON_OPTIONS, ensure_ascii=False
    )
    return text


def _file_part(name: str) -> str:
    """What of a collection's name every system takes in a file's name; the manifest has it all."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)[:60] or "_"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the directory itself on disk where the system can do that."""
    with (folder / "manifest.json").open("rb") as file, contextlib.suppress(OSError):
        os.fsync(file.fileno())
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
