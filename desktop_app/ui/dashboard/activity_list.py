"""Recent activity on screen: the model in a quiet two-column list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from desktop_app.core.analytics import Activity
from desktop_app.core.language import _
from desktop_app.ui.dashboard.activity_model import WHAT, WHEN, ActivityModel
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.times import local_time_exact, relative_time
from desktop_app.ui.widgets.plain_text import plain_label

_ROW_HEIGHT = 28
_NARROWEST, _WIDEST = 48, 144
_BESIDE_TEXT = 24


class ActivityList(QWidget):
    """Who did what and when; relative times, the exact ones as tooltips."""

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = False
        self.model = ActivityModel(
            relative=lambda at: relative_time(at, datetime.now(UTC)),
            exact=lambda at: local_time_exact(at, tools.settings),
            parent=self,
        )
        self._table = self._build_table()
        self._nothing = plain_label(role="muted")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._nothing)
        layout.addWidget(self._table, 1)
        layout.addStretch(0)
        follow_language(self, self._retranslate)

    def show_entries(self, entries: Sequence[Activity]) -> None:
        """Show ``entries``, newest first; what is already shown stays where it is."""
        self._known = True
        self.model.show(entries)
        self._retranslate()

    def refresh_times(self) -> None:
        """Say anew how long ago each entry was."""
        self.model.refresh_words()
        self._fit_times()

    def _build_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setShowGrid(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setMinimumHeight(6 * _ROW_HEIGHT)
        table.horizontalHeader().hide()
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        table.horizontalHeader().setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        return table

    def _retranslate(self) -> None:
        empty = self.model.rowCount() == 0
        self._nothing.setText(_("Nothing has happened yet.") if self._known else "")
        self._nothing.setVisible(empty)
        self._table.setVisible(not empty)
        self._table.setAccessibleName(_("Recent activity"))
        self.model.refresh_words()
        self._fit_times()

    def _fit_times(self) -> None:
        """The times get the room they need; what happened gets the rest."""
        metrics = self._table.fontMetrics()
        rows = range(self.model.rowCount())
        texts = [self.model.index(row, WHEN).data() for row in rows]
        wanted = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        width = min(max(wanted + _BESIDE_TEXT, _NARROWEST), _WIDEST)
        self._table.setColumnWidth(WHEN, width)
