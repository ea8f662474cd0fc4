"""Looking now and then whether somebody else's run goes on or has ended."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.events import Holder
from desktop_app.services.migrations.choice import DatabaseChoice
from desktop_app.services.migrations.desk import Desk
from desktop_app.ui.tasks import TaskRunner

LOOK_MS = 3_000


class LeaseWatch(QObject):
    """While ``watch`` names a database and ``owner`` is in sight: ``seen`` carries the holder and
    the server's time; ``ended`` says that there is none any more, or that nobody knows."""

    seen = Signal(object, object)
    ended = Signal()

    def __init__(self, desk: Desk, runner: TaskRunner, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk, self._runner, self._owner = desk, runner, owner
        self._choice: DatabaseChoice | None = None
        self._looking = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def watch(self, choice: DatabaseChoice | None) -> None:
        """Watch this database from now on; None: none."""
        self._choice = choice
        if choice is None:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _look(self) -> None:
        choice, desk = self._choice, self._desk
        if choice is None or self._looking or not self._owner.isVisible():
            return
        self._looking = True

        def work(_context: TaskContext) -> tuple[Holder | None, datetime]:
            return desk.holder(choice)

        self._runner.start(
            work,
            owner=self,
            done=lambda found: self._on_found(choice, *found),
            failed=lambda _error: self._on_found(choice, None),
        )

    def _on_found(
        self, choice: DatabaseChoice, holder: Holder | None, now: datetime | None = None
    ) -> None:
        self._looking = False
        if choice != self._choice:
            return
        if holder is None:
            self.ended.emit()
        else:
            self.seen.emit(holder, now)
