"""Test data that a run could not remove: what it is, by id, and why it is still there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.validation.reasons import reason_text
from desktop_app.core.validation.report import LeftBehind
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label

_KINDS = {
    "users": N_("Users"),
    "companies": N_("Companies"),
    "projects": N_("Projects"),
    "templates": N_("Templates"),
    "evaluations": N_("Evaluations"),
    "files": N_("Files"),
}
_COLUMNS: tuple[Column[LeftBehind], ...] = (
    Column(
        key="kind", title=N_("Kind"), value=lambda one: _(_KINDS.get(one.kind, one.kind)), width=90
    ),
    Column(key="name", title=N_("Name"), value=lambda one: one.name, width=200),
    Column(key="id", title=N_("Id"), value=lambda one: one.id, width=190),
    Column(key="reason", title=N_("Why"), value=lambda one: reason_text(one.reason), width=160),
)


class LeftDialog(DialogFrame):
    """Lists ``left``; each line can be copied."""

    def __init__(
        self, left: Sequence[LeftBehind], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Test data left behind"), parent, narrowest=760)
        text = plain_label(
            _("The run made these, and could not remove them. Their names are marked.")
        )
        text.setWordWrap(True)
        self.content.addWidget(text)
        self.table: FigureTable[LeftBehind] = FigureTable(
            _COLUMNS, lambda one: f"{one.kind}/{one.id}", theme
        )
        self.table.view.setAccessibleName(self.windowTitle())
        self.table.setMinimumHeight(240)
        self.table.show_items(left)
        self.content.addWidget(self.table, 1)
        self.close_button = self.add_button(_("Close"), role="primary")
        self.close_button.clicked.connect(self.reject)
        self.close_button.setFocus()
