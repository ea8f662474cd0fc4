"""Every total at a glance: companies down in their order, evaluators across, colour by total.

The scale is cividis, which reads the same with and without colour blindness (Nuñez, Anderton &
Renslow, 2018); each cell also holds its number. Only cells on screen are painted.
"""

from __future__ import annotations

from bisect import bisect
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
)
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.core.results import Figures, GivenTotal
from desktop_app.ui.results.words import NO_FIGURE, number, rank_text
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line, plain_label, plain_tooltip

Index = QModelIndex | QPersistentModelIndex

_STEPS = 64
_NAME_WIDTH = 240
_CELL_WIDTH = 84


class HeatModel(QAbstractTableModel):
    """Totals by company and evaluator; ``scale`` is the range that the colours cover."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._figures: Figures | None = None
        self._cells: list[dict[str, GivenTotal]] = []
        self.scale = (0.0, 100.0)

    def show_figures(self, figures: Figures) -> None:
        """Show these totals."""
        self.beginResetModel()
        self._figures = figures
        self._cells = [{one.evaluator_id: one for one in c.totals} for c in figures.companies]
        totals = [given.total for cells in self._cells for given in cells.values()]
        lowest, highest = min(totals, default=0.0), max(totals, default=100.0)
        self.scale = (lowest, highest if highest > lowest else lowest + 1)
        self.endResetModel()

    def given(self, index: Index) -> GivenTotal | None:
        """The total in a cell."""
        if self._figures is None:
            return None
        person = self._figures.evaluators[index.column()].id
        return self._cells[index.row()].get(person)

    def missing(self, index: Index) -> bool:
        """Whether the sheet of a cell is assigned but not in."""
        if self._figures is None:
            return False
        person = self._figures.evaluators[index.column()].id
        return person in self._figures.companies[index.row()].missing

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Companies."""
        return 0 if parent.isValid() or self._figures is None else len(self._figures.companies)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Evaluators."""
        return 0 if parent.isValid() or self._figures is None else len(self._figures.evaluators)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A total; in brackets where it was dropped."""
        if not index.isValid() or self._figures is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            company = self._figures.companies[index.row()].name
            evaluator = self._figures.evaluators[index.column()].name
            text = f"{company} / {evaluator}: {self._text(index)}"
            return plain_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Rank and company down, evaluators across."""
        if self._figures is None or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return None
        if orientation is Qt.Orientation.Horizontal:
            text = self._figures.evaluators[section].name
        else:
            company = self._figures.companies[section]
            text = f"{rank_text(company)}  {company.name}"
        return plain_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else one_line(text)

    def _text(self, index: Index) -> str:
        given = self.given(index)
        if given is None:
            return _("missing") if self.missing(index) else NO_FIGURE
        return f"({number(given.total)})" if given.dropped else number(given.total)


class _Delegate(QStyledItemDelegate):
    def __init__(self, model: HeatModel, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._model, self._theme, self._view = model, theme, view
        self._grounds, self._inks = scale_colours()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell: its colour, its number, and a frame where the keyboard is."""
        given = self._model.given(index)
        rect = option.rect.adjusted(0, 0, -1, -1)
        if given is None:
            painter.fillRect(rect, self._theme.color("surface"))
            ink = self._theme.color("warning" if self._model.missing(index) else "muted")
        else:
            step = step_of(given.total, self._model.scale)
            painter.fillRect(rect, self._grounds[step])
            ink = self._inks[step]
        painter.setPen(ink)
        text = self._model.data(index)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._theme.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.setPen(self._theme.color("on_accent"))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))


def scale_colours() -> tuple[list[QColor], list[QColor]]:
    """The grounds from the lowest to the highest total, and the ink that reads best on each."""
    scale = pg.colormap.get("cividis")
    grounds = [QColor(*map(int, rgb[:3])) for rgb in scale.getLookupTable(nPts=_STEPS)]
    dark, light = "#000000", "#FFFFFF"
    inks = [
        QColor(max((dark, light), key=lambda ink, g=ground: tokens.contrast(ink, g.name())))  # type: ignore[misc]
        for ground in grounds
    ]
    return grounds, inks


def step_of(total: float, scale: tuple[float, float]) -> int:
    """Which of the steps of the scale a total has."""
    lowest, highest = scale
    edges = [lowest + (highest - lowest) * at / _STEPS for at in range(1, _STEPS)]
    return bisect(edges, total)


class _Legend(QWidget):
    """The scale as a bar between its lowest and its highest total."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grounds, _inks = scale_colours()
        self.setFixedSize(160, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar."""
        gradient = QLinearGradient(0, 0, self.width(), 0)
        for at in range(0, _STEPS, 9):
            gradient.setColorAt(at / (_STEPS - 1), self._grounds[at])
        QPainter(self).fillRect(QRect(0, 0, self.width(), self.height()), gradient)


class HeatMap(QWidget):
    """The map with its legend; arrows move from cell to cell."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = HeatModel(self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Delegate(self.model, theme, self.view))
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setShowGrid(False)
        self.view.setTabKeyNavigation(False)
        self.view.setCornerButtonEnabled(False)
        rows, columns = self.view.verticalHeader(), self.view.horizontalHeader()
        rows.setDefaultSectionSize(tokens.ROW_HEIGHT_DENSE)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setFixedWidth(_NAME_WIDTH)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        columns.setDefaultSectionSize(_CELL_WIDTH)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        for header in (rows, columns):
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
            header.setResizeContentsPrecision(0)  # else all 500 are measured at each switch
        self._lowest, self._highest = plain_label(role="muted"), plain_label(role="muted")
        self._note = plain_label(role="muted")
        head = QHBoxLayout()
        head.setSpacing(8)
        for part in (self._lowest, _Legend(), self._highest):
            head.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addSpacing(16)
        head.addWidget(self._note, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        theme.changed.connect(self.view.viewport().update)
        follow_language(self, self._word)

    def show_figures(self, figures: Figures) -> None:
        """Show these totals."""
        self.model.show_figures(figures)
        self._word()

    def _word(self) -> None:
        lowest, highest = self.model.scale
        self._lowest.setText(number(lowest))
        self._highest.setText(number(highest))
        self._note.setText(_("( ) dropped from the trimmed mean"))
        self.view.setAccessibleName(_("Totals by company and evaluator"))
        self.view.viewport().update()
