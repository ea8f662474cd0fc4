"""One chart of a load run: zoomed and moved by the mouse, read by a crosshair, overlaid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.services.loadtest.charts import PLACES, TEXT, Board, Series
from desktop_app.ui.loadtest.axis import Axis
from desktop_app.ui.loadtest.timeline import Numbers, Timeline
from desktop_app.ui.results.plot import GRID_ALPHA, Plot, caption_font
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.legend_toggle import LegendToggle
from desktop_app.ui.widgets.plain_text import plain_label

_WIDTH = 1.6
MOST_POINTS = 480
"""Of a line: more than a screen shows cost time at each paint."""
_LEAST_S = 30.0
"""Seconds that an empty chart spans."""
_GROUND_ALPHA = 215
LEAST_WIDTH = 300
"""Of a chart, in pixels: its title and some figures beside it."""


class LivePlot(QWidget):
    """Shows ``board`` of a timeline, and of another one behind it.

    ``pointed`` carries the second under the mouse, or NaN when it leaves: all charts of a run
    show their crosshair there. ``moved`` when somebody zooms or moves it. While no mouse points
    at a second, a ``live`` one tells the newest values, any other none.
    """

    pointed = Signal(float)
    moved = Signal()

    def __init__(
        self, board: Board, theme: Theme, *, live: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.board, self._live = board, live
        self._times: Numbers = np.empty(0)
        self._values: dict[str, Numbers] = {}
        self._brief = False
        self._behind: dict[str, tuple[Numbers, Numbers]] = {}
        self._limits: tuple[tuple[float, str], ...] = ()
        self._marks: tuple[tuple[float, str], ...] = ()
        self._extra: list[pg.GraphicsObject] = []
        self._title = plain_label(role="strong")
        self.keys = {series.key: LegendToggle(theme) for series in board.series}
        self.plot = Plot(theme, self._dress, axes=_axes(least=0.0 if board.unit else 1.0))
        self.plot.viewport().setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on=False)
        self.plot.setMouseTracking(True)
        self.plot.setMouseEnabled(x=True, y=False)
        self.plot.setClipToView(clip=True)
        self.view = self.plot.getViewBox()
        self.view.setLimits(xMin=-1, yMin=0, minXRange=5)
        self.view.sigRangeChangedManually.connect(lambda *_: self.moved.emit())
        self.behind = {series.key: self._curve() for series in board.series}
        self.curves = {series.key: self._curve() for series in board.series}
        self.crosshair = pg.InfiniteLine(angle=90, movable=False)
        self.crosshair.hide()
        self.plot.addItem(self.crosshair, ignoreBounds=True)
        self.plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        for key, toggle in self.keys.items():
            toggle.toggled.connect(lambda shown, key=key: self._show_series(key, shown))
        self._build()
        follow_language(self, self._word)

    def show_data(self, timeline: Timeline) -> None:
        """Draw these seconds."""
        self._times = timeline.times
        for series in self.board.series:
            values = timeline.series(series.key)
            self._values[series.key] = values
            self.curves[series.key].setData(*thinned(self._times, values))
            toggle = self.keys[series.key]
            toggle.setVisible(bool(np.isfinite(values).any()) or not len(values))
        self._show_values(None)

    def show_behind(self, timeline: Timeline | None) -> None:
        """Draw another run behind this one, fainter; None takes it away."""
        self._behind = {}
        for series in self.board.series:
            if timeline is None:
                self.behind[series.key].setData([], [])
                continue
            drawn = thinned(timeline.times, timeline.series(series.key))
            self._behind[series.key] = drawn
            self.behind[series.key].setData(*drawn)

    def show_limits(self, limits: Sequence[tuple[float, str]]) -> None:
        """Dashed levels with their words."""
        self._limits = tuple(limits)
        self._draw_extra()

    def show_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Moments that somebody marked."""
        self._marks = tuple(marks)
        self._draw_extra()

    def follow(self, span_s: float | None) -> None:
        """Show the newest ``span_s`` seconds, or all of them, as high as they are."""
        last = float(self._times[-1]) if len(self._times) else 0.0
        first = float(self._times[0]) if len(self._times) else 0.0
        start = first if span_s is None else max(first, last - span_s)
        self.show_span(start, max(last, start + _LEAST_S))

    def show_span(self, left: float, right: float) -> None:
        """Show these seconds, as high as what is in them."""
        self.view.setXRange(left, right, padding=0)
        self.fit_height()

    def fit_height(self) -> None:
        """As high as what is in sight."""
        highest = max(
            (
                self._highest(*drawn)
                for key, toggle in self.keys.items()
                if toggle.isChecked()
                for drawn in (
                    (self._times, self._values.get(key)),
                    self._behind.get(key, (self._times, None)),
                )
            ),
            default=0.0,
        )
        near = [level for level, _text in self._limits if level <= highest * 2]
        top = max([highest, *near]) or 1.0
        self.view.setYRange(0, top * 1.08, padding=0)

    def _highest(self, times: Numbers, values: Numbers | None) -> float:
        """The highest value in sight."""
        (left, right), _y = self.view.viewRange()
        if values is None:
            return 0.0
        part = values[(times >= left) & (times <= right)]
        return float(np.nanmax(part)) if np.isfinite(part).any() else 0.0

    def point_at(self, second: float) -> None:
        """Put the crosshair on a second; NaN takes it away."""
        place = self._place_of(second)
        self.crosshair.setVisible(place is not None)
        if place is not None:
            self.crosshair.setValue(float(self._times[place]))
        self._show_values(place)

    @property
    def told(self) -> Mapping[str, str]:
        """What the legend says of each series, for tests and screen readers."""
        return {key: toggle.accessibleName() for key, toggle in self.keys.items()}

    def _build(self) -> None:
        head = self._head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title)
        for toggle in self.keys.values():
            head.addWidget(toggle)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        self.plot.setMinimumHeight(110)
        # How long the legend is at the moment must not ask for room: what is resized would then be
        # resized by its own being resized, without end.
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.setSizePolicy(policy)
        self.setMinimumWidth(LEAST_WIDTH)

    def _curve(self) -> pg.PlotDataItem:
        curve = self.plot.plot(connect="finite")
        # Line by line: as one path an hour takes a second to be drawn.
        curve.curve.setSegmentedLineMode("on")
        return curve

    def _place_of(self, second: float) -> int | None:
        if not len(self._times) or not np.isfinite(second):
            return None
        return int(np.clip(np.searchsorted(self._times, second - 0.5), 0, len(self._times) - 1))

    def _on_mouse_moved(self, at: QPointF) -> None:
        inside = self.plot.plotItem.sceneBoundingRect().contains(at)
        self.pointed.emit(self.view.mapSceneToView(at).x() if inside else float("nan"))

    def resizeEvent(self, event: object) -> None:
        """Names of series where there is room for them again."""
        self._brief = False
        self._show_values(None)
        super().resizeEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: object) -> None:
        """No crosshair without a mouse."""
        self.pointed.emit(float("nan"))
        super().leaveEvent(event)  # type: ignore[arg-type]

    def _show_values(self, place: int | None) -> None:
        """The legend tells the values at ``place``; None: the newest, if there are such.

        Only the values, from when names beside them have no room until the chart is resized.
        """
        self._tell(place)
        if not self._brief and self._wanting() > 0:
            self._brief = True
            self._tell(place)
        if (wanting := self._wanting()) > 0:
            shown = sum(not toggle.isHidden() for toggle in self.keys.values())
            self._tell(place, less=-(-wanting // max(1, shown)))

    def _wanting(self) -> int:
        """How many pixels the legend is too long."""
        self._head.invalidate()  # a layout within another one is not told of new texts
        return self._head.sizeHint().width() - self.width()

    def _tell(self, place: int | None, less: int = 0) -> None:
        for series in self.board.series:
            values = self._values.get(series.key)
            at = place if place is not None else -1
            value = values[at] if values is not None and len(values) else np.nan
            figure = self._figure(float(value)) if self._live or place is not None else ""
            self.keys[series.key].tell(_(series.name), figure, brief=self._brief, less=less)

    def _figure(self, value: float) -> str:
        if not np.isfinite(value):
            return "–"
        digits = 0 if value >= 100 or value == int(value) else 2
        if digits and (value >= 10 or self.board.unit == "%"):
            digits = 1
        unit = f" {self.board.unit}" if self.board.unit not in ("", "/s") else self.board.unit
        return f"{value:,.{digits}f}{unit}"

    def _show_series(self, key: str, shown: bool) -> None:
        self.curves[key].setVisible(shown)
        self.behind[key].setVisible(shown)
        self.fit_height()

    def _dress(self) -> None:
        """Colours and fonts of the theme in use."""
        self.plot.showGrid(x=False, y=True, alpha=GRID_ALPHA / 255)
        for series in self.board.series:
            color = self._color(series)
            self.curves[series.key].setPen(_pen(color, series))
            # Opaque, for the ends of lines lie on each other.
            self.behind[series.key].setPen(_pen(self._faint(color), series))
            self.keys[series.key].recolour(color)
        self.crosshair.setPen(pg.mkPen(self.plot.color("muted"), style=Qt.PenStyle.DotLine))
        self._draw_extra()

    def _color(self, series: Series) -> QColor:
        place = PLACES[series.key]
        return self.plot.color("text") if place == TEXT else self.plot.series(place)

    def _faint(self, color: QColor) -> QColor:
        ground = self.plot.color("window")
        pairs = (
            (color.red(), ground.red()),
            (color.green(), ground.green()),
            (color.blue(), ground.blue()),
        )
        return QColor(*(round(0.35 * a + 0.65 * b) for a, b in pairs))

    def _draw_extra(self) -> None:
        for item in self._extra:
            self.plot.removeItem(item)
        self._extra = [self._level(value, text) for value, text in self._limits]
        self._extra += [self._moment(at, text) for at, text in self._marks]
        for item in self._extra:
            self.plot.addItem(item, ignoreBounds=True)

    def _level(self, value: float, text: str) -> pg.InfiniteLine:
        color = self.plot.color("danger")
        # Below the line in the upper half, above it in the lower one: never outside.
        options = label_options(self.plot, 0.02, color) | {"anchors": [(0, 0), (0, 1)]}
        pen = pg.mkPen(color, style=Qt.PenStyle.DashLine)
        line = pg.InfiniteLine(value, angle=0, pen=pen, label=label_text(text), labelOpts=options)
        line.label.setFont(caption_font())
        return line

    def _moment(self, at: float, text: str) -> pg.InfiniteLine:
        color = self.plot.color("muted")
        options = label_options(self.plot, 0.92, color) | {"anchors": [(0, 0.5), (1, 0.5)]}
        pen = pg.mkPen(color, style=Qt.PenStyle.DashDotLine)
        line = pg.InfiniteLine(at, angle=90, pen=pen, label=label_text(text), labelOpts=options)
        line.label.setFont(caption_font())
        return line

    def _word(self) -> None:
        self._title.setText(_(self.board.title))
        self.plot.label("left", self.board.unit)
        self.setAccessibleName(_(self.board.title))
        self._show_values(None)
        self.plot.restyle()


def thinned(times: Numbers, values: Numbers, most: int = MOST_POINTS) -> tuple[Numbers, Numbers]:
    """At most ``most`` points: the highest of each stretch, so that no peak is lost."""
    if len(times) <= most:
        return times, values
    size = -(-len(times) // most)
    whole = len(times) // size * size
    stretches = values[:whole].reshape(-1, size)
    highest = np.where(np.isnan(stretches), -np.inf, stretches).max(axis=1)
    highest[np.isneginf(highest)] = np.nan
    middles = times[:whole].reshape(-1, size)[:, size // 2]
    return np.append(middles, times[whole:]), np.append(highest, values[whole:])


def label_options(plot: Plot, position: float, color: QColor) -> dict[str, object]:
    """Of a line's words: on a ground of their own, for lines of data cross them."""
    ground = plot.color("window")
    ground.setAlpha(_GROUND_ALPHA)
    return {"position": position, "color": color, "fill": ground}


def label_text(text: str) -> str:
    """A text of a person's in a label whose braces would be filled in."""
    return text.replace("{", "{{").replace("}", "}}")


def _axes(*, least: float) -> dict[str, Axis]:
    return {"left": Axis("left", least=least), "bottom": Axis("bottom", unit=N_("{n} s"))}


def _pen(color: QColor, series: Series) -> QPen:
    style = Qt.PenStyle.DashLine if series.dashed else Qt.PenStyle.SolidLine
    pen = QPen(color, _WIDTH, style)
    pen.setCosmetic(True)
    return pen
