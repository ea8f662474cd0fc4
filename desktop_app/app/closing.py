"""The way out: ask about what would be lost, then stop everything that the console started."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.app.parts import Parts
from desktop_app.app.signing_in import STAY
from desktop_app.app.working import ENDING_MS, Working
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.dialogs.confirm import ConfirmDialog, confirm
from desktop_app.ui.shell.closing_page import ClosingPage

_log = logging.getLogger(__name__)

LONGEST_MS = 20_000
"""After this the window closes whatever still runs."""


class Closing(QObject):
    """Closes the console once, however often it is asked; ``closed`` when the window has gone."""

    closed = Signal()

    def __init__(
        self,
        parts: Parts,
        working: Callable[[], Working | None],
        parent: QObject,
        *,
        also: Callable[[], None] = lambda: None,
    ) -> None:
        """``also`` ends what else is open on the server; it may block."""
        super().__init__(parent)
        self._parts, self._working, self._also = parts, working, also
        self._question: ConfirmDialog | None = None
        self._under_way = False
        self._finished = False
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(LONGEST_MS)
        self._limit.timeout.connect(self._on_limit_reached)

    def ask(self) -> None:
        """Close, after asking about unsaved edits and running work."""
        if self._under_way or self._question is not None:
            return
        working = self._working()
        if working is None:
            self._ask_running()
        else:
            working.page.leave(self._ask_running)

    def begin(self) -> None:
        """Stop everything and close, without asking."""
        if self._under_way:
            return
        self._under_way = True
        parts, working, also = self._parts, self._working(), self._also
        page = ClosingPage()
        page.tell(_("Stopping what runs on this computer…"))
        kept = parts.state.get(STAY)
        stay = isinstance(kept, list) and parts.settings.get("last_profile") in kept
        if working is not None:
            working.page.setEnabled(False)
        parts.window.show_page(page)
        if working is not None:
            working.hurry()
        parts.runner.stop_all()
        self._limit.start()

        def stop(_context: TaskContext) -> None:
            try:
                also()
                if working is not None:
                    working.farewell(stay=stay)
            finally:
                parts.workspace.stop()

        parts.runner.when_idle(
            lambda: parts.runner.start(
                stop,
                owner=self,
                urgent=True,
                keep=True,
                done=lambda _nothing: self._finish(),
                failed=self._on_failed,
            ),
            within_ms=max(ENDING_MS, parts.runner.grace_ms),
        )

    def _ask_running(self) -> None:
        titles = [task.title for task in self._parts.runner.running if not task.cancelled]
        if not titles:
            self.begin()
            return
        self._question = confirm(
            self._parts.window,
            title=_("Stop the running work?"),
            text=_("Closing the console stops what is running:"),
            lines=titles,
            action=_("Stop it and close"),
            on_yes=self.begin,
            danger=True,
            cancel=_("Go on working"),
        )
        self._question.finished.connect(self._on_question_finished)

    def _on_question_finished(self) -> None:
        self._question = None

    def _on_failed(self, error: Exception) -> None:
        _log.error("stopping failed", exc_info=error)
        self._finish()

    def _on_limit_reached(self) -> None:
        _log.warning("closing took longer than %s ms", LONGEST_MS)
        self._finish()

    def _finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        self._limit.stop()
        self._parts.window.close_now()
        self.closed.emit()
