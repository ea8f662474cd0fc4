"""Where the time of one request went, drawn to scale."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.validation.findings import Exchange
from desktop_app.services.validation.evidence import milliseconds
from desktop_app.ui.theme.series import SERIES
from desktop_app.ui.theme.theme import Theme

_BAR_H, _GAP, _MARK = 8, 16, 8
_NAMES = (N_("connect"), N_("waiting"), N_("receiving"))


class TimingBar(QWidget):
    """A bar in three parts (connecting, waiting for the first byte, receiving) with its legend."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._one: Exchange | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_exchange(self, one: Exchange | None) -> None:
        """Show the times of this one."""
        self._one = one
        words = [f"{name} {milliseconds(value)}" for name, value, _c in self._parts()]
        self.setAccessibleName(" · ".join([*words, self._total()]))
        self.update()

    def sizeHint(self) -> QSize:
        """A bar above a line of words."""
        return QSize(240, _BAR_H + 6 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """As high as its hint."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar and the legend."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("pressed"))
        room = QRectF(0, 0, self.width(), _BAR_H)
        painter.drawRoundedRect(room, 3, 3)
        parts = self._parts()
        whole = sum(value for _name, value, _colour in parts)
        left = 0.0
        for _name, value, colour in parts:
            width = room.width() * value / whole if whole else 0
            painter.setBrush(colour)
            painter.drawRect(QRectF(left, 0, max(width, 1), _BAR_H))
            left += width
        self._draw_legend(painter, parts)

    def _draw_legend(self, painter: QPainter, parts: list[tuple[str, float, QColor]]) -> None:
        metrics = self.fontMetrics()
        top = _BAR_H + 6
        left = 0
        words = [
            *((f"{n} {milliseconds(v)}", colour) for n, v, colour in parts),
            (self._total(), None),
        ]
        for text, colour in words:
            if not text:
                continue
            width = metrics.horizontalAdvance(text) + (_MARK + 4 if colour else 0)
            if left and left + width > self.width():
                return
            if colour is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                middle = top + metrics.height() // 2 - _MARK // 2
                painter.drawRoundedRect(QRectF(left, middle, _MARK, _MARK), 2, 2)
            painter.setPen(self._theme.color("muted"))
            start = left + (_MARK + 4 if colour else 0)
            painter.drawText(start, top + metrics.ascent(), text)
            left += width + _GAP

    def _parts(self) -> list[tuple[str, float, QColor]]:
        one = self._one
        if one is None or not one.total_ms:
            return []
        connect = one.connect_ms or 0.0
        first = max(connect, one.first_byte_ms if one.first_byte_ms is not None else one.total_ms)
        values = (connect, first - connect, max(0.0, one.total_ms - first))
        colours = [QColor(colour) for colour in SERIES[self._theme.name]]
        return [
            (_(name), value, colour)
            for name, value, colour in zip(_NAMES, values, colours, strict=False)
            if value > 0
        ]

    def _total(self) -> str:
        one = self._one
        if one is None:
            return ""
        text = _("total {time}").format(time=milliseconds(one.total_ms))
        if one.server_ms is not None:
            text += " · " + _("the server says {time}").format(time=milliseconds(one.server_ms))
        return text
