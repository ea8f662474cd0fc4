"""Two runs beside each other: what is new, fixed, still there, and what was not observed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.validation.comparison import Compared, Comparison
from desktop_app.core.validation.suites import Check, Suite
from desktop_app.services.validation.runs import RunHead
from desktop_app.ui.results.column_stretch import stretch_column
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.validation import run_columns
from desktop_app.ui.validation.chips import (
    CHANGES,
    SEVERITY_LOOKS,
    change_chip,
    severity_chip,
    state_chip,
)
from desktop_app.ui.validation.opened import Opened
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.plain_text import plain_label

_ORDER = {change: place for place, change in enumerate(CHANGES)}
_SEVERITIES = {severity: place for place, severity in enumerate(SEVERITY_LOOKS)}


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One finding, what became of it, and its check where a suite has it."""

    change: str
    pair: Compared
    check: Check | None

    def title(self) -> str:
        """What was tried."""
        return self.check.title.text() if self.check is not None else self.pair.check


COLUMNS: tuple[Column[ComparedRow], ...] = (
    Column(
        key="change",
        title=N_("Change"),
        value=lambda row: _ORDER[row.change],
        chip=lambda row: change_chip(row.change),
        width=132,
    ),
    Column(
        key="severity",
        title=N_("Severity"),
        value=lambda row: _SEVERITIES[row.pair.severity],
        chip=lambda row: severity_chip(row.pair.severity),
        width=90,
    ),
    Column(key="check", title=N_("Check"), value=ComparedRow.title, width=190),
    Column(key="where", title=N_("Where"), value=lambda row: row.pair.subject, width=150),
    Column(
        key="before",
        title=N_("Earlier run"),
        value=lambda row: row.pair.before_state,
        chip=lambda row: state_chip(row.pair.before_state),
        width=110,
    ),
    Column(
        key="now",
        title=N_("Later run"),
        value=lambda row: row.pair.now_state,
        chip=lambda row: state_chip(row.pair.now_state),
        width=110,
    ),
)


class ComparePage(QWidget):
    """``chosen`` carries the ids of the earlier and the later run; ``opened`` a finding's key."""

    chosen = Signal(str, str)
    opened = Signal(str)

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._heads: tuple[RunHead, ...] = ()
        self._opened: Opened | None = None
        self._checks: Mapping[str, Check] = {}
        self.before, self.now = QComboBox(), QComboBox()
        self._before_label, self._now_label = plain_label(), plain_label()
        for label, box in ((self._before_label, self.before), (self._now_label, self.now)):
            label.setBuddy(box)
            box.setMinimumContentsLength(18)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.activated.connect(lambda _at: self._on_activated())
        self.changes = {change: QPushButton() for change in CHANGES}
        for button in self.changes.values():
            button.setCheckable(True)
            button.setProperty("role", "chip")
            button.clicked.connect(self._list)
        self.open_button = QPushButton()
        self.open_button.clicked.connect(self._open)
        self.notice = Banner(tools.theme)
        self.table: FigureTable[ComparedRow] = FigureTable(
            COLUMNS, lambda row: f"{row.change}/{row.pair.key}", tools.theme
        )
        self.table.view.opened.connect(lambda _row: self._open())
        stretch_column(self.table, "check")
        self.empty = EmptyState(tools.theme)
        self._build()
        FirstFocus(self, self.table)
        follow_language(self, self._word)

    def show_runs(self, heads: Sequence[RunHead]) -> None:
        """The runs to choose from, newest first."""
        self._heads = tuple(heads)
        self._word()

    def show_run(self, opened: Opened | None, suites: Iterable[Suite]) -> None:
        """Show how a run differs from the one that it was opened beside."""
        self._opened = opened
        self._checks = {check.id: check for suite in suites for check in suite.checks}
        self._word()

    @property
    def comparison(self) -> Comparison | None:
        """What is shown."""
        return self._opened.comparison if self._opened is not None else None

    def _build(self) -> None:
        runs, filters = QHBoxLayout(), QHBoxLayout()
        runs.setSpacing(8)
        runs.addWidget(self._before_label)
        runs.addWidget(self.before, 1)
        runs.addSpacing(8)
        runs.addWidget(self._now_label)
        runs.addWidget(self.now, 1)
        filters.setSpacing(4)
        for button in self.changes.values():
            filters.addWidget(button)
        filters.addStretch(1)
        filters.addWidget(self.open_button)
        self._content = QWidget()
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.notice)
        inner.addLayout(filters)
        inner.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(runs)
        column.addWidget(self._content, 1)
        column.addWidget(self.empty, 1)

    def _rows(self) -> list[ComparedRow]:
        comparison = self.comparison
        if comparison is None:
            return []
        return [
            ComparedRow(change, pair, self._checks.get(pair.check))
            for change in CHANGES
            for pair in getattr(comparison, change)
        ]

    def _list(self) -> None:
        wanted = {change for change, button in self.changes.items() if button.isChecked()}
        rows = [row for row in self._rows() if not wanted or row.change in wanted]
        self.table.show_items(rows)
        self.open_button.setEnabled(bool(rows))

    def _open(self) -> None:
        if (row := self.table.current) is not None:
            self.opened.emit(row.pair.key)

    def _on_activated(self) -> None:
        before, now = self.before.currentData(), self.now.currentData()
        if before and now:
            self.chosen.emit(before, now)

    def _fill(self, box: QComboBox, chosen: str) -> None:
        blocker = QSignalBlocker(box)
        box.clear()
        for head in self._heads:
            box.addItem(run_columns.title(head, self._tools.settings), head.run_id)
        box.setCurrentIndex(box.findData(chosen))
        del blocker

    def _word(self) -> None:
        opened = self._opened
        self._before_label.setText(_("Earlier run"))
        self._now_label.setText(_("Later run"))
        for label, box in ((self._before_label, self.before), (self._now_label, self.now)):
            box.setAccessibleName(label.text())
        before = opened.before.run_id if opened is not None and opened.before is not None else ""
        self._fill(self.before, before)
        self._fill(self.now, opened.report.run_id if opened is not None else "")
        self.open_button.setText(_("Show the finding"))
        self.open_button.setIcon(icon("external"))
        self.table.view.setAccessibleName(_("Differences"))
        comparison = self.comparison
        self._content.setVisible(comparison is not None)
        self.empty.setVisible(comparison is None)
        self.empty.tell(
            _("There is nothing to compare yet"),
            _("Two runs of this target are needed: the last one is compared with the one before."),
            icon_name="compare",
        )
        if comparison is None:
            return
        for change, button in self.changes.items():
            chip = change_chip(change)
            button.setText(f"{chip.text} {len(getattr(comparison, change)):,}")
            button.setIcon(icon(chip.icon, chip.token))
        if not comparison.same_target:
            text = _("These runs are of different targets.")
            self.notice.tell(text, tone="warning", closable=False)
        elif not self._rows():
            text = _("Neither run found anything wrong.")
            self.notice.tell(text, tone="ok", closable=False)
        else:
            self.notice.hide()
        self._list()
