"""Calm tiles: a figure with its name, that open what they count."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop_app.core.language import _
from desktop_app.ui.theme.theme import Theme

_MARGIN = 16
_CORNER = 4
_HEADLINE_PX, _BODY_PX, _CAPTION_PX = 28, 13, 12


class CountTile(QAbstractButton):
    """One figure: its name above, the number large, a line of detail below.

    ``clicked`` means: open what is counted; without ``opens`` it is a figure only. The texts come
    by ``show_figure``; ``set_stale`` greys them when they are no longer fresh.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, opens: bool = True) -> None:
        super().__init__(parent)
        self._theme = theme
        self._opens = opens
        self._name = ""
        self._figure = "–"
        self._detail = ""
        self._stale = False
        if opens:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_figure(self, name: str, figure: str, detail: str) -> None:
        """Put in the three texts; repaints only when one of them differs."""
        if (name, figure, detail) == (self._name, self._figure, self._detail):
            return
        self._name, self._figure, self._detail = name, figure, detail
        spoken = ", ".join(part for part in (f"{name} {figure}", detail) if part)
        self.setAccessibleName(spoken)
        self.setToolTip(detail)
        self.updateGeometry()
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Grey the figure: it is what was known last."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    @property
    def stale(self) -> bool:
        """Whether the figure is greyed."""
        return self._stale

    @property
    def figure(self) -> str:
        """The number as shown."""
        return self._figure

    @property
    def detail(self) -> str:
        """The line below the number."""
        return self._detail

    def sizeHint(self) -> QSize:
        """Room for the widest of the three texts."""
        widths = [
            QFontMetrics(font).horizontalAdvance(text)
            for font, text in (
                (self._font(_CAPTION_PX), self._name),
                (self._font(_HEADLINE_PX, bold=True), self._figure),
                (self._font(_CAPTION_PX), self._detail),
            )
        ]
        return QSize(max(120, max(widths) + 2 * _MARGIN), 112)

    def minimumSizeHint(self) -> QSize:
        """The name and the number stay whole; the detail may be cut, it is in the tooltip too."""
        name = QFontMetrics(self._font(_CAPTION_PX)).horizontalAdvance(self._name)
        return QSize(max(112, name + 2 * _MARGIN), 112)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Surface, border (accent under the mouse or focus), three texts."""
        color = self._theme.color
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lively = self._opens and (self.underMouse() or self.hasFocus())
        painter.setPen(QPen(color("accent" if lively else "border"), 2 if self.hasFocus() else 1))
        painter.setBrush(color("window" if self._opens and self.isDown() else "surface"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), _CORNER, _CORNER)
        inner = self.rect().adjusted(_MARGIN, 12, -_MARGIN, -12)
        caption = self._font(_CAPTION_PX)
        self._draw(painter, inner, 0, 18, caption, "muted", self._name)
        figure_token = "muted" if self._stale else "text"
        headline = self._font(_HEADLINE_PX, bold=True)
        self._draw(painter, inner, 24, 38, headline, figure_token, self._figure)
        self._draw(painter, inner, 68, 18, caption, "muted", self._detail)

    def _draw(
        self,
        painter: QPainter,
        inner: QRect,
        top: int,
        height: int,
        font: QFont,
        token: str,
        text: str,
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        place = QRect(inner.left(), inner.top() + top, inner.width(), height)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _font(self, pixels: int, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font


class UsageBar(QWidget):
    """A share of 0–100 % as a bar with its threshold as a dashed line with its value."""

    def __init__(self, theme: Theme, threshold: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.threshold = threshold
        self._percent: float | None = None
        self._stale = False
        self.setMinimumSize(120, 34)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_share(self, percent: float | None, *, stale: bool = False) -> None:
        """Show ``percent`` (0–100); None means not measured."""
        if (percent, stale) != (self._percent, self._stale):
            self._percent, self._stale = percent, stale
            self.update()

    @property
    def over(self) -> bool:
        """Whether the share has reached the threshold."""
        return self._percent is not None and self._percent >= self.threshold

    def sizeHint(self) -> QSize:
        """Wide enough to read a share from it."""
        return QSize(200, 34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track, filled part, dashed threshold with its value below."""
        color = self._theme.color
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRect(0, 6, self.width() - 1, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("border"))
        painter.drawRoundedRect(track, _CORNER, _CORNER)
        if self._percent is not None:
            filled = QRect(track)
            filled.setWidth(max(2, round(track.width() * min(self._percent, 100.0) / 100)))
            token = "muted" if self._stale else ("warning" if self.over else "accent")
            painter.setBrush(color(token))
            painter.drawRoundedRect(filled, _CORNER, _CORNER)
        x = round(track.width() * self.threshold / 100)
        painter.setPen(QPen(color("text"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(x, 2, x, 18)
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(color("muted"))
        label = _("{n:.0f} %").format(n=self.threshold)
        width = QFontMetrics(font).horizontalAdvance(label)
        left = min(max(0, x - width // 2), self.width() - width)
        painter.drawText(QRect(left, 19, width, 14), Qt.AlignmentFlag.AlignCenter.value, label)
