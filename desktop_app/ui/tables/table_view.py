"""The grid itself: whole rows, keyboard first, copy as a spreadsheet pastes it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop_app.ui.tables.cell_delegate import CellDelegate
from desktop_app.ui.tables.menu_place import menu_place
from desktop_app.ui.tables.page_model import PageModel
from desktop_app.ui.tables.tsv import tsv
from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.theme import Theme


class TableView(QTableView):
    """Shows a ``PageModel``. Enter or a double click emits ``opened`` with the row.

    Alt+Left/Right and Ctrl+PgUp/PgDn emit ``page_turned`` (-1, 1), Alt+Up/Down ``sort_wanted``
    with the current column and whether descending. Esc drops the selection.
    """

    menu_wanted = Signal(QPoint)
    opened = Signal(int)
    page_turned = Signal(int)
    sort_wanted = Signal(int, bool)

    def __init__(
        self, model: PageModel[Any], theme: Theme, parent: QWidget | None = None, *, dense: bool
    ) -> None:
        super().__init__(parent)
        self._page = model
        self.setModel(model)
        self.setItemDelegate(CellDelegate(model, theme, lambda: self.hovered_row, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(tokens.ROW_HEIGHT_DENSE if dense else tokens.ROW_HEIGHT)
        rows.hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setStretchLastSection(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.hovered_row = -1
        self.setMouseTracking(True)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)

    def selected_rows(self) -> list[int]:
        """The rows selected, from the top."""
        return sorted({index.row() for index in self.selectionModel().selectedRows()})

    def copy_selection(self, columns: tuple[int, ...]) -> None:
        """Put the selected rows on the clipboard, ``columns`` in their order."""
        model = self._page
        rows = [
            [model.columns[at].shown(model.items[row]) for at in columns]
            for row in self.selected_rows()
        ]
        if rows:
            QGuiApplication.clipboard().setText(tsv(rows))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu: under the mouse, or at the current cell when a key calls it."""
        self.menu_wanted.emit(menu_place(self, event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; the keys of the class turn pages and sort; the rest moves in the page."""
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        turn = _TURNS.get((modifiers, Qt.Key(key)))
        current = self.currentIndex()
        if turn is not None:
            self.page_turned.emit(turn)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not modifiers:
            if current.isValid():
                self.opened.emit(current.row())
        elif modifiers == Qt.KeyboardModifier.AltModifier and key in (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
        ):
            self.sort_wanted.emit(max(0, current.column()), key == Qt.Key.Key_Down)
        elif key == Qt.Key.Key_Down and not modifiers and self._only_arrived():
            self.selectRow(current.row())
        elif key == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        elif event.matches(QKeySequence.StandardKey.Copy):
            event.ignore()  # the table's own action copies whole rows
            return
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def keyboardSearch(self, search: str) -> None:
        """Letters do not jump about: searching is done on the server."""

    def focusInEvent(self, event: Any) -> None:
        """Arriving by keyboard puts the cursor on a row, so that arrows work at once."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._page.items:
            flag = self.selectionModel().SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(self._page.index(0, 0), flag)

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer any more."""
        self._hover(-1)
        super().leaveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The whole row under the pointer is marked, not one cell."""
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def _only_arrived(self) -> bool:
        """Whether the cursor stands on a row that nobody has chosen: the first step takes it."""
        return self.currentIndex().isValid() and not self.selectionModel().hasSelection()

    def _hover(self, row: int) -> None:
        before, self.hovered_row = self.hovered_row, row
        for changed in {before, row} - {-1} if before != row else set():
            self._paint_row(changed)

    def _paint_row(self, row: int) -> None:
        top = self.rowViewportPosition(row)
        self.viewport().update(0, top, self.viewport().width(), self.rowHeight(row))

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the class before the window's shortcuts take them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if (modifiers, Qt.Key(event.key())) in _TURNS:
                event.accept()
                return True
        return super().event(event)

    def _on_current_row_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        """The line under the current row is as wide as the row; Qt paints only its cell anew."""
        for index in (current, previous):
            if index.isValid():
                self._paint_row(index.row())

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())


_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
_TURNS: dict[tuple[Qt.KeyboardModifier, Qt.Key], int] = {
    (_ALT, Qt.Key.Key_Left): -1,
    (_ALT, Qt.Key.Key_Right): 1,
    (_CTRL, Qt.Key.Key_PageUp): -1,
    (_CTRL, Qt.Key.Key_PageDown): 1,
}
