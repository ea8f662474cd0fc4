"""The runs of this target: opened, compared, pinned, deleted, and their trend."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _, ngettext
from desktop_app.services.loadtest.runs import LoadHead
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.loadtest.run_columns import run_columns, title
from desktop_app.ui.loadtest.trend_chart import TrendChart
from desktop_app.ui.results.column_stretch import stretch_column
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.plain_text import one_line, plain_label


class HistoryPage(QWidget):
    """``open_asked`` carries a run's id, ``compare_asked`` those of an earlier and a later one;

    ``pin_asked`` an id and whether it is to be pinned, ``remove_asked`` ids.
    """

    open_asked = Signal(str)
    compare_asked = Signal(str, str)
    pin_asked = Signal(str, bool)
    remove_asked = Signal(tuple)
    plan_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._heads: tuple[LoadHead, ...] = ()
        self.count = plain_label(role="muted")
        self.open_button, self.compare_button = QPushButton(), QPushButton()
        self.pin_button, self.remove_button = QPushButton(), QPushButton()
        self.table: FigureTable[LoadHead] = FigureTable(
            run_columns(tools.settings), lambda head: head.run_id, tools.theme
        )
        self.table.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        stretch_column(self.table, "note")
        self.trend = TrendChart(tools.theme)
        self.empty = EmptyState(tools.theme)
        self._build()
        self.table.view.opened.connect(lambda _row: self._open())
        self.table.view.selectionModel().selectionChanged.connect(lambda *_: self._on_selected())
        self.open_button.clicked.connect(self._open)
        self.compare_button.clicked.connect(self._compare)
        self.pin_button.clicked.connect(self._pin)
        self.remove_button.clicked.connect(self._remove)
        FirstFocus(self, self.table)
        follow_language(self, self._word)

    @property
    def chosen(self) -> list[LoadHead]:
        """The runs selected, the earliest first."""
        rows = [self.table.model.items[row] for row in self.table.view.selected_rows()]
        return sorted(rows, key=lambda head: head.started_at)

    def show_runs(self, heads: Sequence[LoadHead]) -> None:
        """The runs, newest first."""
        came = self._heads and heads and heads[0].run_id not in {one.run_id for one in self._heads}
        self._heads = tuple(heads)
        self.table.show_items(heads)
        if came:
            self.table.choose(heads[0].run_id)  # what was just run is what is looked for
        self._word()
        self._on_selected()

    def _open(self) -> None:
        if (head := self.table.current) is not None:
            self.open_asked.emit(head.run_id)

    def _compare(self) -> None:
        if len(chosen := self.chosen) == 2:
            self.compare_asked.emit(chosen[0].run_id, chosen[1].run_id)

    def _pin(self) -> None:
        if len(chosen := self.chosen) == 1:
            self.pin_asked.emit(chosen[0].run_id, not chosen[0].pinned)

    def _remove(self) -> None:
        chosen = self.chosen
        if not chosen:
            return
        ids = tuple(head.run_id for head in chosen)
        text = ngettext("Delete {n} run", "Delete {n} runs", len(ids)).format(n=len(ids))
        confirm(
            self.window(),
            title=text,
            text=_("What was measured cannot be brought back."),
            lines=[one_line(title(head, self._tools.settings)) for head in chosen],
            action=text,
            danger=True,
            on_yes=lambda: self.remove_asked.emit(ids),
        )

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.count, 1)
        for button in (
            self.open_button,
            self.compare_button,
            self.pin_button,
            self.remove_button,
        ):
            bar.addWidget(button)
        self._content = QWidget()
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(bar)
        inner.addWidget(self.table, 1)
        inner.addWidget(self.trend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._content, 1)
        column.addWidget(self.empty, 1)

    def _on_selected(self) -> None:
        chosen = self.chosen
        one = chosen[0] if len(chosen) == 1 else None
        self.open_button.setEnabled(one is not None)
        self.compare_button.setEnabled(len(chosen) == 2)
        self.pin_button.setEnabled(one is not None)
        self.pin_button.setText(_("Unpin") if one is not None and one.pinned else _("Pin"))
        self.remove_button.setEnabled(bool(chosen))
        self.trend.show_runs(self._heads, chosen[-1] if chosen else None)

    def _word(self) -> None:
        count = len(self._heads)
        self.count.setText(ngettext("{n} run", "{n} runs", count).format(n=f"{count:,}"))
        self.table.view.setAccessibleName(_("Runs of this target"))
        self.open_button.setText(_("Open the run"))
        self.compare_button.setText(_("Compare two"))
        self.compare_button.setToolTip(_("Select two runs with Ctrl or Shift"))
        self.pin_button.setIcon(icon("pin"))
        self.pin_button.setToolTip(_("A pinned run is kept whatever comes after it"))
        self.pin_button.setText(_("Pin"))
        self.remove_button.setText(_("Delete"))
        self.remove_button.setIcon(icon("trash"))
        self.empty.tell(
            _("Nothing was run here yet"),
            _("Each run is kept and listed here, to be opened and compared."),
            icon_name="history",
            action=(_("Plan a run"), self.plan_asked.emit),
        )
        self._content.setVisible(count > 0)
        self.empty.setVisible(count == 0)
