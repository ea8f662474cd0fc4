"""Uploads from this computer: read once, hashed while reading, gone on with after a cut."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedReader
from pathlib import Path

from desktop_app.api.files import Files
from desktop_app.core.errors import ConsoleError, LocalFailure, NotFound, Rejected
from desktop_app.core.files import LARGEST_FILE, Upload, UploadedFile
from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.services.local_files import unreadable
from desktop_app.services.patience import PAUSES_S, Patience
from desktop_app.services.upload_ledger import Begun, FileIdentity, Order, UploadLedger


class FileChanged(LocalFailure):
    """The file is not what it was when its upload began."""

    what = N_("“{file}” was changed while it was being uploaded.")
    advice = N_("Upload it again once nothing writes to it any more.")


@dataclass(frozen=True, slots=True)
class Uploading:
    """Sends files; each method is a whole use case, to be run on a worker.

    Stopped (``Cancelled``) or failed, an upload can be gone on with: the ledger keeps it, but for
    what the server refused. ``give_up`` is for a person who does not want it any more.
    """

    files: Files
    ledger: UploadLedger
    pauses_s: Sequence[float] = PAUSES_S

    def send(self, order: Order, context: TaskContext) -> UploadedFile:
        """Upload a file, in memory for no more than a part.

        An upload of the same file that was begun before is gone on with. Raises the errors of the
        API, ``LocalFailure`` (``FileChanged``), ``Cancelled``.
        """
        with _opened(order.path) as (file, identity):
            context.report(0, identity.size, unit="bytes")
            begun = self._begun(order, identity)
            if begun is not None:
                with contextlib.suppress(NotFound):  # it has expired: from the beginning
                    return self._send(begun, file, context)
                self.ledger.forget(begun.upload_id)
                file.seek(0)
            return self._send(self._begin(order, identity, context), file, context)

    def unfinished(self) -> tuple[Begun, ...]:
        """What was begun before and can be gone on with from files that are as they were."""
        return tuple(b for b in self.ledger.all() if _identity(b.order.path) == b.identity)

    def give_up(self, order: Order) -> None:
        """Throw away what was sent of a file; raises the errors of the API."""
        for begun in self.ledger.all():
            if begun.order == order:
                with contextlib.suppress(NotFound):
                    self.files.cancel(begun.upload_id)
                self.ledger.forget(begun.upload_id)

    def _begun(self, order: Order, identity: FileIdentity) -> Begun | None:
        for begun in self.ledger.all():
            if begun.order == order:
                if begun.identity == identity:
                    return begun
                self._drop(begun)
        return None

    def _begin(self, order: Order, identity: FileIdentity, context: TaskContext) -> Begun:
        patience = Patience(self.pauses_s)
        while True:
            try:
                upload = self.files.start(
                    order.path.name,
                    identity.size,
                    company_id=order.company_id,
                    project_id=order.project_id,
                )
                break
            except ConsoleError as error:
                patience.wait(error, context)
        self.ledger.keep(upload.id, order, identity)
        return Begun(
            upload_id=upload.id,
            server=self.ledger.server,
            user_id=self.ledger.user_id,
            order=order,
            identity=identity,
        )

    def _send(self, begun: Begun, file: BufferedReader, context: TaskContext) -> UploadedFile:
        try:
            sent = _Sending(self.files, begun, file, context, Patience(self.pauses_s)).run()
        except (Rejected, FileChanged):
            self._drop(begun)
            raise
        self.ledger.forget(begun.upload_id)
        return sent

    def _drop(self, begun: Begun) -> None:
        """Forget an upload that cannot become a file; the server would drop it by itself later."""
        with contextlib.suppress(ConsoleError):
            self.files.cancel(begun.upload_id)
        self.ledger.forget(begun.upload_id)


class _Sending:
    """One way through a file: the hash follows what is read, the server says where to go on."""

    def __init__(
        self,
        files: Files,
        begun: Begun,
        file: BufferedReader,
        context: TaskContext,
        patience: Patience,
    ) -> None:
        self._files, self._begun, self._file = files, begun, file
        self._context, self._patience = context, patience
        self._hashed, self._hash = 0, sha256()
        self._buffer = memoryview(bytearray())

    def run(self) -> UploadedFile:
        """Send what is missing, and finish."""
        upload = self._asked(None)
        while True:
            while upload.offset < self._begun.identity.size:
                self._hash_up_to(upload.offset, upload.part_size)
                upload = self._asked(self._read(upload))
                self._context.report(upload.offset, self._begun.identity.size, unit="bytes")
            self._hash_up_to(upload.offset, upload.part_size)
            self._check_unchanged()
            try:
                return self._files.finish(self._begun.upload_id, self._hash.hexdigest())
            except ConsoleError as error:
                self._wait(error, upload.offset)
                upload = self._asked(None)

    def _asked(self, part: tuple[int, memoryview] | None) -> Upload:
        """The upload after sending ``part`` (None: only asking), however often it takes."""
        while True:
            try:
                if part is None:
                    upload = self._files.state(self._begun.upload_id)
                else:
                    upload = self._files.send_part(self._begun.upload_id, *part)
            except ConsoleError as error:
                self._wait(error, part[0] if part else 0)
                part = None  # what of it has arrived, only the server knows
            else:
                self._patience.renew()
                return upload

    def _wait(self, error: ConsoleError, done: int) -> None:
        size = self._begun.identity.size
        self._context.report(done, size, _("Waiting for the server"), unit="bytes")
        self._patience.wait(error, self._context)

    def _read(self, upload: Upload) -> tuple[int, memoryview]:
        part = self._piece(upload.offset, upload.part_size)
        if upload.offset == self._hashed:
            self._hash.update(part)
            self._hashed += len(part)
        return upload.offset, part

    def _hash_up_to(self, offset: int, at_once: int) -> None:
        """Hash what was sent in an earlier run."""
        while self._hashed < offset:
            piece = self._piece(self._hashed, min(at_once, offset - self._hashed))
            self._hash.update(piece)
            self._hashed += len(piece)
            self._context.report(
                offset, self._begun.identity.size, _("Reading what was sent"), unit="bytes"
            )

    def _piece(self, offset: int, length: int) -> memoryview:
        """Bytes of the file, in the one buffer: they stay until the next are asked for."""
        self._check_unchanged()
        length = min(length, self._begun.identity.size - offset)
        if len(self._buffer) < length:
            self._buffer = memoryview(bytearray(length))
        piece = self._buffer[:length]
        try:
            self._file.seek(offset)
            count = self._file.readinto(piece)
        except OSError as error:
            raise unreadable(self._begun.order.path, error) from error
        if count != length:
            raise FileChanged(file=str(self._begun.order.path))
        return piece

    def _check_unchanged(self) -> None:
        if _identity_of(os.fstat(self._file.fileno())) != self._begun.identity:
            raise FileChanged(file=str(self._begun.order.path))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BufferedReader, FileIdentity]]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error
    with file:
        identity = _identity_of(os.fstat(file.fileno()))
        if identity.size > LARGEST_FILE:
            raise LocalFailure(
                what=N_("“{file}” is larger than {gigabytes} GB."),
                advice=N_("Upload it in several files."),
                file=str(path),
                gigabytes=LARGEST_FILE // 1024**3,
            )
        yield file, identity


def _identity(path: Path) -> FileIdentity | None:
    try:
        return _identity_of(path.stat())
    except OSError:
        return None


def _identity_of(stat: os.stat_result) -> FileIdentity:
    return FileIdentity(size=stat.st_size, modified_ns=stat.st_mtime_ns)
