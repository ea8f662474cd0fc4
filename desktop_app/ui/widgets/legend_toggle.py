"""A key of a chart's legend that shows and hides its series; the text is plain."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QPushButton, QWidget

from desktop_app.core.language import _
from desktop_app.ui.theme.theme import Theme

_SWATCH = 12


class LegendToggle(QPushButton):
    """Checked while its series is shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._color = QColor()
        self.setCheckable(True)
        self.setChecked(True)
        self.setProperty("role", "legend")
        self.setIconSize(QSize(_SWATCH, _SWATCH))
        self.toggled.connect(lambda _shown: self._draw())

    def tell(self, name: str, figure: str, *, brief: bool = False, less: int = 0) -> None:
        """Show what the series is called, and a value of it; ``brief``: that alone.

        ``less``: so many pixels are wanting, for which a name without a value is cut short.
        """
        text = f"{name} {figure}" if figure else name
        shown = figure if brief and figure else text
        if less and not figure:
            metrics = self.fontMetrics()
            room = max(0, metrics.horizontalAdvance(shown) - less)
            shown = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(_("Show or hide “{name}”").format(name=name))
        self.setAccessibleName(text)

    def recolour(self, color: QColor) -> None:
        """Take the colour that the series has now."""
        self._color = QColor(color)
        self._draw()

    def _draw(self) -> None:
        """A full swatch while it is shown, an empty one while it is not."""
        ratio = self.devicePixelRatioF()
        swatch = QPixmap(round(_SWATCH * ratio), round(_SWATCH * ratio))
        swatch.setDevicePixelRatio(ratio)
        swatch.fill(QColor(0, 0, 0, 0))
        painter = QPainter(swatch)
        painter.setPen(self._color)
        if self.isChecked():
            painter.setBrush(self._color)
        painter.drawRect(0, 0, _SWATCH - 1, _SWATCH - 1)
        painter.end()
        self.setIcon(QIcon(swatch))
