"""The run, live: the tree fills, how far, how fast, how long still, and a way to stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.core.validation.events import (
    CheckDone,
    CheckStarted,
    CleaningUp,
    Event,
    Pulse,
    RunStarted,
)
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.suites import Suite
from desktop_app.core.verdicts import CheckState
from desktop_app.services.validation import words
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.tree_model import TreeModel
from desktop_app.ui.tables.tree_view import CheckTree
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.validation import run_rows
from desktop_app.ui.validation.chips import STATE_LOOKS, state_chip, stop_chip
from desktop_app.ui.validation.run_rows import RunRow
from desktop_app.ui.widgets.elided_label import ElidedLabel
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip


class RunPage(QWidget):
    """Follows one run after the other.

    ``stop_asked`` when it is to stop, ``opened`` with the id of a check whose findings are wanted,
    ``begin_asked`` where nothing has run yet.
    """

    stop_asked = Signal()
    opened = Signal(str)
    begin_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suites: tuple[Suite, ...] = ()
        self._running = self._stopping = False
        self._report: ValidationReport | None = None
        self._text = self._now = ""
        self._pulse: Pulse | None = None
        self._left: int | None = None
        self._counts: Counter[CheckState] = Counter()
        self._follows = True
        self._clock = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(500)
        self._tick.timeout.connect(self._show_figures)
        self.state = StatusChip(tools.theme)
        self.now = ElidedLabel(role="muted")
        self.figures = plain_label(role="muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop_button = QPushButton()
        self.stop_button.clicked.connect(self.stop_asked)
        self.counts = {state: StatusChip(tools.theme) for state in STATE_LOOKS}
        self.model: TreeModel[RunRow] = TreeModel(run_rows.COLUMNS, tools.theme, self)
        self.tree = CheckTree(self.model)
        self.tree.opened.connect(self.opened)
        # Of the person alone: what the program sets is no such action.
        self.tree.verticalScrollBar().actionTriggered.connect(lambda _action: self._let_be())
        self.tree.clicked.connect(lambda _index: self._let_be())
        self.tree.moved.connect(self._let_be)
        self.empty = EmptyState(tools.theme)
        self._build()
        FirstFocus(self, self.tree)
        follow_language(self, self._word)

    @property
    def report(self) -> ValidationReport | None:
        """What the last run ended with; None before, and while one runs."""
        return self._report

    @property
    def done(self) -> int:
        """How many checks are done."""
        return self._counts.total()

    def begin(self, suites: Sequence[Suite], checks: frozenset[str]) -> None:
        """A run of these checks begins."""
        self._suites = tuple(suites)
        self._running, self._stopping = True, False
        self._report, self._pulse, self._left = None, None, None
        self._text = self._now = ""
        self._counts = Counter()
        self.model.show(run_rows.branches(suites, checks))
        self.tree.open_groups(all_of_them=False)
        self._follows = True
        self.bar.setRange(0, 0)
        self._clock.start()
        self._tick.start()
        self._show()

    def follow(self, events: Sequence[Event]) -> None:
        """Show what happened."""
        for event in events:
            if isinstance(event, RunStarted):
                self.bar.setRange(0, max(1, len(event.checks)))
            elif isinstance(event, CheckStarted):
                run_rows.start(self.model, event.check)
                self.bar.setRange(0, event.total)
                self.bar.setValue(event.place - 1)
                self._now = event.check
                self._keep_in_sight(event.check)
            elif isinstance(event, CheckDone):
                run_rows.finish(self.model, event.result)
                self._counts[event.result.state] += 1
            elif isinstance(event, Pulse):
                self._pulse = event
            elif isinstance(event, CleaningUp):
                self._left = event.left
        self._show()

    def end(self, report: ValidationReport | None, text: str) -> None:
        """Nothing runs any more; ``text`` (translated) is the verdict, or why there is none."""
        self._running = False
        self._tick.stop()
        self._report, self._text = report, text
        if report is not None:
            for result in report.results:
                run_rows.finish(self.model, result)
            self._counts = Counter(result.state for result in report.results)
        self.bar.setRange(0, 1)
        self.bar.setValue(1 if report is not None and report.stop is Stop.DONE else 0)
        self._show()

    def show_stopping(self) -> None:
        """It was asked to stop: it removes its test data first."""
        self._stopping = True
        self._show()

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.state)
        first.addWidget(self.now, 1)
        first.addWidget(self.figures)
        first.addWidget(self.stop_button)
        self.now.setMinimumHeight(20)
        second = QHBoxLayout()
        second.setSpacing(20)
        for chip in self.counts.values():
            second.addWidget(chip)
        second.addStretch(1)
        self._content = QWidget()
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(first)
        inner.addWidget(self.bar)
        inner.addLayout(second)
        inner.addWidget(self.tree, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._content, 1)
        column.addWidget(self.empty, 1)

    def _keep_in_sight(self, check: str) -> None:
        """Scroll to the group that runs, unless somebody looks at another."""
        group = self.model.index_of(check).parent()
        if self._follows and group.isValid():
            self.tree.scrollTo(group)

    def _let_be(self) -> None:
        self._follows = False

    def _show(self) -> None:
        nothing = not self._running and self._report is None and not self._text
        self._content.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.stop_button.setVisible(self._running)
        self.stop_button.setEnabled(not self._stopping)
        self.stop_button.setText(_("Stopping…") if self._stopping else _("Stop"))
        self._show_state()
        self._show_figures()
        for state, chip in self.counts.items():
            look = state_chip(state)
            count = self._counts[state]
            chip.show_state(f"{look.text} {count:,}", look.icon, look.token)
            chip.setVisible(count > 0 or state in (CheckState.FAIL, CheckState.PASS))

    def _show_state(self) -> None:
        if self._running:
            text = _("Stopping") if self._stopping else _("Running")
            self.state.show_state(text, "activity", "info")
            self.now.show_text(self._doing())
        elif self._report is not None:
            chip = stop_chip(self._report.stop)
            self.state.show_state(chip.text, chip.icon, chip.token)
            self.now.show_text(self._text)
        elif self._text:
            self.state.show_state(_("Failed"), "error", "danger")
            self.now.show_text(self._text)

    def _doing(self) -> str:
        if self._left is not None:
            return _("Removing test data: {n} left.").format(n=f"{self._left:,}")
        if self._pulse is not None and (waits := words.waiting(self._pulse.waiting_s)):
            return waits
        row = self.model.item(self._now)
        if row is None:
            return _("Reaching the server and signing in…")
        return f"{self._now}  {row.title.text()}"

    def _show_figures(self) -> None:
        report, pulse = self._report, self._pulse
        parts = []
        if self._running:
            if pulse is not None:
                parts.append(words.requests(pulse.requests))
                parts.append(_("{n}/s").format(n=f"{pulse.per_second:,.0f}"))
            parts.append(words.duration(round(self._clock.elapsed() / 1000) or 1))
            ending = self._stopping or self._left is not None
            if pulse is not None and pulse.left_s is not None and not ending:
                time = words.time_left(pulse.left_s)
                parts.append(_("about {time} left").format(time=time))
        elif report is not None:
            parts.append(words.requests(report.requests))
            parts.append(words.duration(report.seconds))
        self.figures.setText(" · ".join(parts))

    def _word(self) -> None:
        self.model.redraw()
        self.tree.setAccessibleName(_("Checks of this run"))
        self.bar.setAccessibleName(_("Progress"))
        self.stop_button.setIcon(icon("stop"))
        self.stop_button.setToolTip(
            _("Stop after the request that runs; what was found is kept, test data is removed")
        )
        self.empty.tell(
            _("Nothing has run yet"),
            _("Choose what is tried, and begin the run."),
            icon_name="play",
            action=(_("Choose suites"), self.begin_asked.emit),
        )
        self._show()
