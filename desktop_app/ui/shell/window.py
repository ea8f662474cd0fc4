"""The one window: its pages, its messages, its place on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from desktop_app.core.language import _
from desktop_app.ui.messages import MessageCentre
from desktop_app.ui.shell.geometry import SMALLEST, keep_geometry, restore_geometry
from desktop_app.ui.shell.toasts import Toasts
from desktop_app.ui.texts import follow_language

if TYPE_CHECKING:
    from desktop_app.config.settings import UiState


class ConsoleWindow(QMainWindow):
    """Shows one page at a time.

    Closing it only sends ``close_asked``: whoever built the window stops what runs and then calls
    ``close_now``. ``palette_asked`` is Ctrl+K; ``painted`` is sent once, when the window is first
    on screen.
    """

    close_asked = Signal()
    palette_asked = Signal()
    painted = Signal()

    def __init__(self, messages: MessageCentre, state: UiState) -> None:
        super().__init__()
        self._state = state
        self._may_close = False
        self._context: Callable[[], str] = str
        self._was_painted = False
        self._pages = QStackedWidget()
        self._pages.setObjectName("pages")
        self.setCentralWidget(self._pages)
        self.setMinimumSize(SMALLEST)
        self.toasts = Toasts(messages, self)
        restore_geometry(self, state)
        for keys, signal in (("Ctrl+K", self.palette_asked), ("Ctrl+Q", self.close_asked)):
            QShortcut(QKeySequence(keys), self).activated.connect(signal)
        follow_language(self, self._word)

    @property
    def page(self) -> QWidget | None:
        """The page in front."""
        return self._pages.currentWidget()

    def show_page(self, page: QWidget, context: Callable[[], str] = str) -> None:
        """Bring ``page`` to the front; ``context`` words what joins the window's title."""
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        self._context = context
        self._word()

    def drop_page(self, page: QWidget) -> None:
        """Take ``page`` away for good."""
        self._pages.removeWidget(page)
        page.deleteLater()

    def bring_to_front(self) -> None:
        """Show the window above the others, unminimised."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def close_now(self) -> None:
        """Close without asking."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the place; ask whoever built the window before it goes."""
        if not self._may_close:
            event.ignore()
            self.close_asked.emit()
            return
        keep_geometry(self, self._state)
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first time."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def _word(self) -> None:
        name = _("Evaluation Console")
        context = self._context()
        self.setWindowTitle(f"{context} – {name}" if context else name)
