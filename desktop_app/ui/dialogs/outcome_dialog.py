"""What became of work on several entries, item by item, when not all of it succeeded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.tables.tsv import tsv
from desktop_app.ui.widgets.plain_text import one_line, plain_label, plain_tooltip

_WRAPPED = 200
"""Rows up to here are as high as their words ask for; measuring thousands would hold the window."""


class OutcomeDialog(DialogFrame):
    """Lists (name, reason) of what failed; ``instead`` offers another way for all of it."""

    def __init__(
        self,
        title: str,
        text: str,
        failures: Sequence[tuple[str, str]],
        *,
        instead: tuple[str, Callable[[], object]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.resize(640, min(480, 220 + 32 * len(failures)))
        summary = plain_label(text)
        summary.setWordWrap(True)
        self.content.addWidget(summary)
        self._failures = tuple(failures)
        self.table = self._build_table()
        self.content.addWidget(self.table, 1)
        copy = self.add_button(_("Copy the list"), first=True)
        copy.clicked.connect(self._on_copy_clicked)
        close = self.add_button(_("Close"), role="" if instead else "primary")
        close.clicked.connect(self.reject)
        if instead is not None:
            self.instead_button = self.add_button(instead[0], role="primary")
            self.instead_button.clicked.connect(self.accept)
            self.accepted.connect(instead[1])
        close.setFocus()

    def text_at(self, row: int, column: int) -> str:
        """What the list says there."""
        return self._failures[row][column]

    def _build_table(self) -> QTableWidget:
        table = QTableWidget(len(self._failures), 2)
        table.setHorizontalHeaderLabels([_("Entry"), _("What happened")])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        start = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        table.horizontalHeader().setDefaultAlignment(start)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(0, 200)
        if len(self._failures) <= _WRAPPED:
            table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for row, texts in enumerate(self._failures):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(one_line(text))
                item.setToolTip(plain_tooltip(text))
                table.setItem(row, column, item)
        return table

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(tsv(self._failures))
