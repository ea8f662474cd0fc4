"""Paints the matrix: cells by icon and word, headings with their totals.

Drawn directly, not through the style sheet: hundreds of cells are on screen while it scrolls.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.ui.assignment.cells import LOOKS, CellState, state_word
from desktop_app.ui.assignment.grid import Total
from desktop_app.ui.assignment.matrix_model import MatrixModel
from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line

COLUMN_WIDTH = 104
ROW_HEADING_WIDTH = 240
HEADING_HEIGHT = 48
_ICON = 16
_PADDING = 8
_START = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_END = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_SELECTED = QStyle.StateFlag.State_Selected
_TINTS = {
    CellState.LATE: "danger_soft",
    CellState.CONFLICT: "danger_soft",
    CellState.BARRED: "window",
}

Index = QModelIndex | QPersistentModelIndex


class _Paints:
    """Colours and pictures of the theme in use, looked up once."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._colors: dict[str, QColor] = {}
        self._icons: dict[tuple[str, str, float], QPixmap] = {}
        theme.changed.connect(self._forget)

    def color(self, token: str) -> QColor:
        if token not in self._colors:
            self._colors[token] = self._theme.color(token)
        return self._colors[token]

    def icon(self, name: str, token: str, ratio: float) -> QPixmap:
        key = (name, token, ratio)
        if key not in self._icons:
            self._icons[key] = pixmap(name, token, _ICON, ratio)
        return self._icons[key]

    def _forget(self) -> None:
        self._colors.clear()
        self._icons.clear()


class MatrixDelegate(QStyledItemDelegate):
    """Draws the cells of ``view``; a frame shows which one the keyboard is on."""

    def __init__(self, model: MatrixModel, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model, self._view = model, view
        self._paints = _Paints(theme)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        grid, rect, paints = self._model.grid, option.rect, self._paints
        if grid is None:
            return
        company = self._model.rows[index.row()]
        evaluator = self._model.columns[index.column()]
        state = grid.state(company, evaluator)
        selected = bool(option.state & _SELECTED)
        ground = "selection" if selected else _TINTS.get(state, "surface")
        painter.fillRect(rect, paints.color(ground))
        if state is not CellState.NONE:
            look = LOOKS[state]
            word = state_word(state, grid.sheet(company.id, evaluator.id))
            ratio = self._view.devicePixelRatioF()
            top = rect.center().y() - _ICON // 2 + 1
            painter.drawPixmap(
                rect.left() + _PADDING, top, paints.icon(look.icon, look.token, ratio)
            )
            room = rect.adjusted(_PADDING + _ICON + 4, 0, -4, 0)
            shown = option.fontMetrics.elidedText(word, Qt.TextElideMode.ElideRight, room.width())
            painter.setPen(paints.color(look.token))
            painter.drawText(room, _START, shown)
        if index == self._view.currentIndex() and self._view.hasFocus():
            painter.setPen(paints.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))


class MatrixHeading(QHeaderView):
    """The names of companies or evaluators, each with how much is done; they stay in place."""

    def __init__(
        self,
        model: MatrixModel,
        theme: Theme,
        orientation: Qt.Orientation,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(orientation, parent)
        self._matrix = model
        self._paints = _Paints(theme)
        across = orientation is Qt.Orientation.Horizontal
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setDefaultSectionSize(COLUMN_WIDTH if across else tokens.ROW_HEIGHT)
        self.setSectionsClickable(True)
        self.setHighlightSections(True)

    def sizeHint(self) -> QSize:
        """Room for a name and its total."""
        hint = super().sizeHint()
        if self.orientation() is Qt.Orientation.Horizontal:
            return QSize(hint.width(), HEADING_HEIGHT)
        return QSize(ROW_HEADING_WIDTH, hint.height())

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803
        """Draw one name: above its total in a column, before it in a row."""
        grid = self._matrix.grid
        if grid is None or not rect.isValid():
            return
        color = self._paints.color
        across = self.orientation() is Qt.Orientation.Horizontal
        painter.save()
        ground = "hover" if self._is_current(logicalIndex) else "surface"
        painter.fillRect(rect, color(ground))
        painter.setPen(color("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        font = QFont(self.font())
        font.setPixelSize(tokens.TYPE_CAPTION)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        room = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        if across:
            evaluator = self._matrix.columns[logicalIndex]
            total = grid.column_total(evaluator.id)
            upper = room.adjusted(0, 5, 0, -room.height() // 2)
            lower = room.adjusted(0, room.height() // 2, 0, -5)
            tone = "text" if evaluator.is_active else "disabled"
            self._draw_name(painter, upper, evaluator.name, tone)
            self._draw_total(painter, lower, total, _START)
        else:
            company = self._matrix.rows[logicalIndex]
            total = grid.row_total(company.id)
            name = room.adjusted(0, 0, -56, 0)
            self._draw_name(painter, name, company.name, "text")
            self._draw_total(painter, room, total, _END)
        painter.restore()

    def _draw_name(self, painter: QPainter, room: QRect, name: str, tone: str) -> None:
        shown = painter.fontMetrics().elidedText(
            one_line(name), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.setPen(self._paints.color(tone))
        painter.drawText(room, _START, shown)

    def _draw_total(
        self, painter: QPainter, room: QRect, total: Total, side: Qt.AlignmentFlag
    ) -> None:
        font = QFont(painter.font())
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        done = 0 < total.all == total.done
        painter.setPen(self._paints.color("ok" if done else "muted"))
        painter.drawText(room, side, total.text)

    def _is_current(self, section: int) -> bool:
        view = self.parentWidget()
        if not isinstance(view, QAbstractItemView) or not view.hasFocus():
            return False
        current = view.currentIndex()
        across = self.orientation() is Qt.Orientation.Horizontal
        return (current.column() if across else current.row()) == section
