"""The criteria being edited as a Qt model: it follows the draft, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desktop_app.core.criteria_draft import CriteriaDraft, CriterionRow, number_text, value_of
from desktop_app.core.language import N_, _
from desktop_app.ui.widgets.plain_text import one_line, plain_tooltip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
Cell = tuple[str, str]
"""A criterion's id and the key of a field."""


@dataclass(frozen=True, slots=True)
class CriteriaColumn:
    """One column: ``key`` of the row ("" for the handle), a message id, and how it is shown.

    ``width`` in pixels at 100 %; columns with a ``share`` divide what is left by it.
    """

    key: str
    title: str
    width: int = 0
    share: int = 0
    number: bool = False
    in_place: bool = True


COLUMNS = (
    CriteriaColumn("", "", 48, in_place=False),
    CriteriaColumn("name", N_("Criterion"), share=5),
    CriteriaColumn("weight", N_("Weight (%)"), 88, number=True),
    CriteriaColumn("max_score", N_("Highest score"), 100, number=True),
    CriteriaColumn("step", N_("Step"), 80, number=True),
    CriteriaColumn("description", N_("Description"), share=3, in_place=False),
    CriteriaColumn("guide", N_("Guide"), share=4, in_place=False),
)
HANDLE, NAME = 0, 1
COLUMN_OF = {column.key: at for at, column in enumerate(COLUMNS)}
KEYS = tuple(column.key for column in COLUMNS if column.key)
"""The cells of a row in the order of the Tab key."""


class CriteriaModel(QAbstractTableModel):
    """Shows the rows of ``draft`` after each ``sync``; ``read_only`` ones cannot be typed into.

    ``edited`` carries place and key of a cell that was typed into.
    """

    edited = Signal(int, str)

    def __init__(self, draft: CriteriaDraft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self.read_only = False
        self._rows: tuple[CriterionRow, ...] = draft.rows
        self._problems: dict[Cell, str] = {}
        self._syncing = False

    @property
    def rows(self) -> tuple[CriterionRow, ...]:
        """The rows shown."""
        return self._rows

    def sync(self) -> int | None:
        """Show what the draft holds now, keeping what stays; returns the place of a new row."""
        self._syncing = True
        try:
            return self._sync()
        finally:
            self._syncing = False

    def _sync(self) -> int | None:
        old, new = [row.id for row in self._rows], [row.id for row in self.draft.rows]
        start = 0
        while start < min(len(old), len(new)) and old[start] == new[start]:
            start += 1
        end = 0
        while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
            end += 1
        gone, come = old[start : len(old) - end], new[start : len(new) - end]
        if len(gone) > 1 and come == [*gone[1:], gone[0]]:
            self._move(start, start + len(gone) - 1)
        elif len(gone) > 1 and come == [gone[-1], *gone[:-1]]:
            self._move(start + len(gone) - 1, start)
        else:
            if gone:
                self.beginRemoveRows(QModelIndex(), start, start + len(gone) - 1)
                self._rows = (*self._rows[:start], *self._rows[start + len(gone) :])
                self.endRemoveRows()
            if come:
                self.beginInsertRows(QModelIndex(), start, start + len(come) - 1)
                self._rows = self.draft.rows
                self.endInsertRows()
        before, self._rows = self._rows, self.draft.rows
        changed = [at for at, row in enumerate(self._rows) if before[at] is not row]
        for at in changed:
            self._tell_row(at)
        if come or gone:
            self._tell_column(HANDLE)  # the numbers
        return start if come and not gone else None

    def show_problems(self, problems: Mapping[Cell, str]) -> None:
        """Mark these cells, and no others, each with what is wrong."""
        touched = {cell[0] for cell in set(problems) ^ set(self._problems)}
        touched |= {cell[0] for cell, text in problems.items() if self._problems.get(cell) != text}
        self._problems = dict(problems)
        for at, row in enumerate(self._rows):
            if row.id in touched:
                self._tell_row(at)

    def problem_at(self, index: Index) -> str:
        """What is wrong with a cell, if it is marked."""
        key = COLUMNS[index.column()].key
        return self._problems.get((self._rows[index.row()].id, key), "")

    def reword(self) -> None:
        """Read the headings anew, after a switch of the language."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def text(self, at: int, key: str) -> str:
        """What stands in a cell, as it is typed."""
        value = getattr(self._rows[at], key)
        return value if isinstance(value, str) else number_text(value)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One per criterion."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """The handle, and one per field."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Short values are typed in place; long texts have their own editors below."""
        flags = super().flags(index)
        if index.isValid() and COLUMNS[index.column()].in_place and not self.read_only:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A cell's text; what is wrong with it as its tooltip."""
        if not index.isValid():
            return None
        column = COLUMNS[index.column()]
        if role == Role.DisplayRole:
            text = self.text(index.row(), column.key) if column.key else str(index.row() + 1)
            return one_line(text)
        if role == Role.EditRole and column.key:
            return self.text(index.row(), column.key)
        if role == Role.ToolTipRole:
            whole = self.text(index.row(), column.key) if column.key else _("Drag to reorder")
            return plain_tooltip(self.problem_at(index) or whole)
        if role == Role.AccessibleTextRole:
            said = f"{_(column.title)}: {self.data(index)}" if column.key else self.data(index)
            problem = self.problem_at(index)
            return f"{said}. {problem}" if problem else said
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Take over what was typed; a number that is none stays as it is, to be told of."""
        if role != Role.EditRole or not index.isValid() or self.read_only:
            return False
        if self._syncing:  # an editor that closes then: the draft has its text, at another place
            return False
        key = COLUMNS[index.column()].key
        text = one_line(str(value)) if COLUMNS[index.column()].in_place else str(value)
        if not self.draft.put(index.row(), key, value_of(key, text)):
            return False
        self._rows = self.draft.rows
        self.dataChanged.emit(index, index)
        self.edited.emit(index.row(), key)
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The columns' names, aligned like their cells."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Role.DisplayRole:
            return _(COLUMNS[section].title)
        if role == Role.TextAlignmentRole:
            number = COLUMNS[section].number
            side = Qt.AlignmentFlag.AlignTrailing if number else Qt.AlignmentFlag.AlignLeading
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _move(self, at: int, to: int) -> None:
        self.beginMoveRows(QModelIndex(), at, at, QModelIndex(), to + 1 if to > at else to)
        rows = list(self._rows)
        rows.insert(to, rows.pop(at))
        self._rows = tuple(rows)
        self.endMoveRows()

    def _tell_row(self, at: int) -> None:
        # Cell by cell: of a range Qt would not put the new value into an open editor.
        for column in range(len(COLUMNS)):
            index = self.index(at, column)
            self.dataChanged.emit(index, index)

    def _tell_column(self, column: int) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, column), self.index(len(self._rows) - 1, column))
