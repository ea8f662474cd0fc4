"""The local workspace as the window sees it: its events arrive on the GUI thread."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.messages import Level, MessageCentre
from desktop_app.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from desktop_app.workspace.events import WorkspaceEvent
    from desktop_app.workspace.local import LocalWorkspace


class WorkspaceLink(QObject):
    """Starts the workspace of a data folder off the GUI thread; ``changed`` carries its events.

    ``came_back`` follows once it is ready again after an interruption. Its code is only loaded when
    it is started: the window must not wait for a database driver.
    """

    changed = Signal(object)
    came_back = Signal()
    _told = Signal(object)

    def __init__(
        self, data_folder: Path, runner: TaskRunner, messages: MessageCentre, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.folder = data_folder
        self._runner, self._messages = runner, messages
        self._workspace: LocalWorkspace | None = None
        self._guard = threading.Lock()
        self._closed = False
        self._interrupted = False
        self.last: WorkspaceEvent | None = None
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    @property
    def api_url(self) -> str | None:
        """Where the workspace's API answers; None while it does not."""
        ready = self.last is not None and self.last.state == "ready" and self.last.info
        return ready.api_url if ready else None

    @property
    def mongo_uri(self) -> str | None:
        """Where its MongoDB answers, with a password: for no screen; None while it does not."""
        ready = self.last is not None and self.last.state == "ready" and self.last.info
        return ready.mongo_uri if ready else None

    @property
    def started(self) -> bool:
        """Whether a start was asked for."""
        return self._workspace is not None

    def start(self) -> None:
        """Begin, or begin anew after a failure; returns at once."""
        self._runner.start(self._begin, owner=self, urgent=True, failed=self._on_failed)

    def stop(self) -> None:
        """Stop what this console started; blocks about a second, so call it from a worker."""
        with self._guard:
            self._closed = True
            workspace = self._workspace
        if workspace is not None:
            workspace.stop()

    def _begin(self, _context: TaskContext) -> None:
        from desktop_app.workspace.local import LocalWorkspace

        with self._guard:
            if self._closed:
                return
            if self._workspace is None:
                self._workspace = LocalWorkspace(self.folder, on_event=self._told.emit)
            self._workspace.start()

    def _on_told(self, event: WorkspaceEvent) -> None:
        was_ready = self.last is not None and self.last.state == "ready"
        self.last = event
        self.changed.emit(event)
        if event.state == "recovering" and was_ready:
            self._interrupted = True
            self._messages.post(
                Level.WARNING,
                _("The local workspace was interrupted and is being started again."),
                "\n".join((_("Nothing saved is lost."), event.text)),
            )
        elif event.state == "ready" and self._interrupted:
            self._interrupted = False
            self._messages.post(Level.OK, _("The local workspace is back."))
            self.came_back.emit()
        elif event.state == "failed" and self._interrupted and event.error is not None:
            self._messages.post_error(event.error)

    def _on_failed(self, error: Exception) -> None:
        from desktop_app.workspace.events import WorkspaceEvent

        failure = LocalFailure(
            what=N_("The local workspace cannot be started: {reason}"),
            advice=N_("Install the program anew; parts of it are missing."),
            reason=f"{type(error).__name__}: {error}",
        )
        self._on_told(WorkspaceEvent(state="failed", error=failure))
