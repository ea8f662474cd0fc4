"""Which columns a table shows, in which order and how wide: chosen by the person, remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu

from desktop_app.config.settings import UiState
from desktop_app.core.language import _
from desktop_app.ui.tables.columns import Column

_SAVE_AFTER_MS = 400
_NARROWEST = 48


class ColumnLayout(QObject):
    """Applies the remembered layout to ``header`` and keeps what the person changes in it."""

    def __init__(
        self,
        header: QHeaderView,
        columns: Sequence[Column[Any]],
        state: UiState,
        key: str,
    ) -> None:
        super().__init__(header)
        self._header = header
        self._columns = tuple(columns)
        self._state = state
        self._key = f"table.{key}.columns"
        self._applying = False
        self._widths: dict[str, int] = {}
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(_NARROWEST)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        self._apply(state.get(self._key))
        header.sectionResized.connect(self._on_header_changed)
        header.sectionMoved.connect(self._on_header_changed)

    @property
    def visible(self) -> tuple[int, ...]:
        """The columns shown, left to right, as places in the table of columns."""
        order = (self._header.logicalIndex(at) for at in range(self._header.count()))
        return tuple(at for at in order if not self._header.isSectionHidden(at))

    def fill_menu(self, menu: QMenu) -> None:
        """Offer every column to be shown or hidden, and the way back to the beginning."""
        for at, column in enumerate(self._columns):
            action = QAction(_(column.title).replace("&", "&&"), menu)
            action.setCheckable(True)
            shown = not self._header.isSectionHidden(at)
            action.setChecked(shown)
            action.setEnabled(not shown or len(self.visible) > 1)
            action.toggled.connect(self._shower(at))
            menu.addAction(action)
        menu.addSeparator()
        restore = menu.addAction(_("Restore the usual columns"))
        restore.triggered.connect(self.restore)

    def show_column(self, at: int, shown: bool) -> None:
        """Show or hide one column; the last one stays."""
        if shown or len(self.visible) > 1:
            self._note_width(at)
            self._header.setSectionHidden(at, not shown)
            self.save()

    def restore(self) -> None:
        """The columns as they are declared."""
        self._apply(None)
        self._state.set(self._key, None)

    def save(self) -> None:
        """Remember the layout now."""
        self._timer.stop()
        count = self._header.count()
        keys = [column.key for column in self._columns]
        hidden = [keys[at] for at in range(count) if self._header.isSectionHidden(at)]
        for at in range(count):
            self._note_width(at)
        widths = dict(self._widths)
        order = [keys[self._header.logicalIndex(at)] for at in range(count)]
        self._state.set(self._key, {"order": order, "widths": widths, "hidden": hidden})

    def _note_width(self, at: int) -> None:
        # A hidden section has the size 0, and the last one is stretched to the edge: what counts
        # is what they had before.
        if not self._header.isSectionHidden(at) and at != self.visible[-1]:
            self._widths[self._columns[at].key] = self._header.sectionSize(at)

    def _shower(self, at: int) -> Callable[[bool], None]:
        return lambda shown: self.show_column(at, shown)

    def _on_header_changed(self) -> None:
        if not self._applying:
            self._timer.start()

    def _apply(self, kept: Any) -> None:
        kept = kept if isinstance(kept, dict) else {}
        order, widths, hidden = (kept.get(part) for part in ("order", "widths", "hidden"))
        keys = [column.key for column in self._columns]
        known = [key for key in order if key in keys] if isinstance(order, list) else []
        wanted = known + [key for key in keys if key not in known]
        self._applying = True
        for to, key in enumerate(wanted):
            self._header.moveSection(self._header.visualIndex(keys.index(key)), to)
        for at, column in enumerate(self._columns):
            width = widths.get(column.key) if isinstance(widths, dict) else None
            kept_width = width if isinstance(width, int) and width >= _NARROWEST else None
            self._widths[column.key] = kept_width or column.width
            self._header.resizeSection(at, self._widths[column.key])
            gone = column.key in hidden if isinstance(hidden, list) else not column.visible
            self._header.setSectionHidden(at, gone)
        if not self.visible:
            self._header.setSectionHidden(0, False)
        self._applying = False
