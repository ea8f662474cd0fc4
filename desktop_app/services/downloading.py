"""Downloads to this computer: complete and verified, or not there at all."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from os import fsync
from pathlib import Path
from typing import BinaryIO

from desktop_app.api.files import Files
from desktop_app.config.json_file import replace_file
from desktop_app.core.errors import ConsoleError, LocalFailure
from desktop_app.core.files import StoredFile
from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.services.local_files import no_room, unwritable
from desktop_app.services.patience import PAUSES_S, Patience

_TOLD_EVERY = 1024**2
"""Pieces are small: telling of each would keep the window busy with nothing else."""


@dataclass(frozen=True, slots=True)
class Downloading:
    """Fetches files; each method is a whole use case, to be run on a worker."""

    files: Files
    pauses_s: Sequence[float] = PAUSES_S

    def save(self, file: StoredFile, target: Path, context: TaskContext) -> Path:
        """Write the content to ``target``, in memory for no more than a piece.

        Until size and SHA-256 are what the server said, it has another name; what was at
        ``target`` stays until then. A cut connection is gone on with. Raises the errors of the
        API, ``LocalFailure``, ``Cancelled``.
        """
        with _temporary(target, file.size) as (temporary, written):
            self._fetch(file, _Writing(target, written), context)
            try:
                written.flush()
                fsync(written.fileno())
                written.close()
                replace_file(temporary, target)
            except OSError as error:
                raise unwritable(target, error) from error
        return target

    def start_of(self, file: StoredFile, limit: int, context: TaskContext) -> bytes:
        """The first ``limit`` bytes, or all where there are fewer; for a look at it.

        What is complete is verified.
        """
        wanted = min(limit, file.size)
        content = bytearray()
        while len(content) < wanted:
            with self.files.content(file, start=len(content), end=wanted) as answer:
                for piece in answer.pieces():
                    content += piece
                    context.report(len(content), wanted, unit="bytes")
                    if len(content) > wanted:
                        raise _differs(file)
        if len(content) == file.size and sha256(content).hexdigest() != file.file_hash:
            raise _differs(file)
        return bytes(content)

    def _fetch(self, file: StoredFile, writing: _Writing, context: TaskContext) -> None:
        patience, told = Patience(self.pauses_s), 0
        context.report(0, file.size, unit="bytes")
        while writing.size < file.size:
            try:
                with self.files.content(file, start=writing.size) as answer:
                    for piece in answer.pieces():
                        context.check()
                        writing.add(piece)
                        patience.renew()
                        if writing.size > file.size:
                            raise _differs(file)
                        if writing.size - told >= _TOLD_EVERY or writing.size == file.size:
                            told = writing.size
                            context.report(told, file.size, unit="bytes")
            except ConsoleError as error:
                if isinstance(error, LocalFailure):
                    raise
                context.report(writing.size, file.size, _("Waiting for the server"), unit="bytes")
                patience.wait(error, context)
        if writing.hash.hexdigest() != file.file_hash:
            raise _differs(file)


class _Writing:
    """A file that grows, and the hash of what is in it."""

    def __init__(self, target: Path, file: BinaryIO) -> None:
        self._target, self._file = target, file
        self.size, self.hash = 0, sha256()

    def add(self, piece: bytes) -> None:
        try:
            self._file.write(piece)
        except OSError as error:
            raise unwritable(self._target, error) from error
        self.hash.update(piece)
        self.size += len(piece)


@contextmanager
def _temporary(target: Path, size: int) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file beside ``target``, gone after the block unless it was put in its place."""
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        if shutil.disk_usage(target.parent).free < size:
            raise no_room(target)
        file = temporary.open("xb")
    except OSError as error:
        raise unwritable(target, error) from error
    try:
        yield temporary, file
    finally:
        # What is still in the buffer may not fit the disk either.
        with contextlib.suppress(OSError):
            file.close()
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _differs(file: StoredFile) -> LocalFailure:
    return LocalFailure(
        what=N_("What arrived of “{name}” is not what the server keeps; nothing was saved."),
        advice=N_("Try again; if it stays so, tell whoever runs the server."),
        name=file.file_name,
    )
