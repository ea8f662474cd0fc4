"""The run, live: figures, charts, thresholds, warnings, and two ways to stop."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.core.load.distribution import Distribution
from desktop_app.core.load.events import (
    Event,
    Marked,
    Preparing,
    RunEnded,
    RunStarted,
    Stopping,
    ThresholdChanged,
    Warned,
)
from desktop_app.core.load.result import Mark
from desktop_app.core.load.second import Phase, Second
from desktop_app.services.loadtest import words
from desktop_app.services.loadtest.desk import LoadOrder
from desktop_app.services.loadtest.lines import line_of
from desktop_app.ui.loadtest.chart_board import ChartBoard
from desktop_app.ui.loadtest.figure_tiles import FigureTiles
from desktop_app.ui.loadtest.gate_chips import GateChips
from desktop_app.ui.loadtest.limits import limits_of
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.elided_label import ElidedLabel
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.status_chip import StatusChip

MOST_LINES = 1000
_LOG_HEIGHT = 96
_TALL = 620
"""From this height on the log is shown without being asked for."""


class LivePage(QWidget):
    """Follows one run after the other.

    ``stop_asked`` at each press of the button; ``mark_asked`` carries the text of a mark;
    ``plan_asked`` where nothing runs.
    """

    stop_asked = Signal()
    mark_asked = Signal(str)
    plan_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running = self._stopping = self._at_once = False
        self._begun = False
        self._phase: Phase | None = None
        self._text = ""
        self._planned_s = 0.0
        self._zero: float | None = None
        self._failed = self._ended = 0
        self._preparing: Preparing | None = None
        self._distribution: Distribution | None = None
        self._marks: list[Mark] = []
        self._tick = QTimer(self)
        self._tick.setInterval(250)
        self._tick.timeout.connect(self._show_time)
        self.state = StatusChip(tools.theme)
        self.doing = ElidedLabel(role="muted")
        self.stop_button = QPushButton()
        self.stop_button.clicked.connect(self.stop_asked)
        self.tiles = FigureTiles()
        self.gates = GateChips(tools.theme)
        self.warning = Banner(tools.theme)
        self.board = ChartBoard(tools.theme)
        self.mark = QLineEdit()
        self.mark.setMaxLength(80)
        self.mark.returnPressed.connect(self._mark)
        self.mark_button, self.log_button = QPushButton(), QPushButton()
        self.mark_button.clicked.connect(self._mark)
        self.log_button.setCheckable(True)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setTabChangesFocus(True)
        self.log.setProperty("role", "log")
        self.log.setMaximumBlockCount(MOST_LINES)
        self.log.setFixedHeight(_LOG_HEIGHT)
        self.log_button.toggled.connect(self.log.setVisible)
        self.empty = EmptyState(tools.theme)
        self._build()
        FirstFocus(self, self.mark)
        follow_language(self, self._word)

    @property
    def running(self) -> bool:
        """Whether a run goes on."""
        return self._running

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopping

    def begin(self, order: LoadOrder) -> None:
        """A run begins."""
        self._running = self._begun = True
        self._stopping = self._at_once = False
        self._phase, self._preparing, self._zero, self._text = None, None, None, ""
        self._distribution = order.distribution
        self._planned_s = sum(stage.seconds for stage in order.model.stages)
        self._failed = self._ended = 0
        self._marks = []
        self.log.clear()
        self.log_button.setChecked(self.height() >= _TALL)
        self.tiles.clear()
        self.warning.hide()
        self.gates.begin(order.thresholds)
        self.board.begin()
        self.board.show_limits(limits_of(order.thresholds))
        self._tick.start()
        self._show()

    def follow(self, events: Sequence[Event]) -> None:
        """Show what happened."""
        seconds = [event for event in events if isinstance(event, Second)]
        for event in events:
            self._take(event)
        if seconds:
            self.board.add(seconds)
            for second in seconds:
                self._failed += second.counts.failed
                self._ended += second.counts.ended
            self._phase = seconds[-1].phase
            if sending := [one for one in seconds if one.phase is not Phase.DRAIN]:
                self.tiles.show_second(sending[-1], self._failed, self._ended)
        # How far the preparation is, is told above: its log would push out all else.
        told = [one for one in events if not isinstance(one, Preparing) or _is_news(one)]
        lines = [line for event in told if (line := line_of(event))]
        if lines:
            self.log.appendPlainText("\n".join(lines))
        self._show()

    def end(self, text: str) -> None:
        """Nothing runs any more; ``text`` (translated) is the verdict, or why there is none."""
        self._running = False
        self._text = text
        self._tick.stop()
        self._show()

    def show_stopping(self, *, at_once: bool) -> None:
        """It was asked to stop."""
        self._stopping, self._at_once = True, at_once
        self._show()

    def resizeEvent(self, event: object) -> None:
        """The log gives way to the charts where there is little room."""
        if self.height() < _TALL and not self._begun:
            self.log_button.setChecked(False)
        super().resizeEvent(event)  # type: ignore[arg-type]

    def _take(self, event: Event) -> None:
        if isinstance(event, Preparing):
            self._preparing = event
            if event.address and self._distribution is not None:
                self._invite(event.address, self._distribution.code)
        elif isinstance(event, RunStarted):
            self._zero = event.at
            self.warning.hide()  # nobody joins any more
            self._planned_s = event.plan.seconds
        elif isinstance(event, ThresholdChanged):
            self.gates.follow(event)
        elif isinstance(event, Warned):
            tone = "danger" if event.spoilt else "warning"
            self.warning.tell(words.warned_text(event), tone=tone)  # the log says when
        elif isinstance(event, Marked):
            self._marks.append(event.mark)
            self.board.show_marks([(mark.at_s, mark.text) for mark in self._marks])
        elif isinstance(event, Stopping):
            self._stopping = True
        elif isinstance(event, RunEnded):
            self._text = words.verdict_text(event.result)

    def _invite(self, address: str, code: str) -> None:
        """How other computers join; the command can be copied, the code is to be typed there."""
        command = f"evalconsole load-worker --master {address}"
        text = _("On the other computers: {command}   Join code: {code}")
        self.warning.tell(
            text.format(command=command, code=code),
            action=(_("Copy the command"), lambda: QGuiApplication.clipboard().setText(command)),
            closable=False,
        )

    def _mark(self) -> None:
        if self._running and self._zero is not None and not self._stopping:
            self.mark_asked.emit(self.mark.text().strip() or _("Mark"))
            self.mark.clear()

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.state)
        first.addWidget(self.doing, 1)
        first.addWidget(self.stop_button)
        self.doing.setMinimumHeight(20)
        self.mark.setFixedWidth(220)
        for place, widget in enumerate((self.mark, self.mark_button)):
            self.board.bar.insertWidget(place, widget)
        self.board.bar.addWidget(self.log_button)
        self._content = QWidget()
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(first)
        inner.addWidget(self.tiles)
        inner.addWidget(self.gates)
        inner.addWidget(self.warning)
        inner.addWidget(self.board, 1)
        inner.addWidget(self.log)
        self.log.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._content, 1)
        column.addWidget(self.empty, 1)

    def _show(self) -> None:
        self._content.setVisible(self._begun)
        self.empty.setVisible(not self._begun)
        self.stop_button.setVisible(self._running)
        self.stop_button.setEnabled(not self._at_once)
        text = _("Stop at once") if self._stopping else _("Stop")
        self.stop_button.setText(_("Stopping…") if self._at_once else text)
        self.stop_button.setToolTip(
            _("Do not wait for the answers outstanding")
            if self._stopping
            else _("Send no more; the answers outstanding are waited for")
        )
        may_mark = self._running and self._zero is not None and not self._stopping
        self.mark.setEnabled(may_mark)
        self.mark_button.setEnabled(may_mark)
        self._show_time()

    def _show_time(self) -> None:
        if not self._running:
            self.state.show_state(_("Ended"), "circle", "muted")
            self.doing.show_text(self._text)
            return
        if self._stopping:
            self.state.show_state(_("Stopping"), "activity", "warning")
        elif self._zero is None:
            self.state.show_state(_("Preparing"), "activity", "info")
        else:
            phase = self._phase or Phase.WARM_UP
            self.state.show_state(_(words.PHASES[phase]), "activity", "info")
        self.doing.show_text(self._progress())

    def _progress(self) -> str:
        if self._zero is None:
            ready = self._preparing
            if ready is None:
                return _("Generators come up, users connect and sign in…")
            return line_of(ready)
        gone = max(0.0, time.time() - self._zero)
        parts = [_("{time} gone").format(time=words.span(gone))]
        left = self._planned_s - gone
        if left > 0 and not self._stopping:
            parts.append(_("{time} left").format(time=words.span(left)))
        return " · ".join(parts)

    def _word(self) -> None:
        self.stop_button.setIcon(icon("stop"))
        self.mark.setPlaceholderText(_("What happens now"))
        self.mark.setAccessibleName(_("Text of a mark"))
        self.mark_button.setText(_("Mark"))
        self.mark_button.setIcon(icon("pin"))
        self.mark_button.setToolTip(_("Mark this moment in the charts and in the report"))
        self.log_button.setText(_("Log"))
        self.log.setAccessibleName(_("Log of the run"))
        self.empty.tell(
            _("Nothing runs"),
            _("Plan a run and start it; it is shown here second by second."),
            icon_name="activity",
            action=(_("Plan a run"), self.plan_asked.emit),
        )
        self._show()


def _is_news(event: Preparing) -> bool:
    """Computers that join, and the end of the preparation."""
    return event.workers < event.awaited or event.ready == event.users
