"""The second click of a double click, where the first one changed what is under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication


class SecondClick(QObject):
    """Keeps a double click on one of ``buttons`` from pressing another that took its place."""

    def __init__(self, parent: QObject, *buttons: QAbstractButton) -> None:
        super().__init__(parent)
        self._first: QObject | None = None
        self._at = QPoint()
        self._since = QElapsedTimer()
        for button in buttons:
            button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow a press that follows one on another button at the same place at once."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            at = event.globalPosition().toPoint()
            if watched is not self._first and self._is_second(at):
                return True
            self._first, self._at = watched, at
            self._since.start()
        return super().eventFilter(watched, event)

    def _is_second(self, at: QPoint) -> bool:
        return (
            self._since.isValid()
            and not self._since.hasExpired(QApplication.doubleClickInterval())
            and (at - self._at).manhattanLength() <= QApplication.startDragDistance()
        )
