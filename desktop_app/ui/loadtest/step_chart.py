"""Which steps of a scenario are slow: the response times of each, beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.load.counts import Latency
from desktop_app.core.load.result import StepResult
from desktop_app.services.loadtest import words
from desktop_app.services.loadtest.charts import PLACES
from desktop_app.ui.loadtest.axis import HEIGHT, Axis
from desktop_app.ui.loadtest.live_plot import label_options, label_text
from desktop_app.ui.loadtest.timeline import Numbers
from desktop_app.ui.results.plot import GRID_ALPHA, LegendKey, Plot, caption_font
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line, plain_label

MOST = 12
"""Steps drawn: the slowest."""
_FIGURES = ("p50", "p95", "p99")
_ROW = 24
_DOTS = {"p99": 13, "p95": 10, "p50": 7}
"""The smaller on top of the larger: where they are equal, all are to be seen."""
_WIDEST_NAME = 180


class StepChart(QWidget):
    """A line for each step, from its median to its 99th percentile; the slowest on top."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps: tuple[StepResult, ...] = ()
        self._limits: tuple[tuple[float, str], ...] = ()
        self._items: list[pg.GraphicsObject] = []
        self._title = plain_label(role="section")
        self._names = Axis("left")
        axes = {"left": self._names, "bottom": Axis("bottom", unit=N_("{n} ms"))}
        self.plot = Plot(theme, self._draw, axes=axes)
        self._keys = {key: LegendKey(self.plot, PLACES[key]) for key in _FIGURES}
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._title)
        for key in self._keys.values():
            head.addWidget(key)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.plot)
        follow_language(self, self._word)

    def show_steps(
        self, steps: Sequence[StepResult], limits: Sequence[tuple[float, str]] = ()
    ) -> None:
        """Show those that were measured; ``limits`` are levels with their words."""
        known = [step for step in steps if step.measured.response is not None]
        known.sort(key=lambda step: -_latency(step).p95)
        self.steps, self._limits = tuple(known[:MOST]), tuple(limits)
        self.plot.setFixedHeight(_ROW * max(1, len(self.steps)) + HEIGHT + 12)
        self.setVisible(bool(self.steps))
        self._word()

    def _draw(self) -> None:
        for item in self._items:
            self.plot.removeItem(item)
        self._items = []
        if not self.steps:
            return
        self.plot.showGrid(x=True, y=False, alpha=GRID_ALPHA / 255)
        rows = np.arange(len(self.steps) - 1, -1, -1, dtype=float)
        figures = {
            key: np.array([getattr(_latency(step), key) for step in self.steps]) for key in _FIGURES
        }
        highest = float(figures["p99"].max())
        near = [level for level, _text in self._limits if level <= highest * 2]
        right = max([highest, *near]) or 1.0
        self.plot.setXRange(0, right * 1.12, padding=0)
        self.plot.setYRange(-0.6, len(self.steps) - 0.4, padding=0)
        self._name_rows(rows)
        self._add(self._spans(figures["p50"], figures["p99"], rows))
        for key, size in _DOTS.items():
            color = self.plot.series(PLACES[key])
            self._add(pg.ScatterPlotItem(figures[key], rows, size=size, brush=color, pen=color))
            self._keys[key].recolour()
        for level, text in self._limits:
            self._add(self._limit(level, text))
        for step, row, at in zip(self.steps, rows, figures["p99"], strict=True):
            if failed := step.total.failed:
                self._add(self._failed(failed, float(at), float(row)))

    def _add(self, item: pg.GraphicsObject) -> None:
        self._items.append(item)
        self.plot.addItem(item, ignoreBounds=True)

    def _name_rows(self, rows: Numbers) -> None:
        metrics = QFontMetrics(caption_font())
        names = [
            metrics.elidedText(one_line(step.name), Qt.TextElideMode.ElideRight, _WIDEST_NAME)
            for step in self.steps
        ]
        self._names.setTicks([list(zip(rows, names, strict=True))])
        self._names.setWidth(max(metrics.horizontalAdvance(name) for name in names) + 16)

    def _spans(self, left: Numbers, right: Numbers, rows: Numbers) -> pg.PlotCurveItem:
        xs, ys = np.stack([left, right], axis=1).ravel(), np.repeat(rows, 2)
        return pg.PlotCurveItem(xs, ys, connect="pairs", pen=pg.mkPen(self.plot.color("muted")))

    def _limit(self, level: float, text: str) -> pg.InfiniteLine:
        color = self.plot.color("danger")
        options = label_options(self.plot, 0.9, color) | {"anchors": [(0, 0.5), (1, 0.5)]}
        pen = pg.mkPen(color, style=Qt.PenStyle.DashLine)
        line = pg.InfiniteLine(level, angle=90, pen=pen, label=label_text(text), labelOpts=options)
        line.label.setFont(caption_font())
        return line

    def _failed(self, count: int, at: float, row: float) -> pg.TextItem:
        text = _("{n} failed").format(n=f"{count:,}")
        item = pg.TextItem(text, color=self.plot.color("danger"), anchor=(-0.1, 0.5))
        item.setFont(caption_font())
        item.setPos(at, row)
        return item

    def _word(self) -> None:
        self._title.setText(_("Response time by step"))
        for key in _FIGURES:
            self._keys[key].tell(key)
        told = [f"{step.name}: p95 {words.ms(_latency(step).p95)}" for step in self.steps]
        self.setAccessibleName(_("Response time by step"))
        self.setAccessibleDescription(one_line("; ".join(told)))
        self.plot.restyle()


def _latency(step: StepResult) -> Latency:
    assert step.measured.response is not None
    return step.measured.response
