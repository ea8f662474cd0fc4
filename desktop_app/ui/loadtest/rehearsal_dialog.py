"""A dry run: each step with what was sent and what came back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.load.rehearsal import Rehearsed
from desktop_app.services.loadtest import words
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.exchanges.exchange_view import ExchangeView
from desktop_app.ui.results.column_stretch import stretch_column
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tables.columns import Chip, Column
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import one_line
from desktop_app.ui.widgets.status_chip import StatusChip


def _state(one: Rehearsed) -> Chip:
    if one.failure is None:
        return Chip(_("In order"), "ok", "ok")
    return Chip(_(words.FAILURES[one.failure]), "error", "danger")


COLUMNS: tuple[Column[Rehearsed], ...] = (
    Column(key="flow", title=N_("Flow"), value=lambda one: one.flow or _("setup"), width=90),
    Column(key="step", title=N_("Scenario step"), value=lambda one: one.step, width=150),
    Column(key="state", title=N_("State"), value=_state, chip=_state, width=200),
    Column(
        key="text",
        title=N_("What was wrong, what was saved"),
        value=lambda one: one_line(one.obstacle.said.text() if one.obstacle else saved_text(one)),
        width=240,
    ),
)


def saved_text(one: Rehearsed) -> str:
    """What the answer gave values for."""
    return ", ".join(f"{name} = {value}" for name, value in one.saved)


class RehearsalDialog(DialogFrame):
    """Shows ``steps``; the first that failed is chosen."""

    def __init__(
        self, steps: Sequence[Rehearsed], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Dry run"), parent, narrowest=860)
        self.state = StatusChip(theme)
        failed = [one for one in steps if one.failure is not None]
        if failed:
            said = _("{failed} of {n} steps did not come out as expected.")
            text = said.format(failed=len(failed), n=len(steps))
            self.state.show_state(text, "error", "danger")
        else:
            text = _("All {n} steps came out as expected.").format(n=len(steps))
            self.state.show_state(text, "ok", "ok")
        self.trouble = Banner(theme)
        self.exchanges = ExchangeView(theme)
        self.exchanges.setMinimumHeight(260)
        self.table: FigureTable[Rehearsed] = FigureTable(
            COLUMNS, lambda one: f"{one.flow}/{one.step}", theme, chosen=self._show
        )
        stretch_column(self.table, "text")
        self.table.setMinimumHeight(150)
        self.table.view.setAccessibleName(_("Steps"))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.exchanges)
        self.content.addWidget(self.state)
        self.content.addWidget(self.trouble)
        self.content.addWidget(split, 1)
        self.close_button = self.add_button(_("Close"), role="primary")
        self.close_button.clicked.connect(self.reject)
        self.table.show_items(steps)
        if failed:
            self.table.choose(f"{failed[0].flow}/{failed[0].step}")
        self.close_button.setFocus()

    def _show(self, one: Rehearsed) -> None:
        if one.obstacle is not None:
            self.trouble.tell(one.obstacle.text(), tone="danger", closable=False)
        else:
            self.trouble.hide()
        self.exchanges.show_exchanges((one.exchange,))
