"""The first rows of a file, as they were read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.core.language import _
from desktop_app.ui.imports.words import cell_text, column_letter
from desktop_app.ui.widgets.plain_text import one_line, plain_tooltip

Index = QModelIndex | QPersistentModelIndex
PREVIEW_ROWS = 50
LONGEST_TEXT = 200


class PreviewModel(QAbstractTableModel):
    """Shows at most ``PREVIEW_ROWS`` rows; the row headers are the numbers in the file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[str, ...] = ()
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._first = 2

    def show(
        self, columns: Sequence[str], rows: Sequence[Sequence[object]], first_row_number: int
    ) -> None:
        """Show these headings and the first of ``rows``."""
        self.beginResetModel()
        self._columns = tuple(columns)
        width = len(self._columns)
        self._rows = tuple(_texts(row, width) for row in rows[:PREVIEW_ROWS])
        self._first = first_row_number
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The rows shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The file's columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell's text."""
        if not index.isValid():
            return None
        text = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        return plain_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The file's headings (a letter where there is none) and row numbers."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(self._first + section)
        if not 0 <= section < len(self._columns):
            return None
        return one_line(self._columns[section]) or _("Column {letter}").format(
            letter=column_letter(section)
        )


def _texts(row: Sequence[object], width: int) -> tuple[str, ...]:
    texts = [one_line(cell_text(value))[:LONGEST_TEXT] for value in row[:width]]
    return tuple(texts + [""] * (width - len(texts)))
