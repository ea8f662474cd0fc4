"""One page of rows as a Qt model: small, typed, read-only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.core.language import _
from desktop_app.ui.tables.columns import Align, Column

T = TypeVar("T")

Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = Qt.ItemDataRole.UserRole
CHIP_ROLE = Qt.ItemDataRole.UserRole + 1

_START = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
_END = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTrailing


class PageModel(QAbstractTableModel, Generic[T]):
    """Shows ``items`` in ``columns``; ``ITEM_ROLE`` gives a row's item, ``CHIP_ROLE`` its chip."""

    def __init__(
        self,
        columns: Sequence[Column[T]],
        id_of: Callable[[T], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._id_of = id_of
        self._items: tuple[T, ...] = ()

    @property
    def items(self) -> tuple[T, ...]:
        """The rows shown."""
        return self._items

    def set_items(self, items: Sequence[T]) -> bool:
        """Show ``items``; returns whether rows came, went or moved (selections are lost then)."""
        fresh = tuple(items)
        if [self._id_of(item) for item in fresh] == [self._id_of(item) for item in self._items]:
            self._items = fresh
            self.redraw()
            return False
        self.beginResetModel()
        self._items = fresh
        self.endResetModel()
        return True

    def redraw(self) -> None:
        """Read every cell anew: its text depends on the language and the time zone."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
        if self._items:
            last = self.index(len(self._items) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def row_of(self, item_id: str) -> int | None:
        """The row of the item with this id, if it is on the page."""
        for row, item in enumerate(self._items):
            if self._id_of(item) == item_id:
                return row
        return None

    def id_at(self, row: int) -> str:
        """The id of the item in a row."""
        return self._id_of(self._items[row])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Rows on this page."""
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """All columns, hidden ones too."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, alignment, item or chip."""
        if not index.isValid():
            return None
        column, item = self.columns[index.column()], self._items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.shown(item)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _END if column.align is Align.END else _START
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_(column.title)}: {column.shown(item)}"
        if role == ITEM_ROLE:
            return item
        if role == CHIP_ROLE and column.chip is not None:
            return column.chip(item)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """A column's title, aligned like its cells."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return _(column.title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _END if column.align is Align.END else _START
        return None
