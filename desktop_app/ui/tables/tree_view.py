"""The view of such a tree: whole rows, the keyboard, copying as a spreadsheet pastes it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from desktop_app.ui.tables.tree_model import TreeModel
from desktop_app.ui.tables.tsv import tsv

_NARROWEST = 220
"""Of the column that takes what is left."""


class CheckTree(QTreeView):
    """Shows a ``TreeModel``; ``opened`` carries the key of a row at Enter or a double click.

    ``chosen`` carries the key of the row that the keyboard is on, ``moved`` follows a key.
    """

    opened = Signal(str)
    chosen = Signal(str)
    moved = Signal()

    def __init__(self, model: TreeModel[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tree = model
        self.setModel(model)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(40)
        for at, column in enumerate(model.columns):
            if column.width:
                header.resizeSection(at, column.width)
            else:
                header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        copy = QAction(self)
        copy.setShortcuts(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.addAction(copy)
        self.doubleClicked.connect(lambda index: self.opened.emit(model.key_at(index)))
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)

    @property
    def current_key(self) -> str:
        """The key of the row that the keyboard is on."""
        return self._tree.key_at(self.currentIndex())

    def choose(self, key: str, *, scroll: bool = True) -> bool:
        """Put the keyboard on the row of this key; whether there is one."""
        index = self._tree.index_of(key)
        if not index.isValid():
            return False
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        if scroll:
            self.scrollTo(index)
        return True

    def open_groups(self, *, all_of_them: bool = True) -> None:
        """Unfold the groups: all, or those at the top."""
        for index in self._tree.groups():
            if all_of_them or not index.parent().isValid():
                self.expand(index)

    def copy(self) -> None:
        """Put the rows chosen on the clipboard."""
        rows = self.selectionModel().selectedRows()
        lines = [
            [str(row.siblingAtColumn(at).data() or "") for at in range(len(self._tree.columns))]
            for row in rows
        ]
        if lines:
            QGuiApplication.clipboard().setText(tsv(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; the rest is Qt's."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            if self.current_key:
                self.opened.emit(self.current_key)
            event.accept()
            return
        super().keyPressEvent(event)
        self.moved.emit()

    def keyboardSearch(self, search: str) -> None:
        """Letters do not jump about: there is a search field."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave columns out where the main one would get too narrow."""
        super().resizeEvent(event)
        columns = self._tree.columns
        room = self.viewport().width() - sum(column.width for column in columns)
        going = sorted((at for at, one in enumerate(columns) if one.goes), key=self._goes)
        for at in going:
            self.setColumnHidden(at, room < _NARROWEST)
            room += columns[at].width if room < _NARROWEST else 0

    def _goes(self, at: int) -> int:
        return -self._tree.columns[at].goes

    def _on_current_row_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.chosen.emit(self._tree.key_at(current))
