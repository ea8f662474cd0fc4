"""Where the keyboard goes when a page is given it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget


class FirstFocus(QObject):
    """Hands the keyboard on to ``part`` of ``page`` when the page is given it.

    With a focus proxy instead, the tabulator would come to the page, go to the proxy, and pass
    over all that stands before it.
    """

    def __init__(self, page: QWidget, part: QWidget) -> None:
        super().__init__(page)
        self._part = part
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hand it on where the part can take it."""
        given = isinstance(event, QFocusEvent) and event.gotFocus()
        if given and self._part.isVisible() and self._part.isEnabled():
            self._part.setFocus(Qt.FocusReason.OtherFocusReason)
        return super().eventFilter(watched, event)
