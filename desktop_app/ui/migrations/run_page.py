"""What runs now, live: how far, each step, the log, and a way to stop."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.db.migrations.backup import BackupEnded, BackupStarted, CopyProgress
from desktop_app.db.migrations.events import (
    ConnectionLost,
    Event,
    LeaseAwaited,
    RunEnded,
    RunStarted,
    StepEnded,
    StepProgress,
    StepStarted,
)
from desktop_app.db.migrations.plan_data import Counting
from desktop_app.db.migrations.restore import RestoreEnded
from desktop_app.db.migrations.verification import CheckStarted
from desktop_app.services.migrations import words
from desktop_app.services.migrations.lines import line_of
from desktop_app.ui.migrations import run_rows
from desktop_app.ui.migrations.chips import stop_chip
from desktop_app.ui.migrations.run_rows import COLUMNS, StepRow
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import monospace_font
from desktop_app.ui.times import duration, local_clock
from desktop_app.ui.widgets.elided_label import ElidedLabel
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

_STEPS = 1000
_LINES = 5_000
_NOT_LOGGED = (StepProgress, CopyProgress, Counting)


class RunPage(QWidget):
    """Follows the events of one run after the other; ``stop_asked`` when it is to stop."""

    stop_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self.rows: tuple[StepRow, ...] = ()
        self._ended: RunEnded | BackupEnded | RestoreEnded | None = None
        self._running = self._stopping = False
        self._clock = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show_time)
        self.state = StatusChip(tools.theme)
        self.detail = ElidedLabel(role="muted")
        self._time = plain_label(role="muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop_button = QPushButton()
        self.stop_button.clicked.connect(self.stop_asked)
        self.table: FigureTable[StepRow] = FigureTable(COLUMNS, lambda row: row.step, tools.theme)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setTabChangesFocus(True)
        self.log.setMaximumBlockCount(_LINES)
        self.log.setProperty("role", "log")
        self.log.setFont(monospace_font())
        # Of the person alone: what the program sets is no such action.
        bar = self.log.verticalScrollBar()
        bar.actionTriggered.connect(lambda _action: self._on_scrolled())
        bar.rangeChanged.connect(lambda _low, _high: self._scroll_to_end())
        self._build()
        follow_language(self, self._word)

    def begin(self, what: str) -> None:
        """A run begins; ``what`` is translated."""
        self.rows, self._ended = (), None
        self._running, self._stopping = True, False
        self._title = what
        self.table.show_items(())
        self._above.hide()
        self.bar.setRange(0, 0)
        self.detail.show_text("")
        self._follow = True
        self._log(what)
        self._clock.start()
        self._tick.start()
        self._show()

    def follow(self, event: Event) -> None:
        """Show what happened."""
        self.rows = run_rows.after(self.rows, event)
        if isinstance(event, RunStarted):
            self._above.show()
        if isinstance(event, RunStarted | StepStarted | StepProgress | StepEnded | RunEnded):
            self._show_rows(event)
        if isinstance(event, CopyProgress):
            self._show_copy(event)
        elif isinstance(event, Counting | BackupStarted | ConnectionLost | LeaseAwaited):
            self.detail.show_text(line_of(event))
        elif isinstance(event, CheckStarted):
            self._advance(event.place - 1, event.total)
            self.detail.show_text(words.check_title(event.check))
        if isinstance(event, RunEnded | BackupEnded | RestoreEnded):
            self._ended = event
        if not isinstance(event, _NOT_LOGGED) and (line := line_of(event)):
            self._log(line)

    def end(self, error: str = "") -> None:
        """Nothing runs any more; ``error`` (translated) says why it could not."""
        self._running = False
        self._tick.stop()
        self._show_time()
        if error:
            self._log(error)
            self.detail.show_text(error)
        elif self._ended is not None:
            self.detail.show_text(line_of(self._ended).partition("\n")[0])
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(_STEPS if self._ended and self._ended.reason == "done" else 0)
        self._error = error
        self._show()

    def show_stopping(self) -> None:
        """It was asked to stop, and does so between two steps."""
        self._stopping = True
        self._show()

    _title = _error = ""
    _follow = True

    def showEvent(self, event: QShowEvent) -> None:
        """Visible again: the newest lines are in sight."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._scroll_to_end)

    def _build(self) -> None:
        words_ = QHBoxLayout()
        words_.setSpacing(12)
        words_.addWidget(self.state)
        words_.addWidget(self.detail, 1)
        words_.addWidget(self._time)
        words_.addWidget(self.stop_button)
        self.detail.setMinimumHeight(20)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        above, below = QWidget(), QWidget()
        for part, content, margins in (
            (above, self.table, (0, 0, 0, 8)),
            (below, self.log, (0, 8, 0, 0)),
        ):
            inner = QVBoxLayout(part)
            inner.setContentsMargins(*margins)
            inner.addWidget(content)
            split.addWidget(part)
        self._above = above
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self.log.setMinimumHeight(80)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(words_)
        column.addWidget(self.bar)
        column.addWidget(split, 1)

    def _show_rows(self, event: Event) -> None:
        self.table.show_items(self.rows)
        done = run_rows.finished(self.rows)
        share = 0.0
        if isinstance(event, StepStarted | StepProgress):
            self.detail.show_text(line_of(event).strip())
            self.table.choose(event.step)
            row = next((row for row in self.rows if row.step == event.step), None)
            share = (row.share or 0.0) if row is not None else 0.0
        self._advance(done + share, len(self.rows))

    def _show_copy(self, event: CopyProgress) -> None:
        self._advance(event.done, event.total)
        self.detail.show_text(line_of(event).strip())

    def _advance(self, done: float, total: int) -> None:
        if total:
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(min(_STEPS, round(_STEPS * done / total)))

    def _log(self, text: str) -> None:
        at = local_clock(datetime.now(UTC), self._tools.settings)
        for line in text.splitlines():
            self.log.appendPlainText(f"{at}  {line}")
        self._scroll_to_end()

    def _scroll_to_end(self) -> None:
        """Keep the newest line in sight, unless somebody reads further up."""
        if self._follow:
            bar = self.log.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _on_scrolled(self) -> None:
        bar = self.log.verticalScrollBar()
        self._follow = bar.sliderPosition() >= bar.maximum() - 1

    def _show_time(self) -> None:
        if self._clock.isValid():
            self._time.setText(duration(self._clock.elapsed() / 1000))

    def _show(self) -> None:
        self.stop_button.setVisible(self._running)
        self.stop_button.setEnabled(not self._stopping)
        self.stop_button.setText(_("Stopping…") if self._stopping else _("Stop"))
        if self._running:
            self.state.show_state(self._title, "activity", "info")
        elif self._ended is not None:
            chip = stop_chip(self._ended.reason)
            self.state.show_state(chip.text, chip.icon, chip.token)
        elif self._error:
            self.state.show_state(_("Failed"), "error", "danger")
        else:
            self.state.show_state(_("Nothing has run yet"), "circle", "muted")

    def _word(self) -> None:
        self.table.view.setAccessibleName(_("Steps"))
        self.log.setAccessibleName(_("Log"))
        self.stop_button.setIcon(icon("stop"))
        self.stop_button.setToolTip(_("Stop between two steps; the next run goes on from there"))
        self.bar.setAccessibleName(_("Progress"))
        self._show()
