"""Paints cells: states as icon and word, texts elided with the whole text as a tooltip.

Cells are drawn directly, not through the style sheet: that took 20 ms for a page on screen, this
takes a few.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from desktop_app.ui.tables.columns import Align, Chip
from desktop_app.ui.tables.page_model import PageModel
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line, plain_tooltip

PADDING = 8
_ICON = 16
_BAR = 72
_SELECTED = QStyle.StateFlag.State_Selected
_START = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_END = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight

Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """Draws every cell of ``view``; the row is what is focused, so no cell has a frame.

    A line under the row that the keyboard is on tells it from the selected ones.
    """

    def __init__(
        self,
        model: PageModel[Any],
        theme: Theme,
        hovered_row: Callable[[], int],
        view: QAbstractItemView,
    ) -> None:
        super().__init__(view)
        self._model, self._theme, self._view = model, theme, view
        self._hovered_row = hovered_row
        self._colors: dict[str, QColor] = {}
        self._icons: dict[tuple[str, str, float], QPixmap] = {}
        theme.changed.connect(self._forget)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        column = self._model.columns[index.column()]
        item = self._model.items[index.row()]
        rect = option.rect
        if option.state & _SELECTED:
            ground = "selection"
        else:
            # Painted always: the style sheet has marked the single cell under the pointer.
            ground = "hover" if index.row() == self._hovered_row() else "surface"
        painter.fillRect(rect, self._color(ground))
        if index.row() == self._view.currentIndex().row() and self._view.hasFocus():
            line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
            painter.fillRect(line, self._color("accent"))
        room = rect.adjusted(PADDING, 0, -PADDING, 0)
        tone = "text"
        if column.chip is not None:
            chip = column.chip(item)
            text, tone = chip.text, chip.token
            self._draw_icon(painter, chip, room)
            room.setLeft(room.left() + _ICON + PADDING)
        else:
            text = column.shown(item)
            if column.share is not None:
                self._draw_bar(painter, column.share(item), room)
                room.setLeft(room.left() + _BAR + PADDING)
        if not text:
            return
        text = text if text.isprintable() else one_line(text)
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self._color(tone))
        painter.drawText(room, _END if column.align is Align.END else _START, shown)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Show the whole text where the cell could not."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        column = self._model.columns[index.column()]
        text = column.shown(self._model.items[index.row()])
        room = option.rect.width() - 2 * PADDING
        room -= _ICON + PADDING if column.chip else _BAR + PADDING if column.share else 0
        if view.fontMetrics().horizontalAdvance(one_line(text)) > room:
            QToolTip.showText(event.globalPos(), plain_tooltip(text), view.viewport())
        else:
            QToolTip.hideText()
        return True

    def _draw_icon(self, painter: QPainter, chip: Chip, room: QRect) -> None:
        ratio = self._view.devicePixelRatioF()
        key = (chip.icon, chip.token, ratio)
        if key not in self._icons:
            self._icons[key] = pixmap(chip.icon, chip.token, _ICON, ratio)
        painter.drawPixmap(room.left(), room.center().y() - _ICON // 2 + 1, self._icons[key])

    def _draw_bar(self, painter: QPainter, share: float | None, room: QRect) -> None:
        if share is None:
            return
        bar = QRect(room.left(), room.center().y() - 2, _BAR, 6)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color("border"))
        painter.drawRoundedRect(bar, 3, 3)
        if share > 0:
            bar.setWidth(max(6, round(_BAR * min(1.0, share))))
            painter.setBrush(self._color("ok" if share >= 1 else "accent"))
            painter.drawRoundedRect(bar, 3, 3)
        painter.restore()

    def _color(self, token: str) -> QColor:
        if token not in self._colors:
            self._colors[token] = self._theme.color(token)
        return self._colors[token]

    def _forget(self) -> None:
        self._colors.clear()
        self._icons.clear()
