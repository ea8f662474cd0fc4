"""How runs of one scenario came out over time: the 95th percentile and the throughput."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.services.loadtest.charts import PLACES
from desktop_app.services.loadtest.runs import VALID, LoadHead
from desktop_app.ui.loadtest.axis import Axis
from desktop_app.ui.loadtest.run_columns import level_text
from desktop_app.ui.results.plot import GRID_ALPHA, Plot
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.elided_label import ElidedLabel
from desktop_app.ui.widgets.plain_text import one_line

_HEIGHT = 150
_FIGURES = {"p95": (N_("p95"), "ms"), "rate": (N_("Throughput"), "/s")}


class TrendChart(QWidget):
    """The valid runs of a scenario under the same load, oldest first.

    What a server does under another load says nothing of how it became.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._like: LoadHead | None = None
        self.heads: tuple[LoadHead, ...] = ()
        self._titles = {key: ElidedLabel(role="section") for key in _FIGURES}
        self.plots: dict[str, Plot] = {}
        self._curves: dict[str, pg.PlotDataItem] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        for key in _FIGURES:
            plot = Plot(
                theme,
                partial(self._dress, key),
                axes={"left": Axis("left"), "bottom": Axis("bottom", least=1)},
            )
            self.plots[key] = plot
            self._curves[key] = plot.plot(symbol="o", symbolSize=6)
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(self._titles[key])
            column.addWidget(plot)
            row.addLayout(column, 1)
        self.setFixedHeight(_HEIGHT)
        follow_language(self, self._word)

    def show_runs(self, heads: Sequence[LoadHead], like: LoadHead | None) -> None:
        """Show the valid ones with scenario and load of ``like``; ``heads`` come newest first."""
        self._like = like
        kept = [one for one in heads if like is not None and _alike(one, like)]
        self.heads = tuple(reversed([one for one in kept if one.verdict in VALID]))
        for key, curve in self._curves.items():
            pairs = [
                (at, value)
                for at, head in enumerate(self.heads, 1)
                if (value := getattr(head, key)) is not None
            ]
            curve.setData(np.array([x for x, _y in pairs]), np.array([y for _x, y in pairs]))
            highest = max((y for _x, y in pairs), default=1.0)
            self.plots[key].setXRange(0.5, max(2.5, len(self.heads) + 0.5), padding=0)
            self.plots[key].setYRange(0, highest * 1.15 or 1.0, padding=0)
        self.setVisible(len(self.heads) > 1)
        self._word()

    def _dress(self, key: str) -> None:
        plot = self.plots[key]
        color = plot.series(PLACES["p95" if key == "p95" else "done"])
        plot.showGrid(x=False, y=True, alpha=GRID_ALPHA / 255)
        self._curves[key].setPen(pg.mkPen(color, width=1.6))
        self._curves[key].setSymbolBrush(pg.mkBrush(color))
        self._curves[key].setSymbolPen(pg.mkPen(color))

    def _word(self) -> None:
        for key, (name, unit) in _FIGURES.items():
            said = _(name)
            if (like := self._like) is not None:
                said = _("{figure} of “{scenario}” ({load}), run by run").format(
                    figure=_(name), scenario=one_line(like.scenario), load=level_text(like)
                )
            self._titles[key].show_text(said)
            self.plots[key].label("left", unit)
            self.plots[key].setAccessibleName(said)
            self.plots[key].restyle()


def _alike(one: LoadHead, other: LoadHead) -> bool:
    return (one.scenario, one.asked_rate, one.users) == (
        other.scenario,
        other.asked_rate,
        other.users,
    )
