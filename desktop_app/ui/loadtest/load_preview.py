"""What a load model plans, drawn small: the level over time."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.core.load.models import LoadModel, duration_s
from desktop_app.services.loadtest.charts import PLACES
from desktop_app.ui.loadtest.axis import Axis
from desktop_app.ui.results.plot import GRID_ALPHA, Plot
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme

_HEIGHT, _FOOT = 120, 38


class LoadPreview(QWidget):
    """A still picture of ``show_model``."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: LoadModel | None = None
        self.plot = Plot(
            theme, self._dress, axes={at: Axis(at, _FOOT) for at in ("left", "bottom")}
        )
        self._curve = self.plot.plot()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.setFixedHeight(_HEIGHT)
        follow_language(self, self._word)

    def show_model(self, model: LoadModel) -> None:
        """Draw it; jumps between stages are upright."""
        self._model = model
        times, levels = [0.0], [0.0]
        for stage in model.stages:
            times += [times[-1], times[-1] + stage.seconds]
            levels += [stage.start, stage.end]
        self._curve.setData(np.array([*times, times[-1]]), np.array([*levels, 0.0]))
        highest = max(levels) or 1.0
        self.plot.setXRange(0, duration_s(model.stages) or 1.0, padding=0.01)
        self.plot.setYRange(0, highest * 1.1, padding=0)
        self._word()

    def _dress(self) -> None:
        place = "done" if self._model is None or self._model.is_open else "users"
        color = self.plot.series(PLACES[place])
        self.plot.showGrid(x=False, y=True, alpha=GRID_ALPHA / 255)
        self._curve.setPen(pg.mkPen(color, width=1.6))
        color.setAlpha(40)
        self._curve.setFillLevel(0)
        self._curve.setBrush(pg.mkBrush(color))

    def _word(self) -> None:
        is_open = self._model is None or self._model.is_open
        self.plot.label("left", _("1/s") if is_open else _("users"))
        self.plot.label("bottom", _("s"))
        self.setAccessibleName(_("Planned load over time"))
        self.plot.restyle()
