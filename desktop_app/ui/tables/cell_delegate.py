"""Paints cells: states as icon and word, texts elided with the whole text as a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QHelpEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from desktop_app.ui.tables.columns import Chip
from desktop_app.ui.tables.page_model import CHIP_ROLE
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line, plain_tooltip

_PADDING = 8
_ICON = 16


class CellDelegate(QStyledItemDelegate):
    """Draws every cell of a table; the row is what is focused, so no cell has a frame."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One line per cell, without a focus frame around single cells."""
        super().initStyleOption(option, index)
        option.text = one_line(option.text)
        option.textElideMode = Qt.TextElideMode.ElideRight
        option.state &= ~QStyle.StateFlag.State_HasFocus
        chip = index.data(CHIP_ROLE)
        if isinstance(chip, Chip):
            color = self._theme.color(chip.token)
            option.palette.setColor(QPalette.ColorRole.Text, color)
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.icon = icon(chip.icon, chip.token)
            option.decorationSize = option.decorationSize.scaled(
                _ICON, _ICON, Qt.AspectRatioMode.IgnoreAspectRatio
            )

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Show the whole text where the cell could not."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        text = str(index.data() or "")
        if self._elided(option, index, text):
            QToolTip.showText(event.globalPos(), plain_tooltip(text), view)
        else:
            QToolTip.hideText()
        return True

    def _elided(
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        text: str,
    ) -> bool:
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        style = full.widget.style() if full.widget is not None else QApplication.style()
        room: QRect = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, full, full.widget)
        return full.fontMetrics.horizontalAdvance(text) > room.width() - _PADDING
