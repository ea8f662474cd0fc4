"""Grey bars where rows will be, while the first page loads."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_app.core.language import _
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme

_SHARES = (0.16, 0.22, 0.26, 0.12, 0.14)
_LENGTHS = (0.8, 0.55, 0.7, 0.6, 0.75, 0.5, 0.65)


class Skeleton(QWidget):
    """Draws rows of bars as tall as the table's; still, so it costs nothing while waiting."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, row_height: int = 32
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row_height = row_height
        theme.changed.connect(self.update)
        follow_language(self, self._retranslate)

    def sizeHint(self) -> QSize:
        """Some rows' worth of room."""
        return QSize(400, self._row_height * 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars, fading towards the end."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        color = self._theme.color("skeleton")
        rows = min(12, self.height() // self._row_height)
        for row in range(rows):
            color.setAlphaF(1 - row / 13)
            painter.setBrush(color)
            left = 12.0
            for column, share in enumerate(_SHARES):
                width = share * (self.width() - 24)
                length = _LENGTHS[(row * 3 + column) % len(_LENGTHS)] * width
                top = row * self._row_height + (self._row_height - 10) / 2
                painter.drawRoundedRect(QRectF(left, top, length, 10), 4, 4)
                left += width + 8

    def _retranslate(self) -> None:
        self.setAccessibleName(_("Loading…"))
