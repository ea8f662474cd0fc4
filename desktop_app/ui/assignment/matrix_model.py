"""The matrix as a Qt model: companies as rows, evaluators as columns."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.config.settings import Settings
from desktop_app.core.evaluations import Named, Panelist
from desktop_app.core.language import _
from desktop_app.ui.assignment.cell_words import cell_words
from desktop_app.ui.assignment.cells import Cell
from desktop_app.ui.assignment.grid import Grid
from desktop_app.ui.widgets.plain_text import plain_tooltip

Index = QModelIndex | QPersistentModelIndex


class MatrixModel(QAbstractTableModel):
    """Shows a ``Grid``, or some of its rows; reset only when rows or columns change."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.grid: Grid | None = None
        self.rows: tuple[Named, ...] = ()
        self.columns: tuple[Panelist, ...] = ()
        self._row_at: dict[str, int] = {}
        self._column_at: dict[str, int] = {}
        self._search, self._incomplete = "", False

    def show_grid(self, grid: Grid | None) -> bool:
        """Show ``grid``; returns whether rows or columns changed (selections are lost then)."""
        self.grid = grid
        return self._arrange()

    def narrow(self, search: str, *, incomplete: bool) -> bool:
        """Show only companies whose name or whose evaluators' names contain ``search``."""
        self._search, self._incomplete = search.casefold(), incomplete
        return self._arrange()

    @property
    def narrowed(self) -> bool:
        """Whether companies may be hidden."""
        return bool(self._search) or self._incomplete

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place."""
        assert self.grid is not None
        return self.grid.cell(self.rows[row], self.columns[column])

    def place_of(self, company_id: str, evaluator_id: str) -> QModelIndex:
        """Where a cell is; an invalid index where it is not shown."""
        row, column = self._row_at.get(company_id, -1), self._column_at.get(evaluator_id, -1)
        return self.index(row, column) if row >= 0 and column >= 0 else QModelIndex()

    def redraw(self) -> None:
        """Paint everything anew: its words depend on the language and the clock."""
        if self.rows and self.columns:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self.rows) - 1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Companies shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Evaluators."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell in words: the delegate paints from the grid itself."""
        if not index.isValid() or self.grid is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return cell_words(self.cell(index.row(), index.column()), self._settings, self.grid.now)
        if role == Qt.ItemDataRole.ToolTipRole:
            cell = self.cell(index.row(), index.column())
            return plain_tooltip(cell_words(cell, self._settings, self.grid.now))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names, with the whole of them and the totals as tooltips."""
        columns = orientation is Qt.Orientation.Horizontal
        entries: tuple[Named, ...] | tuple[Panelist, ...] = self.columns if columns else self.rows
        if self.grid is None or not 0 <= section < len(entries):
            return None
        entry = entries[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role not in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        total = self.grid.column_total(entry.id) if columns else self.grid.row_total(entry.id)
        words = _("{name}: {done} of {all} submitted").format(
            name=entry.name, done=total.done, all=total.all
        )
        if isinstance(entry, Panelist):
            words = "\n".join([words, entry.email, *([] if entry.is_active else [_("Inactive")])])
        return plain_tooltip(words) if role == Qt.ItemDataRole.ToolTipRole else words

    def _arrange(self) -> bool:
        rows = self._wanted_rows()
        columns = self.grid.matrix.panel if self.grid is not None else ()
        same = [c.id for c in rows] == [c.id for c in self.rows] and [p.id for p in columns] == [
            p.id for p in self.columns
        ]
        if same:
            self.rows, self.columns = rows, columns
            self.redraw()
            return False
        self.beginResetModel()
        self.rows, self.columns = rows, columns
        self._row_at = {company.id: n for n, company in enumerate(rows)}
        self._column_at = {panelist.id: n for n, panelist in enumerate(columns)}
        self.endResetModel()
        return True

    def _wanted_rows(self) -> tuple[Named, ...]:
        grid = self.grid
        if grid is None:
            return ()
        rows = grid.matrix.candidates
        if self._incomplete:
            rows = tuple(c for c in rows if not grid.complete(c.id))
        if not self._search:
            return rows
        people = {p.id for p in grid.matrix.panel if self._search in p.name.casefold()}
        with_them = {s.company_id for s in grid.matrix.sheets if s.evaluator_id in people}
        return tuple(c for c in rows if self._search in c.name.casefold() or c.id in with_them)
