"""The matrix on screen: headings that stay, cells by keyboard and mouse, many at once."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from desktop_app.core.evaluations import MOST_AT_ONCE
from desktop_app.core.language import _
from desktop_app.ui.assignment.cells import Cell, state_word
from desktop_app.ui.assignment.grid import Place
from desktop_app.ui.assignment.matrix_model import MatrixModel
from desktop_app.ui.assignment.matrix_paint import MatrixDelegate, MatrixHeading
from desktop_app.ui.tables.menu_place import menu_place
from desktop_app.ui.tables.tsv import tsv
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme

MOST_SELECTED = MOST_AT_ONCE
"""Cells that can be dealt with at once; as many as one request may assign."""

_TOGGLING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MatrixView(QTableView):
    """Shows a ``MatrixModel``. Space or Enter emit ``toggled``; a double click ``opened``.

    F2 too. Arrows move, with Shift they select; Shift+Space selects the row, Ctrl+Space the
    column, as a click on its name does. ``place`` and ``restore`` keep what is selected when the
    model is reset.
    """

    menu_wanted = Signal(QPoint)
    toggled = Signal()
    opened = Signal()

    def __init__(self, model: MatrixModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matrix = model
        self.setModel(model)
        self.setItemDelegate(MatrixDelegate(model, theme, self))
        across = MatrixHeading(model, theme, Qt.Orientation.Horizontal, self)
        along = MatrixHeading(model, theme, Qt.Orientation.Vertical, self)
        self.setHorizontalHeader(across)
        self.setVerticalHeader(along)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        follow_language(self, self._retranslate)

    def selected_count(self) -> int:
        """How many cells are selected; counted without looking at each."""
        parts = self.selectionModel().selection().toList()
        return sum(part.width() * part.height() for part in parts)

    def selected(self) -> tuple[Cell, ...]:
        """The cells selected, row by row; none where they are more than ``MOST_SELECTED``."""
        if self.selected_count() > MOST_SELECTED:
            return ()
        places = sorted(
            {
                (row, column)
                for part in self.selectionModel().selection().toList()
                for row in range(part.top(), part.bottom() + 1)
                for column in range(part.left(), part.right() + 1)
            }
        )
        return tuple(self._matrix.cell(row, column) for row, column in places)

    def select_places(self, places: set[Place], current: Place | None = None) -> None:
        """Select these cells, as far as they are shown."""
        selection = QItemSelection()
        for company_id, evaluator_id in places:
            index = self._matrix.place_of(company_id, evaluator_id)
            if index.isValid():
                selection.select(index, index)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        at = self._matrix.place_of(*current) if current is not None else QModelIndex()
        if at.isValid():
            self.selectionModel().setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)

    def place(self) -> tuple[set[Place], Place | None, int, int]:
        """What is selected, where the cursor is, how far it is scrolled."""
        places = {(cell.company.id, cell.evaluator.id) for cell in self.selected()}
        current = self.currentIndex()
        at: Place | None = None
        if current.isValid():
            cell = self._matrix.cell(current.row(), current.column())
            at = (cell.company.id, cell.evaluator.id)
        return places, at, self.horizontalScrollBar().value(), self.verticalScrollBar().value()

    def restore(self, place: tuple[set[Place], Place | None, int, int]) -> None:
        """Back to a ``place`` after the model was reset."""
        places, current, across, down = place
        self.select_places(places, current)
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu: under the mouse, or at the current cell when a key calls it."""
        self.menu_wanted.emit(menu_place(self, event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the class; Esc drops the selection, the rest moves."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        current = self.currentIndex()
        if not modifiers and event.key() in _TOGGLING:
            if not event.isAutoRepeat() and current.isValid():
                self.toggled.emit()
        elif event.key() == Qt.Key.Key_Space and modifiers == Qt.KeyboardModifier.ShiftModifier:
            self.selectRow(current.row())
            self._keep_current(current)
        elif event.key() == Qt.Key.Key_Space and modifiers == Qt.KeyboardModifier.ControlModifier:
            self.selectColumn(current.column())
            self._keep_current(current)
        elif event.key() == Qt.Key.Key_F2 and not modifiers:
            self.opened.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def copy_selection(self) -> None:
        """Put the selected cells in words on the clipboard, with the names of both sides."""
        cells = self.selected()
        if not cells:
            return
        people = {cell.evaluator.id: cell.evaluator.name for cell in cells}
        companies = {cell.company.id: cell.company.name for cell in cells}
        words = {
            (cell.company.id, cell.evaluator.id): state_word(cell.state, cell.sheet)
            for cell in cells
        }
        rows = [["", *people.values()]]
        for id_, name in companies.items():
            rows.append([name, *(words.get((id_, person), "") for person in people)])
        QGuiApplication.clipboard().setText(tsv(rows))

    def keyboardSearch(self, search: str) -> None:
        """Letters do not jump about: there is a search for names."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Arriving by keyboard puts the cursor on a cell, so that arrows work at once."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._matrix.rows and self._matrix.columns:
            self.setCurrentIndex(self._matrix.index(0, 0))
        self._repaint_headings()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The headings show where the keyboard is."""
        super().focusOutEvent(event)
        self._repaint_headings()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens the sheet."""
        self.opened.emit()
        event.accept()

    def _keep_current(self, current: QModelIndex) -> None:
        flag = QItemSelectionModel.SelectionFlag.NoUpdate
        self.selectionModel().setCurrentIndex(current, flag)

    def _on_current_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self._repaint_headings()

    def _repaint_headings(self) -> None:
        self.horizontalHeader().viewport().update()
        self.verticalHeader().viewport().update()

    def _retranslate(self) -> None:
        self.setAccessibleName(_("Assignment matrix"))
