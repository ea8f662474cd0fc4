"""A small panel below a header's button: it closes on Esc and on a click elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop_app.ui.theme.tokens import SPACE_2, SPACE_3


class Popup(QFrame):
    """Shown by ``open_below``; takes the focus, gives it back to its anchor when closed."""

    def __init__(self, anchor: QWidget, width: int) -> None:
        super().__init__(anchor, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self._anchor = anchor
        self.setFixedWidth(width)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        self.column.setSpacing(SPACE_2)

    def open_below(self) -> None:
        """Show it below the anchor, kept within the window's right edge."""
        self.adjustSize()
        window = self._anchor.window()
        place = self._anchor.mapToGlobal(QPoint(0, self._anchor.height() + 4))
        right_edge = window.mapToGlobal(QPoint(window.width() - 8, 0)).x()
        place.setX(min(place.x(), right_edge - self.width()))
        self.move(place)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
