"""What a run says: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _
from desktop_app.core.load.result import Example, Gate, StepResult, Verdict
from desktop_app.services.loadtest import words
from desktop_app.services.loadtest.comparison import Difference
from desktop_app.services.loadtest.reports import comparison_table
from desktop_app.services.loadtest.runs import LoadHead
from desktop_app.ui.loadtest import result_columns as columns
from desktop_app.ui.loadtest.chart_board import ChartBoard
from desktop_app.ui.loadtest.chips import verdict_chip
from desktop_app.ui.loadtest.limits import limits_of
from desktop_app.ui.loadtest.opened import OpenedRun
from desktop_app.ui.loadtest.result_columns import Row, Times
from desktop_app.ui.loadtest.result_parts import (
    below,
    column_at,
    example_id,
    figure_table,
    gate_id,
    name_id,
    scrolled,
    step_id,
)
from desktop_app.ui.loadtest.run_columns import title
from desktop_app.ui.loadtest.step_chart import StepChart
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.times import local_time_exact
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.plain_text import one_line, plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

SUMMARY, CHARTS, STEPS, FAILURES, COMPARISON = range(5)
_TABS = (N_("Summary"), N_("Charts"), N_("Steps"), N_("Failures"), N_("Comparison"))
_SMALL = 98
_TABLE = 220
"""Of the table of steps at least."""


class ResultPage(QWidget):
    """Shows one run.

    ``compare_asked`` carries the id of an earlier run; ``noted`` a note and tags; ``plan_asked``
    where there is no run.
    """

    compare_asked = Signal(str)
    noted = Signal(str, tuple)
    plan_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._opened: OpenedRun | None = None
        self._heads: tuple[LoadHead, ...] = ()
        self.verdict = StatusChip(tools.theme)
        self.verdict.show_word(False)  # the sentence says it
        self.sentence = plain_label(role="strong")
        self.sentence.setWordWrap(True)
        self.about = plain_label(role="muted")
        self.about.setWordWrap(True)
        self.reasons = Banner(tools.theme)
        self.note, self.tags = QLineEdit(), QLineEdit()
        self.note.setMaxLength(500)
        self.tags.setMaxLength(200)
        self.note_button = QPushButton()
        gates = columns.gate_columns(lambda: self._counts)
        self.gates: FigureTable[Gate] = figure_table(gates, gate_id, tools, "threshold")
        self.times: FigureTable[Times] = figure_table(columns.TIMES, name_id, tools, "name")
        self.accounts: FigureTable[Row] = figure_table(columns.ROWS, name_id, tools, "name")
        self.steps: FigureTable[StepResult] = figure_table(columns.STEPS, step_id, tools, "name")
        self.failures: FigureTable[Row] = figure_table(columns.ROWS, name_id, tools, "name")
        self.examples: FigureTable[Example] = figure_table(
            columns.EXAMPLES, example_id, tools, "text"
        )
        self.differences: FigureTable[Difference] = figure_table(
            columns.DIFFERENCES, lambda one: one.figure, tools, "change"
        )
        self.board = ChartBoard(tools.theme, live=False)
        self.step_chart = StepChart(tools.theme)
        self._failed_parts = QWidget()
        self.accounts_note, self.nothing_failed = plain_label(role="danger"), plain_label()
        self.before = QComboBox()
        self.before.setMinimumContentsLength(24)
        self._before_label = plain_label()
        self.comparison_note = plain_label(role="muted")
        self.comparison_note.setWordWrap(True)
        self._headings = [plain_label(role="section") for _heading in range(5)]
        self.tabs = QTabWidget()
        self.empty = EmptyState(tools.theme)
        self._build()
        self.before.activated.connect(lambda _at: self._on_before())
        self.note_button.clicked.connect(self._save_note)
        self.note.returnPressed.connect(self._save_note)
        self.tags.returnPressed.connect(self._save_note)
        self.note.textChanged.connect(lambda _text: self._show_note_button())
        self.tags.textChanged.connect(lambda _text: self._show_note_button())
        FirstFocus(self, self.tabs)
        follow_language(self, self._word)

    @property
    def opened(self) -> OpenedRun | None:
        """The run shown."""
        return self._opened

    def show_run(self, opened: OpenedRun) -> None:
        """Show a run that was read."""
        same = self._opened is not None and self._opened.result.run_id == opened.result.run_id
        self._opened = opened
        head = opened.head
        if not same:
            self.note.setText(head.note if head is not None else "")
            self.tags.setText(", ".join(head.tags) if head is not None else "")
        result = opened.result
        self.board.begin(opened.timeline)
        self.board.show_limits(limits_of(gate.threshold for gate in result.gates))
        self.board.show_marks([(mark.at_s, mark.text) for mark in result.marks])
        self.board.show_behind(opened.before_timeline)
        self._word()

    @property
    def _counts(self) -> bool:
        """Whether the run shown says something of the server."""
        return self._opened is None or self._opened.result.verdict is not Verdict.INVALID

    def show_runs(self, heads: Sequence[LoadHead]) -> None:
        """The runs to compare with."""
        self._heads = tuple(heads)
        self._fill_before()

    def show_noted(self, head: LoadHead) -> None:
        """A note was kept."""
        opened = self._opened
        if opened is not None and opened.result.run_id == head.run_id:
            self._opened = OpenedRun(
                result=opened.result,
                timeline=opened.timeline,
                head=head,
                before=opened.before,
                before_timeline=opened.before_timeline,
                comparison=opened.comparison,
            )
        self._show_note_button()

    def _save_note(self) -> None:
        if self.note_button.isEnabled():
            self.noted.emit(self.note.text().strip(), self._tags())

    def _tags(self) -> tuple[str, ...]:
        return tuple(tag for part in self.tags.text().split(",") if (tag := part.strip()))

    def _on_before(self) -> None:
        if run_id := self.before.currentData():
            self.compare_asked.emit(run_id)

    def _show_note_button(self) -> None:
        head = self._opened.head if self._opened is not None else None
        told = (head.note, head.tags) if head is not None else None
        now = (self.note.text().strip(), self._tags())
        self.note_button.setEnabled(told is not None and now != told)
        for line in (self.note, self.tags):
            line.setEnabled(head is not None)

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.verdict)
        first.addWidget(self.sentence, 1)
        notes = QHBoxLayout()
        notes.setSpacing(8)
        notes.addWidget(self.note, 2)
        notes.addWidget(self.tags, 1)
        notes.addWidget(self.note_button)
        self.tabs.addTab(self._summary(), "")
        self.tabs.addTab(below(self.board), "")
        self.steps.setMinimumHeight(_TABLE)
        self.tabs.addTab(scrolled(below(self.step_chart, self.steps)), "")
        self.tabs.addTab(self._failed(), "")
        self.tabs.addTab(self._compared(), "")
        self._content = QWidget()
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(first)
        inner.addWidget(self.about)
        inner.addWidget(self.reasons)
        inner.addLayout(notes)
        inner.addWidget(self.tabs, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._content, 1)
        column.addWidget(self.empty, 1)

    def _summary(self) -> QWidget:
        page = QWidget()
        self.times.setFixedHeight(_SMALL)
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 12, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self._headings[0])
        whole.addWidget(self.times)
        row = QHBoxLayout()
        row.setSpacing(24)
        for heading, table, note, share in (
            (self._headings[1], self.gates, None, 3),
            (self._headings[2], self.accounts, self.accounts_note, 2),
        ):
            side = QVBoxLayout()
            side.setSpacing(8)
            side.addWidget(heading)
            side.addWidget(table, 1)
            if note is not None:
                side.addWidget(note)
            row.addLayout(side, share)
        whole.addLayout(row, 1)
        return page

    def _failed(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(self._failed_parts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        for heading, table, share in (
            (self._headings[3], self.failures, 2),
            (self._headings[4], self.examples, 3),
        ):
            side = QVBoxLayout()
            side.setSpacing(8)
            side.addWidget(heading)
            side.addWidget(table, 1)
            row.addLayout(side, share)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 12, 0, 0)
        column.addWidget(self.nothing_failed)
        column.addWidget(self._failed_parts, 1)
        column.addStretch(0)
        return page

    def _compared(self) -> QWidget:
        page = QWidget()
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self._before_label)
        bar.addWidget(self.before, 1)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self.differences, 1)
        column.addWidget(self.comparison_note)
        column.addStretch(0)
        return page

    def _fill_before(self) -> None:
        opened = self._opened
        shown = opened.result.run_id if opened is not None else ""
        before = opened.before.run_id if opened is not None and opened.before else ""
        blocker = QSignalBlocker(self.before)
        self.before.clear()
        for head in self._heads:
            if head.run_id != shown:
                self.before.addItem(one_line(title(head, self._tools.settings)), head.run_id)
        self.before.setCurrentIndex(self.before.findData(before) if before else -1)
        self.before.setPlaceholderText(_("Choose a run"))
        self.before.setEnabled(self.before.count() > 0)
        del blocker

    def _show(self) -> None:
        opened = self._opened
        self._content.setVisible(opened is not None)
        self.empty.setVisible(opened is None)
        self._show_note_button()
        if opened is None:
            return
        result = opened.result
        chip = verdict_chip(result.verdict)
        self.verdict.show_state(chip.text, chip.icon, chip.token)
        self.sentence.setText(words.verdict_text(result))
        parts = [
            result.plan.scenario.name,
            words.model_text(result.plan.model),
            local_time_exact(result.started_at, self._tools.settings),
            words.span(result.seconds_run),
            _(words.STOPS[result.stop]),
        ]
        self.about.setText(one_line(" · ".join(parts)))
        remarks = words.remarks_of(result)[bool(result.reasons) :]  # the sentence says the first
        told = [text for text in (words.advice_text(result), *remarks[:6]) if text]
        if told:
            self.reasons.tell("\n".join(told), tone="warning")
        else:
            self.reasons.hide()
        self.times.show_items(columns.times_of(result))
        self.gates.show_items(result.gates)
        moments = any(gate.broken_at is not None for gate in result.gates)
        self.gates.view.setColumnHidden(column_at(self.gates, "broken_at"), not moments)
        self.accounts.show_items(tuple(columns.accounts_of(result)))
        self.accounts_note.setVisible(not result.adds_up)
        steps = words.steps_of(result)
        self.steps.show_items(steps)
        self.step_chart.show_steps(steps, limits_of(gate.threshold for gate in result.gates))
        failures = tuple(columns.failures_of(result))
        self.failures.show_items(failures)
        self._failed_parts.setVisible(bool(failures))
        self.nothing_failed.setVisible(not failures)
        self.examples.show_items(result.examples)
        self._show_comparison(opened)

    def _show_comparison(self, opened: OpenedRun) -> None:
        comparison = opened.comparison
        self._fill_before()
        self.differences.setVisible(comparison is not None)
        self.differences.show_items(comparison.differences if comparison is not None else ())
        text = _("There is no earlier run like this one: choose one to compare with.")
        if comparison is not None:
            text = comparison_table(comparison).note
            text += " " + _("The earlier run is drawn behind this one in the charts.")
        self.comparison_note.setText(text.strip())

    def _word(self) -> None:
        for at, text in enumerate(_TABS):
            self.tabs.setTabText(at, _(text))
        texts = (
            _("Latency of the measured part"),
            _("Thresholds"),
            _("Where every request went"),
            _("Failures by kind"),
            _("Examples of failures"),
        )
        tables: tuple[FigureTable[Any], ...] = (
            self.times,
            self.gates,
            self.accounts,
            self.failures,
            self.examples,
        )
        for label, table, text in zip(self._headings, tables, texts, strict=True):
            label.setText(text)
            table.view.setAccessibleName(text)
        self.steps.view.setAccessibleName(_("Steps"))
        self.differences.view.setAccessibleName(_("Differences"))
        self.accounts_note.setText(_("These figures do not add up: do not trust this run."))
        self.nothing_failed.setText(_("No request failed."))
        self._before_label.setText(_("Earlier run"))
        self.before.setAccessibleName(_("Earlier run"))
        self.note.setPlaceholderText(_("Note"))
        self.note.setAccessibleName(_("Note"))
        self.tags.setPlaceholderText(_("Tags, separated by commas"))
        self.tags.setAccessibleName(_("Tags"))
        self.note_button.setText(_("Keep the note"))
        self.empty.tell(
            _("No run is open"),
            _("Run one, or open one of the history."),
            icon_name="activity",
            action=(_("Plan a run"), self.plan_asked.emit),
        )
        self._show()
