"""Restoring a backup into an empty database, and proving that it is all there.

Nothing is written before every file was read through and found whole. A database that holds
anything is refused, but for one thing: what an interrupted restore of the same backup left, which a
mark tells, is cleared away and begun anew.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo.errors import PyMongoError

from desktop_app.core.errors import LocalFailure
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.backup import (
    NOT_KEPT,
    RESTORE_MARK,
    CopyProgress,
    batches_of,
    lengths,
    progress,
)
from desktop_app.db.migrations.events import Event, RunEnded, Stop
from desktop_app.db.migrations.failures import is_passing
from desktop_app.db.migrations.manifest import (
    BackupDamaged,
    Damaged,
    KeptCollection,
    Manifest,
    check_files,
    read_manifest,
)
from desktop_app.db.migrations.patience import meanwhile
from desktop_app.db.migrations.run import MigrationRun, Refused, RunOptions
from desktop_app.db.migrations.server import Documents, Target

NOT_EMPTY, DIFFERS = "database_not_empty", "copy_differs"
"""Why a restore was refused or failed, beside what is damaged and what the server says."""

_PIECE = 4 * 1024 * 1024
_MOST_DOCUMENTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreEnded(Event):
    """The last event of a restore: what was restored and seen to be equal, or what is damaged."""

    reason: Stop
    folder: Path
    database: str
    documents: int = 0
    collections: int = 0
    seconds: float = 0.0
    error: str = ""
    damaged: tuple[Damaged, ...] = ()
    manifest: Manifest | None = None


def restore(
    target: Target,
    folder: Path,
    *,
    options: RunOptions | None = None,
    context: TaskContext | None = None,
) -> Iterator[Event]:
    """Restore the backup in ``folder`` into the database, which must be empty.

    The last event is ``RestoreEnded``.
    """
    started = time.monotonic()
    context = context or TaskContext()
    run = MigrationRun(target, "restore", options or RunOptions(), context)
    work = _Restore(run, folder)
    end: RunEnded | None = None
    for event in run.whole(work.run):
        if isinstance(event, RunEnded):
            end = event
        else:
            yield event
    assert end is not None
    yield RestoreEnded(
        reason=end.reason,
        folder=folder,
        database=target.name,
        documents=work.documents,
        collections=work.collections,
        seconds=time.monotonic() - started,
        error=end.error,
        damaged=work.damaged,
        manifest=work.manifest,
    )


class _Restore:
    """One restore."""

    def __init__(self, run: MigrationRun, folder: Path) -> None:
        self._run = run
        self._database: Documents = run.database
        self._folder = folder
        self._told = 0.0
        self.manifest: Manifest | None = None
        self.damaged: tuple[Damaged, ...] = ()
        self.documents = self.collections = 0

    def run(self) -> Iterator[Event]:
        """Check, write, verify, index."""
        run = self._run
        try:
            manifest = self.manifest = read_manifest(self._folder)
        except BackupDamaged as damaged:
            self.damaged = damaged.parts
            raise Refused(Stop.REFUSED, str(damaged)) from damaged
        except LocalFailure as failure:
            raise Refused(Stop.REFUSED, str(failure)) from failure
        yield from self._check(manifest)
        yield from run.ask(partial(self._refuse_what_is_not_empty, manifest))
        yield from run.lease.await_turn(run.context, run.options.wait_s)
        yield from run.ask(partial(self._clear_the_way, manifest))
        for one in manifest.collections:
            yield from self._write(one)
        for one in manifest.collections:
            if one.file:
                yield from self._index(one)
        yield from run.ask(lambda: self._database.drop_collection(RESTORE_MARK))
        yield from run.enter_history()
        self.collections = len(manifest.collections)

    def _check(self, manifest: Manifest) -> Iterator[Event]:
        started = time.monotonic()
        damaged: list[Damaged] = []
        for one, read, part in check_files(self._folder, manifest, self._run.context):
            if part is not None:
                damaged.append(part)
            yield from self._tell("check", one.name, read, manifest.size, started)
        if damaged:
            self.damaged = tuple(damaged)
            raise Refused(Stop.REFUSED, str(BackupDamaged(self._folder, self.damaged)))

    def _refuse_what_is_not_empty(self, manifest: Manifest) -> None:
        there = set(self._database.list_collection_names()) - NOT_KEPT
        if there and not self._is_ours(manifest):
            raise Refused(Stop.REFUSED, NOT_EMPTY)

    def _is_ours(self, manifest: Manifest) -> bool:
        mark = self._database[RESTORE_MARK].find_one({"_id": "restore"})
        return mark is not None and mark["backup"] == manifest.checksum()

    def _clear_the_way(self, manifest: Manifest) -> None:
        """Mark the database as being restored into; remove what an earlier attempt left."""
        self._refuse_what_is_not_empty(manifest)
        if not self._is_ours(manifest):
            self._database[RESTORE_MARK].insert_one(
                {"_id": "restore", "backup": manifest.checksum(), "by": self._run.target.by}
            )
        for one in manifest.collections:
            self._database.drop_collection(one.name)

    def _write(self, one: KeptCollection) -> Generator[Event, None, None]:
        """Write one collection and read it back; begin it anew where the connection was lost."""
        run = self._run
        while True:
            before = self.documents
            try:
                yield from self._copy(one)
                return
            except PyMongoError as error:
                if not is_passing(error):
                    raise
            yield from run.ask(lambda: self._database.drop_collection(one.name))
            self.documents = before

    def _copy(self, one: KeptCollection) -> Generator[Event, None, None]:
        run, database = self._run, self._database
        yield from run.alive()
        yield from run.ask(lambda: _create(database, one))
        if not one.file:
            return
        started = time.monotonic()
        began_with = self.documents
        collection = database[one.name]
        for documents in _documents(self._folder / one.file):
            yield from run.alive()
            # The documents are as they were, whatever their validator says of them.
            collection.insert_many(documents, ordered=True, bypass_document_validation=True)
            self.documents += len(documents)
            done = self.documents - began_with
            yield from self._tell("write", one.name, done, one.count, started)
        yield from self._verify(one)

    def _verify(self, one: KeptCollection) -> Generator[Event, None, None]:
        """Read the collection back. In a fresh collection documents come in the order in which
        they went in, so that equal content has an equal hash; where it has not (a sharded
        cluster), each document's own hash decides, in whatever order they come."""
        digest, count = sha256(), 0
        started = time.monotonic()
        for batch in batches_of(self._database, one.name):
            digest.update(batch)
            count += sum(1 for _ in lengths(batch))
            yield from self._run.alive()
            yield from self._tell("verify", one.name, count, one.count, started)
        if count != one.count:
            raise Refused(Stop.FAILED, f"{DIFFERS}: {one.name} ({count} / {one.count})")
        if digest.hexdigest() == one.sha256:
            return
        batches = batches_of(self._database, one.name)
        there = sum(_hash(batch[i:j]) for batch in batches for i, j in lengths(batch)) % _MODULUS
        if there != _sum_of(self._folder / one.file):
            raise Refused(Stop.FAILED, f"{DIFFERS}: {one.name}")

    def _index(self, one: KeptCollection) -> Generator[Event, None, None]:
        indexes = [spec for spec in _parsed(one.indexes) if spec["name"] != "_id_"]
        if not indexes:
            return
        yield from self._run.alive()
        specs = [{key: value for key, value in spec.items() if key != "ns"} for spec in indexes]
        command = {"createIndexes": one.name, "indexes": specs}
        started = time.monotonic()

        def look() -> CopyProgress:
            self._run.context.check()
            self._run.lease.renew()
            return progress("index", one.name, 0, one.count, time.monotonic() - started)

        with ThreadPoolExecutor(1, "restore-indexes") as pool:
            work = pool.submit(self._database.command, command)
            yield from meanwhile(work, self._run.options.look_s, look)

    def _tell(
        self, phase: str, name: str, done: int, total: int, started: float
    ) -> Iterator[CopyProgress]:
        now = time.monotonic()
        if now - self._told >= self._run.options.look_s:
            self._told = now
            yield progress(phase, name, done, total, now - started)


def _create(database: Documents, one: KeptCollection) -> None:
    options = _parsed(one.options)
    if one.name in database.list_collection_names(filter={"name": one.name}):
        return
    database.command({"create": one.name, **options})


def _documents(path: Path) -> Iterator[list[RawBSONDocument]]:
    """The documents of a file, as many at a time as one message takes."""
    with path.open("rb") as file:
        rest = b""
        while piece := file.read(_PIECE):
            data = rest + piece
            ends = list(_whole(data))
            rest = data[ends[-1][1] :] if ends else data
            for first in range(0, len(ends), _MOST_DOCUMENTS):
                some = ends[first : first + _MOST_DOCUMENTS]
                yield [RawBSONDocument(data[begin:end]) for begin, end in some]


def _whole(data: bytes) -> Iterator[tuple[int, int]]:
    """The documents that ``data`` holds to their end."""
    place = 0
    while place + 4 <= len(data):
        end = place + int.from_bytes(data[place : place + 4], "little")
        if end > len(data):
            return
        yield place, end
        place = end


_MODULUS = 1 << 256


def _hash(document: bytes) -> int:
    return int.from_bytes(sha256(document).digest(), "big")


def _sum_of(path: Path) -> int:
    total = 0
    for some in _documents(path):
        for one in some:
            total += _hash(bytes(one.raw))
    return total % _MODULUS


def _parsed(text: str) -> Any:
    return json_util.loads(text, json_options=json_util.CANONICAL_JSON_OPTIONS)
