"""All charts of a run on one time axis: follow the newest, look closer, read values, pause."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _
from desktop_app.core.load.second import Second
from desktop_app.services.loadtest.charts import BOARDS, LATENCY
from desktop_app.ui.loadtest.live_plot import LivePlot
from desktop_app.ui.loadtest.timeline import Timeline
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label

SPANS: tuple[tuple[float | None, str], ...] = (
    (60.0, N_("Last minute")),
    (300.0, N_("Last 5 minutes")),
    (None, N_("All")),
)


class ChartBoard(QWidget):
    """Follows the newest seconds until somebody zooms or moves a chart; *Follow* goes back to it.

    Paused, nothing moves; what comes meanwhile is shown afterwards. What else belongs to the
    charts can stand first in ``bar``. One that is not ``live`` shows a run that is over: nothing
    is to be followed or paused, and *Follow* is called what it does there.
    """

    def __init__(self, theme: Theme, *, live: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self._timeline = Timeline()
        self._follows = True
        self.plots = {board.id: LivePlot(board, theme, live=live) for board in BOARDS}
        self.span = QComboBox()
        for _seconds, _title in SPANS:
            self.span.addItem("")
        self.span.setCurrentIndex(len(SPANS) - 1)
        self.pause_button, self.follow_button = QPushButton(), QPushButton()
        self.pause_button.setCheckable(True)
        self.at = plain_label(role="muted")
        self.bar = QHBoxLayout()
        self._due: list[LivePlot] = []
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._show_next)
        self._build()
        self._connect()
        follow_language(self, self._word)

    @property
    def timeline(self) -> Timeline:
        """What is shown."""
        return self._timeline

    @property
    def paused(self) -> bool:
        """Whether what comes is not shown yet."""
        return self.pause_button.isChecked()

    def begin(self, timeline: Timeline | None = None) -> None:
        """Empty charts for a run that begins; or those of one that is over."""
        self._timeline = timeline if timeline is not None else Timeline()
        self._follows = True
        self.pause_button.setChecked(False)
        self.show_marks(())
        self.show_behind(None)
        self._show()

    def add(self, seconds: Sequence[Second]) -> None:
        """Seconds that came."""
        self._timeline.add(seconds)
        if not self.paused:
            self._show()

    def show_limits(self, limits: Sequence[tuple[float, str]]) -> None:
        """Thresholds of latencies, each with its words."""
        self.plots[LATENCY].show_limits(limits)
        self.plots[LATENCY].fit_height()

    def show_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Moments that were marked."""
        for plot in self.plots.values():
            plot.show_marks(marks)

    def show_behind(self, other: Timeline | None) -> None:
        """Another run behind this one; None takes it away."""
        for plot in self.plots.values():
            plot.show_behind(other)

    def follow(self) -> None:
        """Go with the newest again."""
        self._follows = True
        self._show()

    def _build(self) -> None:
        self.bar.setSpacing(8)
        self.bar.addWidget(self.at, 1)
        for widget in (self.span, self.follow_button, self.pause_button):
            self.bar.addWidget(widget)
        if not self._live:
            self.span.hide()
            self.pause_button.hide()
        # In a low window they are scrolled through rather than cut.
        charts, area = QWidget(), QScrollArea()
        charts.setObjectName("scrolled")
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows what is in it
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(charts)
        grid = QGridLayout(charts)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(12)
        first, *others = self.plots.values()
        grid.addWidget(first, 0, 0, 1, 2)
        for place, plot in enumerate(others):
            grid.addWidget(plot, 1 + place // 2, place % 2)
        grid.setRowStretch(0, 5)
        grid.setRowStretch(1, 4)
        grid.setRowStretch(2, 4)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(self.bar)
        whole.addWidget(area, 1)

    def _connect(self) -> None:
        for plot in self.plots.values():
            plot.pointed.connect(self._on_pointed)
            plot.moved.connect(partial(self._on_moved, plot))
        self.span.currentIndexChanged.connect(lambda _place: self.follow())
        self.pause_button.toggled.connect(self._on_paused)
        self.follow_button.clicked.connect(self.follow)

    def _on_pointed(self, second: float) -> None:
        for plot in self.plots.values():
            plot.point_at(second)
        inside = second == second and self._timeline.length
        self.at.setText(_("{n} s").format(n=f"{max(0.0, second):,.0f}") if inside else "")

    def _on_moved(self, moved: LivePlot) -> None:
        """All charts show the same span: that of the one under the mouse."""
        self._follows = False
        self.follow_button.setEnabled(True)
        (left, right), _y = moved.view.viewRange()
        for plot in self.plots.values():
            plot.show_span(left, right)

    def _on_paused(self, paused: bool) -> None:
        self._word()
        if not paused:
            self._show()

    def _show(self) -> None:
        """Draw the charts one after the other, so that the window answers in between."""
        self.follow_button.setEnabled(not self._follows)
        self._due = list(self.plots.values())
        self._turn.start()

    def _show_next(self) -> None:
        if not self._due:
            return
        plot = self._due.pop(0)
        plot.show_data(self._timeline)
        if self._follows:
            span, _title = SPANS[self.span.currentIndex()]
            plot.follow(span)
        if self._due:
            self._turn.start()

    def _word(self) -> None:
        for place, (_seconds, title) in enumerate(SPANS):
            self.span.setItemText(place, _(title))
        self.span.setAccessibleName(_("Span of time"))
        self.follow_button.setText(_("Follow") if self._live else _("Whole run"))
        self.follow_button.setToolTip(
            _("Go with the newest again") if self._live else _("Show the run from end to end again")
        )
        paused = self.pause_button.isChecked()
        self.pause_button.setText(_("Go on") if paused else _("Pause"))
        self.pause_button.setIcon(icon("play" if paused else "pause"))
        self.pause_button.setToolTip(_("Keep the charts still; the run goes on"))
        self.at.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
