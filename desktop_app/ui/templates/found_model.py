"""The templates found in a file: which are wanted, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush

from desktop_app.core.language import N_, _, ngettext
from desktop_app.services.template_files import FoundTemplate
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NAME, CATEGORY, COUNT, STATE = range(4)
_TITLES = (N_("Template name"), N_("Category"), N_("Criteria"), N_("State"))


class State(StrEnum):
    """What became of a template of the file."""

    READY = "ready"
    WRONG = "wrong"
    CREATED = "created"
    FAILED = "failed"


_WORDS = {
    State.READY: (N_("Ready"), "ok", "ok"),
    State.WRONG: ("", "error", "danger"),
    State.CREATED: (N_("Created"), "check", "muted"),
    State.FAILED: (N_("Not created"), "error", "danger"),
}


@dataclass(slots=True)
class Entry:
    """One template, whether it is wanted, and what the server said to it."""

    found: FoundTemplate
    state: State
    wanted: bool
    said: str = ""

    def lines(self) -> list[str]:
        """What there is to know of it, a line each."""
        noted = [self.found.note] if self.found.note else []
        said = [self.said] if self.said else []
        return [*said, *noted, *(problem.text() for problem in self.found.problems)]


class FoundModel(QAbstractTableModel):
    """Entries with check boxes; ``changed`` after each tick. Wrong ones cannot be ticked."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.entries: list[Entry] = []

    def show(self, templates: Sequence[FoundTemplate]) -> None:
        """Show ``templates``; those without problems are wanted."""
        self.beginResetModel()
        self.entries = [
            Entry(found, State.WRONG if found.problems else State.READY, not found.problems)
            for found in templates
        ]
        self.endResetModel()
        self.changed.emit()

    def wanted(self) -> list[Entry]:
        """Those to be created."""
        return [entry for entry in self.entries if entry.wanted]

    def redraw(self) -> None:
        """Entries have become others."""
        if self.entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.entries) - 1, STATE))
        self.changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One per template."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Name, category, criteria, state."""
        return 0 if parent.isValid() else len(_TITLES)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The names can be ticked where there is no problem."""
        flags = super().flags(index)
        if index.column() == NAME and self._tickable(self.entries[index.row()]):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text, tick, icon and colour of a cell."""
        if not index.isValid():
            return None
        entry, column = self.entries[index.row()], index.column()
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return self._text(entry, column)
        if role == Role.CheckStateRole and column == NAME and self._tickable(entry):
            return Qt.CheckState.Checked if entry.wanted else Qt.CheckState.Unchecked
        if column == STATE and role == Role.DecorationRole:
            return icon(*_WORDS[entry.state][1:])
        if column == STATE and role == Role.ForegroundRole:
            return QBrush(self._theme.color(_WORDS[entry.state][2]))
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Tick or untick."""
        entry = self.entries[index.row()]
        if role != Role.CheckStateRole or not self._tickable(entry):
            return False
        entry.wanted = Qt.CheckState(value) == Qt.CheckState.Checked
        self.dataChanged.emit(index, index)
        self.changed.emit()
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The columns' names."""
        if role != Role.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return _(_TITLES[section])

    @staticmethod
    def _tickable(entry: Entry) -> bool:
        return entry.state in (State.READY, State.FAILED)

    @staticmethod
    def _text(entry: Entry, column: int) -> str:
        values = entry.found.values
        if column == NAME:
            return one_line(entry.found.name)
        if column == CATEGORY:
            return one_line(str(values.get("category") or ""))
        if column == COUNT:
            return str(len(values["criteria"]))
        if entry.state is State.WRONG:
            count = len(entry.found.problems)
            return ngettext("{n} problem", "{n} problems", count).format(n=count)
        return _(_WORDS[entry.state][0])
