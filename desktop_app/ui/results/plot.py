"""A chart of pyqtgraph in the theme's look: no frame, light grid, units on the axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.series import SERIES
from desktop_app.ui.theme.theme import Theme, body_font
from desktop_app.ui.widgets.plain_text import plain_label

GRID_ALPHA = 40


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """One still plot; ``redraw`` is called when it is restyled: also after a change of colours.

    It is a picture: it neither scrolls nor zooms, and takes no keyboard focus. While it is hidden
    it keeps its old colours, so that a switch of the theme waits for nothing out of sight.
    """

    def __init__(
        self,
        theme: Theme,
        redraw: Callable[[], object],
        parent: QWidget | None = None,
        axes: Mapping[str, pg.AxisItem] | None = None,
    ) -> None:
        super().__init__(parent, axisItems=dict(axes) if axes else None, enableMenu=False)
        # pyqtgraph makes menus that nobody owns, and that nobody here can open: they go with it.
        menu = self.plotItem.ctrlMenu
        menu.setParent(self, menu.windowFlags())
        self._theme, self._redraw = theme, redraw
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setAntialiasing(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._dressed = ""
        theme.changed.connect(self._on_theme_changed)

    def showEvent(self, event: QShowEvent) -> None:
        """In sight again: in the theme in use."""
        super().showEvent(event)
        if self._dressed not in ("", self._theme.name):
            self.restyle()

    def _on_theme_changed(self) -> None:
        if self.isVisible():
            self.restyle()

    def restyle(self) -> None:
        """Take colours and fonts of the theme in use, and draw anew."""
        self._dressed = self._theme.name
        self.setBackground(None)
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(pg.mkPen(self.color("border")))
            axis.setTextPen(pg.mkPen(self.color("muted")))
            axis.setTickFont(caption_font())
            axis.label.setFont(caption_font())
            axis.setZValue(-1)  # the grid behind the bars
        self._redraw()

    def color(self, token: str) -> QColor:
        """A colour of the theme in use."""
        return self._theme.color(token)

    def series(self, place: int) -> QColor:
        """The colour of a series by its place."""
        colours = SERIES[self._theme.name]
        return QColor(colours[place % len(colours)])

    def label(self, axis: str, text: str) -> None:
        """Name an axis with its unit; ``text`` is translated."""
        colour = self.color("muted").name()
        size = f"{tokens.TYPE_CAPTION}px"
        # pyqtgraph takes a label for markup; ours are words of the catalogue.
        self.getAxis(axis).setLabel(text, color=colour, **{"font-size": size})


def caption_font() -> QFont:
    """The font of ticks and labels."""
    font = body_font()
    font.setPixelSize(tokens.TYPE_CAPTION)
    return font


class LegendKey(QWidget):
    """What a series is called, beside a swatch of its colour; the text is plain."""

    def __init__(self, plot: Plot, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot, self._place = plot, place
        self._swatch = QFrame()
        self._swatch.setFixedSize(12, 12)
        self._swatch.setAutoFillBackground(True)
        self._text = plain_label()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._swatch, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, 1)
        self.recolour()

    @property
    def text(self) -> str:
        """What is told."""
        return self._text.text()

    def tell(self, text: str) -> None:
        """Show this text; nothing hides the key."""
        self._text.setText(text)
        self.setVisible(bool(text))

    def recolour(self) -> None:
        """Take the colour that the series has now."""
        palette = self._swatch.palette()
        palette.setColor(QPalette.ColorRole.Window, self._plot.series(self._place))
        self._swatch.setPalette(palette)
