"""A person at the console, played: opens screens, types, clicks, waits until all is loaded."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop_app.api.client import ApiClient
from desktop_app.app.console import Console
from desktop_app.app.selftest_stage import NotReached, Stage
from desktop_app.app.working import Working
from desktop_app.ui.records.record_tab import RecordTab
from desktop_app.ui.tab import Tab
from desktop_app.ui.widgets.skeleton import Skeleton

T = TypeVar("T")

QUIET_S = 0.08
"""All is loaded once nothing has run for this long."""


class Play:
    """Drives one console. ``folder`` is for files that a scene needs."""

    def __init__(self, console: Console, stage: Stage, folder: Path) -> None:
        self.console = console
        self.stage = stage
        self.folder = folder
        self._api: ApiClient | None = None
        self._known: set[QWidget] = set()

    @property
    def window(self) -> QWidget:
        """The main window."""
        return self.console.parts.window

    @property
    def working(self) -> Working:
        """The session on screen."""
        if self.console.working is None:
            raise NotReached("nobody is signed in")
        return self.console.working

    @property
    def api(self) -> ApiClient:
        """The platform, as another administrator elsewhere reaches it."""
        if self._api is None:
            raise NotReached("no session for sample data")
        return self._api

    def use_api(self, api: ApiClient) -> None:
        """Take ``api`` for what others do meanwhile."""
        self._api = api

    # Doing

    def tab(self, key: str) -> Tab:
        """Bring a tab to the front and wait until it is loaded."""
        page = self.working.page
        page.open_tab(key)
        self.settle(f"the tab {key}")
        return page.tabs[key]

    def records(self, key: str) -> RecordTab[Any]:
        """Bring a tab that lists records to the front, with everything shown and nothing chosen."""
        tab = self.tab(key)
        if not isinstance(tab, RecordTab):
            raise NotReached(f"{key} lists no records")
        if tab.table.query.q or tab.table.query.filters:
            tab.table.clear_search_and_filters()
            self.settle(f"the tab {key}")
        tab.table.view.clearSelection()
        return tab

    def type(self, widget: QWidget, text: str) -> None:
        """Type into ``widget``, key by key."""
        widget.setFocus()
        for character in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character)
                QCoreApplication.sendEvent(widget, event)

    def elsewhere(self, work: Callable[[], T]) -> T:
        """What someone else does meanwhile: run ``work`` on the pool and wait for its result."""
        done: list[T] = []
        failed: list[Exception] = []
        self.console.parts.runner.start(
            lambda _context: work(), owner=self.console, done=done.append, failed=failed.append
        )
        self.stage.wait(lambda: bool(done or failed), "work elsewhere", 30)
        if failed:
            raise failed[0]
        return done[0]

    # Waiting

    def settle(self, what: str) -> None:
        """Wait until nothing loads any more and every skeleton has gone."""
        runner = self.console.parts.runner
        quiet_since = [time.monotonic()]

        def quiet() -> bool:
            if not runner.idle:
                quiet_since[0] = time.monotonic()
            if time.monotonic() - quiet_since[0] < QUIET_S:
                return False
            # Looked for last: to find every skeleton takes longer than to ask the runner.
            if self._loading():
                quiet_since[0] = time.monotonic()
                return False
            return True

        try:
            self.stage.wait(quiet, f"{what} to be loaded")
        except NotReached as late:
            waits = [*runner.unfinished, *(type(s.parent()).__name__ for s in self._loading())]
            raise NotReached(f"{late}; still there: {', '.join(waits)}") from late

    def _loading(self) -> list[Skeleton]:
        skeletons = [s for w in self._visible() for s in w.findChildren(Skeleton)]
        return [skeleton for skeleton in skeletons if skeleton.isVisible()]

    # Looking

    def look(self, name: str, opened: Callable[[], object] | None = None) -> QWidget:
        """Open something, wait, and look at the newest window that came of it (or at the main one).

        What was opened stays open for ``close`` or for a further step.
        """
        started = time.monotonic()
        if opened is not None:
            opened()
        self.settle(name)
        new = [widget for widget in self._visible() if widget is not self.window]
        shown = self._newest(new) if new else self.window
        self._known = set(new)
        self.stage.look(name, shown, started)
        return shown

    def close(self) -> None:
        """Close every dialog and panel, whatever it would like to ask."""
        for _round in range(4):
            open_now = [widget for widget in self._visible() if widget is not self.window]
            if not open_now:
                break
            for widget in reversed(open_now):
                if isinstance(widget, QDialog):
                    widget.done(0)
                else:
                    widget.close()
            self.stage.breathe(0.02)
        self._known = set()
        self.settle("closing")

    def _newest(self, windows: list[QWidget]) -> QWidget:
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if front is not None and front in windows:
            return front
        unknown = [widget for widget in windows if widget not in self._known]
        return (unknown or windows)[-1]

    @staticmethod
    def _visible() -> list[QWidget]:
        return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
