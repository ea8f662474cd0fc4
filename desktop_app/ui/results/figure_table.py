"""A table whose rows are all here: sorted on the spot, by the values behind the texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.page_model import PageModel
from desktop_app.ui.tables.table_view import TableView
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme

T = TypeVar("T")


class FigureTable(QWidget, Generic[T]):
    """Shows ``items`` in ``columns``; one row is chosen, and ``chosen`` is told which.

    The order of ``show_items`` is the one to begin with; rows without a value come last whichever
    way a column is sorted.
    """

    def __init__(
        self,
        columns: Sequence[Column[T]],
        id_of: Callable[[T], str],
        theme: Theme,
        *,
        chosen: Callable[[T], object] = lambda _item: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._id_of, self._chosen = id_of, chosen
        self._given: tuple[T, ...] = ()
        self._sort: tuple[int, bool] | None = None
        self.model: PageModel[T] = PageModel(columns, id_of, self)
        self.view = TableView(self.model, theme, self, dense=True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.view.horizontalHeader()
        for at, column in enumerate(self.model.columns):
            header.resizeSection(at, column.width)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sectionClicked.connect(self._on_section_clicked)
        self.view.sort_wanted.connect(self.sort_by)
        self.view.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        copy = QAction(self.view)
        copy.setShortcuts(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.view.addAction(copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.setFocusProxy(self.view)
        follow_language(self, self.model.redraw)

    @property
    def current(self) -> T | None:
        """The item of the row chosen."""
        row = self.view.currentIndex().row()
        return self.model.items[row] if 0 <= row < len(self.model.items) else None

    def show_items(self, items: Sequence[T]) -> None:
        """Show these rows, keeping the order asked for and the row chosen, if it is there."""
        kept = self.current
        self._given = tuple(items)
        self._arrange()
        self.choose(self._id_of(kept) if kept is not None else "")

    def choose(self, item_id: str) -> None:
        """Choose the row of this id, else the first one."""
        row = self.model.row_of(item_id) or 0
        if not self.model.items:
            return
        index = self.model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.view.scrollTo(index)
        self._chosen(self.model.items[row])

    def sort_by(self, at: int, descending: bool) -> None:
        """Sort by a column."""
        kept = self.current
        self._sort = (at, descending)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.view.horizontalHeader().setSortIndicator(at, order)
        self._arrange()
        if kept is not None:
            self.choose(self._id_of(kept))

    def copy(self) -> None:
        """Put the row chosen on the clipboard."""
        self.view.copy_selection(tuple(range(len(self.model.columns))))

    def _arrange(self) -> None:
        if self._sort is None:
            self.model.set_items(self._given)
            return
        at, descending = self._sort
        value = self.model.columns[at].value
        known = [item for item in self._given if value(item) is not None]
        rest = [item for item in self._given if value(item) is None]
        self.model.set_items([*sorted(known, key=value, reverse=descending), *rest])

    def _on_section_clicked(self, at: int) -> None:
        self.sort_by(at, self._sort == (at, False))

    def _on_current_row_changed(self) -> None:
        if self.current is not None:
            self._chosen(self.current)
