"""Score entry of one signed-in person: the journal opened, the way to the server, the farewell."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop_app.core.tasks import TaskContext
from desktop_app.services.scoring.desk import Desk
from desktop_app.services.scoring.journal_writer import JournalWriter
from desktop_app.services.scoring.server_clock import ServerClock
from desktop_app.ui.messages import Level, MessageCentre, error_detail
from desktop_app.ui.scoring.courier import Courier
from desktop_app.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from desktop_app.api.evaluations import Evaluations
    from desktop_app.config.secrets import Secrets
    from desktop_app.services.scoring.journal_opening import OpenedJournal

_log = logging.getLogger(__name__)

DISK_MS = 2_000
"""How long leaving waits for the disk before it asks the person."""
CLOSE_S = 3.0
"""How long the end of a session waits for the journal's last write."""


class ScoringSession(QObject):
    """Opens the journal when it is first ``started``; ``ready`` once desk and courier are there.

    ``disk_changed``: what is on the disk, or whether it can be written, is otherwise now.
    """

    ready = Signal()
    disk_changed = Signal()
    _written = Signal(int)
    _write_failed = Signal(str)

    def __init__(
        self,
        api: Evaluations,
        journal: Path,
        secrets: Secrets,
        runner: TaskRunner,
        messages: MessageCentre,
        parent: QObject | None = None,
        *,
        lock: bytes | None = None,
    ) -> None:
        """``journal`` is this person's file on this platform; ``lock`` serves without a keyring."""
        super().__init__(parent)
        self._api, self._path, self._secrets = api, journal, secrets
        self._runner, self._messages = runner, messages
        self._writer: JournalWriter | None = None
        self._lock = lock
        self._relock: Callable[[bytes], None] | None = None
        self._started = self._closed = False
        self._on_disk = 0
        self.clock = ServerClock()
        self.kept = False
        self.disk_error = ""
        self.desk: Desk | None = None
        self.courier: Courier | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._written.connect(self._on_written, queued)
        self._write_failed.connect(self._on_write_failed, queued)

    @property
    def on_disk(self) -> bool:
        """Whether everything typed so far outlives this program."""
        if self.desk is None:
            return True
        return self.kept and not self.disk_error and self._on_disk >= self.desk.last_write

    def start(self) -> None:
        """Open the journal in the background, once."""
        if self._started:
            return
        self._started = True
        path, secrets, lock = self._path, self._secrets, self._lock

        def work(_context: TaskContext) -> OpenedJournal:
            from desktop_app.services.scoring.journal_opening import open_journal

            return open_journal(path, secrets, datetime.now(UTC), lock)

        self._runner.start(work, owner=self, done=self._on_opened, keep=True)

    def when_on_disk(self, then: Callable[[], object], otherwise: Callable[[], object]) -> None:
        """Call ``then`` once all is on the disk; ``otherwise`` where that does not come about."""
        if self.on_disk or not self.kept or self.disk_error:
            (then if self.on_disk else otherwise)()
            return
        limit = QTimer(self)
        limit.setSingleShot(True)

        def look() -> None:
            if not self.on_disk and not self.disk_error and limit.isActive():
                return
            limit.stop()
            self.disk_changed.disconnect(look)
            limit.deleteLater()
            (then if self.on_disk else otherwise)()

        self.disk_changed.connect(look)
        limit.timeout.connect(look)
        limit.start(DISK_MS)

    def use_lock(self, lock: bytes | None) -> None:
        """The person has a new password, which locks the journal's key from now on."""
        relock, self._lock = self._relock, lock
        if relock is not None and lock is not None:
            self._runner.start(lambda _context: relock(lock), owner=self, keep=True)

    def hurry(self) -> None:
        """Send at once what waits; the journal has it in any case."""
        if self.courier is not None:
            self.courier.flush()

    def farewell(self) -> Callable[[], None]:
        """End it; what is returned may block and is to be called on a worker."""
        self._closed = True
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.silence()  # its thread may write on after this object is gone

        def close() -> None:
            if writer is not None:
                writer.close(CLOSE_S)

        return close

    def _on_opened(self, opened: OpenedJournal) -> None:
        if self._closed:
            opened.journal.close()
            return
        self._writer = JournalWriter(
            opened.journal, written=self._written.emit, failed=self._tell_failure
        )
        self.kept, self._relock = opened.kept, opened.relock
        self.desk = Desk(opened.records, self._writer.put)
        self.courier = Courier(self.desk, self._api, self._runner, self.clock, self)
        self.courier.failed.connect(self._messages.post_error)
        for notice in opened.notices:
            self._messages.post(Level.WARNING, notice.text(), error_detail(notice))
        self.ready.emit()

    def _tell_failure(self, error: Exception) -> None:
        self._write_failed.emit(str(error))

    def _on_written(self, number: int) -> None:
        self._on_disk = max(self._on_disk, number)
        self.disk_error = ""
        self.disk_changed.emit()

    def _on_write_failed(self, reason: str) -> None:
        self.disk_error = reason
        self.disk_changed.emit()
