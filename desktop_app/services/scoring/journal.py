"""The local journal: what an evaluator typed, durable and sealed, before the server knows of it.

One SQLite file per person and platform. A write has reached the disk when it returns, as far as
the disk is honest: WAL with ``synchronous=FULL`` syncs the log at every commit, and a commit that
was cut off by a kill or a power failure is not there at all.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desktop_app.services.scoring.sealing import Seal, Unreadable

_log = logging.getLogger(__name__)

APPLICATION_ID = 0x45764A6C  # "EvJl"
SCHEMA_VERSION = 1
_BUSY_S = 2.0
_OWN = ""
"""The sheet id of what belongs to the journal itself."""
_PROOF = ("key", "this journal opens with this key")

_SCHEMA = """
CREATE TABLE records (
    sheet TEXT NOT NULL,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (sheet, name)
) WITHOUT ROWID
"""


class JournalError(Exception):
    """The journal's file cannot be used as it is."""


class Foreign(JournalError):
    """The file is no journal, or too damaged to be read as one."""


class OtherKey(JournalError):
    """The journal is sealed with another key."""


class Newer(JournalError):
    """The journal was written by a newer version of the console."""


class Busy(JournalError):
    """Another console has the journal open."""


@dataclass(frozen=True, slots=True)
class Change:
    """One record of a sheet: its new text, or None to remove it."""

    sheet: str
    name: str
    text: str | None


Records = dict[str, dict[str, str]]
"""Texts by sheet id and name."""


class Journal:
    """An open journal. Its methods block; one thread at a time may use it.

    ``path`` None keeps the records in memory alone. Raises ``Foreign``, ``OtherKey``, ``Newer``,
    ``Busy``, and ``OSError`` where the folder cannot be used.
    """

    def __init__(self, path: Path | None, key: bytes) -> None:
        self.path = path
        self._seal = Seal(key)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            ":memory:" if path is None else path,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,  # the writer's thread is not the one that opens
        )
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def read(self) -> tuple[Records, list[tuple[str, str]]]:
        """All records, and the places of those that cannot be read any more."""
        records: Records = {}
        unreadable: list[tuple[str, str]] = []
        for sheet, name, content in self._connection.execute(
            "SELECT sheet, name, content FROM records WHERE sheet <> ?", (_OWN,)
        ):
            try:
                records.setdefault(sheet, {})[name] = self._seal.open(content, (sheet, name))
            except Unreadable:
                unreadable.append((sheet, name))
        return records, unreadable

    def write(self, changes: Iterable[Change]) -> None:
        """All of ``changes`` or none; durable on return. Raises ``sqlite3.Error``."""
        sealed = [
            (change, self._seal.close(change.text, (change.sheet, change.name)))
            if change.text is not None
            else (change, None)
            for change in changes
        ]
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            for change, content in sealed:
                place = (change.sheet, change.name)
                if content is None:
                    connection.execute("DELETE FROM records WHERE sheet=? AND name=?", place)
                else:
                    connection.execute(
                        "INSERT OR REPLACE INTO records VALUES (?,?,?)", (*place, content)
                    )
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def copy_to(self, path: Path) -> None:
        """A copy of the file as it stands."""
        with closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _prepare(self) -> None:
        try:
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode=WAL").fetchone()
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA fullfsync=ON")  # macOS: past the disk's own cache
            self._check_form()
            self._check_key()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise Busy(str(error)) from error
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise PermissionError(str(error)) from error
            raise Foreign(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise Foreign(str(error)) from error

    def _check_form(self) -> None:
        number, version = self._pragma("application_id"), self._pragma("user_version")
        tables = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if not number and not version and not tables:
            self._create()
            return
        if number != APPLICATION_ID:
            raise Foreign("not a journal")
        if version > SCHEMA_VERSION:
            raise Newer(f"version {version}")
        if self._connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise Foreign("damaged")

    def _create(self) -> None:
        name, text = _PROOF
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute(_SCHEMA)
        content = self._seal.close(text, (_OWN, name))
        connection.execute("INSERT INTO records VALUES (?,?,?)", (_OWN, name, content))
        connection.execute("COMMIT")

    def _check_key(self) -> None:
        name, text = _PROOF
        row = self._connection.execute(
            "SELECT content FROM records WHERE sheet=? AND name=?", (_OWN, name)
        ).fetchone()
        if row is None:
            raise Foreign("the proof of the key is missing")
        try:
            proven = self._seal.open(row[0], (_OWN, name))
        except Unreadable as error:
            raise OtherKey(str(error)) from error
        if proven != text:
            raise OtherKey("another proof")

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])


def set_aside(path: Path, now: datetime) -> Path:
    """Move a journal that cannot be used out of the way, with its log; where it is now.

    Raises ``OSError``.
    """
    aside = aside_name(path, now)
    for suffix in ("-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    path.replace(aside)
    _log.warning("a journal was set aside: %s", aside.name)
    return aside


def aside_name(path: Path, now: datetime) -> Path:
    """A name beside ``path`` that is free."""
    stem = f"{path.stem}.set-aside-{now:%Y%m%d-%H%M%S}"
    aside, number = path.with_name(stem), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{stem}-{number}")
    return aside
