"""Uploads that are not finished, remembered over a restart of the console; nothing in it secret."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from desktop_app.config.json_file import JsonFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIdentity:
    """What a local file looked like: another size or time means another content."""

    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A file to be uploaded, and to what; the names are for people."""

    path: Path
    company_id: str | None = None
    company_name: str | None = None
    project_id: str | None = None
    project_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An upload under way: ``server`` and ``user_id`` say whose it is."""

    upload_id: str
    server: str
    user_id: str
    order: Order
    identity: FileIdentity


class UploadLedger:
    """The uploads under way of one person at one server; callable from several threads.

    All that begin are in one file of the data folder. A damaged one costs no more than the way
    back to half an upload.
    """

    def __init__(self, folder: Path, *, server: str, user_id: str) -> None:
        self.server, self.user_id = server, user_id
        self._file = JsonFile(folder / "uploads.json")

    def all(self) -> tuple[Begun, ...]:
        """What was begun and not finished, the oldest first."""
        return tuple(
            begun
            for begun in self._load()
            if (begun.server, begun.user_id) == (self.server, self.user_id)
        )

    def keep(self, upload_id: str, order: Order, identity: FileIdentity) -> None:
        """Remember an upload; raises ``LocalFailure``."""
        begun = Begun(
            upload_id=upload_id,
            server=self.server,
            user_id=self.user_id,
            order=order,
            identity=identity,
        )
        with _LOCK:
            self._save([*self._load(), begun])

    def forget(self, upload_id: str) -> None:
        """The upload has ended; raises ``LocalFailure``."""
        with _LOCK:
            found = self._load()
            left = [begun for begun in found if begun.upload_id != upload_id]
            if len(left) != len(found):
                self._save(left)

    def _load(self) -> list[Begun]:
        content = self._file.load()
        try:
            return msgspec.convert(content or [], list[Begun], dec_hook=_path)
        except msgspec.ValidationError:
            self._file.set_aside()
            return []

    def _save(self, uploads: list[Begun]) -> None:
        self._file.save(msgspec.to_builtins(uploads, enc_hook=str))


_LOCK = threading.Lock()
"""One file, whatever session it is looked at from."""


def _path(kind: type, value: Any) -> Path:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise msgspec.ValidationError(f"{value!r} is no path")
