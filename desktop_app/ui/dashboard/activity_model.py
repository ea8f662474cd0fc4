"""Recent activity as a small table model: when (relative), and what in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.core.analytics import Activity
from desktop_app.core.language import _
from desktop_app.ui.dashboard.activity_words import sentence

Index = QModelIndex | QPersistentModelIndex
WHEN, WHAT = 0, 1


class ActivityModel(QAbstractTableModel):
    """Entries, newest first. ``relative`` and ``exact`` put a time into words."""

    def __init__(
        self,
        *,
        relative: Callable[[datetime], str],
        exact: Callable[[datetime], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._relative = relative
        self._exact = exact
        self._entries: tuple[Activity, ...] = ()

    def show(self, entries: Sequence[Activity]) -> None:
        """Show ``entries``; new ones are put in on top, so that nothing flickers."""
        shown = tuple(entries)
        if shown == self._entries:
            return
        fresh = _leading(shown, self._entries)
        if fresh is None or (gone := len(self._entries) + fresh - len(shown)) < 0:
            self.beginResetModel()
            self._entries = shown
            self.endResetModel()
            return
        if gone:
            last = len(self._entries) - 1
            self.beginRemoveRows(QModelIndex(), last - gone + 1, last)
            self._entries = self._entries[: last - gone + 1]
            self.endRemoveRows()
        if fresh:
            self.beginInsertRows(QModelIndex(), 0, fresh - 1)
            self._entries = shown
            self.endInsertRows()

    def refresh_words(self) -> None:
        """Say everything anew: the language or the passing of time changed the words."""
        if self._entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._entries) - 1, WHAT))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row per entry."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """When, and what."""
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words; the exact time or the whole sentence as tooltip."""
        if not index.isValid():
            return None
        activity = self._entries[index.row()]
        at = activity.entry.at
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self._relative(at)
                if index.column() == WHEN
                else sentence(activity.entry, activity.count)
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                self._exact(at)
                if index.column() == WHEN
                else sentence(activity.entry, activity.count)
            )
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._exact(at)}: {sentence(activity.entry, activity.count)}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns, for screen readers."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (_("When"), _("What"))[section] if section in (WHEN, WHAT) else None


def _leading(new: Sequence[Activity], old: Sequence[Activity]) -> int | None:
    """How many entries of ``new`` come before what ``old`` begins with; None when unrelated."""
    if not old:
        return len(new)
    for count, entry in enumerate(new):
        if entry == old[0]:
            rest = new[count:]
            return count if tuple(rest) == tuple(old[: len(rest)]) else None
    return None
