"""Fields that the wheel leaves alone while a page is scrolled."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class StillFields(QObject):
    """The wheel changes ``fields`` only while they have the focus; else it scrolls the page.

    Whoever scrolls over a number would change it without a sign.
    """

    def __init__(self, owner: QWidget, *fields: QWidget) -> None:
        super().__init__(owner)
        for field in fields:
            self.add(field)

    def add(self, field: QWidget) -> None:
        """One more."""
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel gives no focus either
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave it to what is around the field."""
        if event.type() is not QEvent.Type.Wheel:
            return False
        if isinstance(watched, QWidget) and watched.hasFocus():
            return False
        event.ignore()
        return True
