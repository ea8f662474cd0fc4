"""How the totals are spread from 0 to 100, of all sheets and of one evaluator beside them."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.core.language import _, ngettext
from desktop_app.core.results import BIN_WIDTH, BINS, EvaluatorResult, Figures
from desktop_app.ui.results.plot import GRID_ALPHA, LegendKey, Plot, caption_font
from desktop_app.ui.results.words import number
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label


class DistributionChart(QWidget):
    """Bars of the share of sheets per 5 points; the picker adds one evaluator's beside them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures: Figures | None = None
        self._label = plain_label()
        self.picker = QComboBox()
        self.picker.setMinimumWidth(200)
        self.picker.currentIndexChanged.connect(self._draw)
        self._label.setBuddy(self.picker)
        self.plot = Plot(theme, self._draw)
        self._keys = tuple(LegendKey(self.plot, place) for place in range(2))
        self.plot.setXRange(0, 100, padding=0.01)
        self.plot.getAxis("bottom").setTickSpacing(10, 5)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._label)
        head.addWidget(self.picker)
        head.addSpacing(16)
        for key in self._keys:
            head.addWidget(key)
            head.addSpacing(16)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        follow_language(self, self._word)

    @property
    def texts(self) -> tuple[str, ...]:
        """What the legend says."""
        return tuple(key.text for key in self._keys if key.text)

    def show_figures(self, figures: Figures) -> None:
        """Show these totals, keeping the evaluator chosen if there."""
        kept = self.picker.currentData()
        self._figures = figures
        self.picker.blockSignals(True)
        self.picker.clear()
        self.picker.addItem("", None)
        for evaluator in figures.evaluators:
            self.picker.addItem(evaluator.name, evaluator.id)
        self.picker.setCurrentIndex(max(0, self.picker.findData(kept)))
        self.picker.blockSignals(False)
        self._word()

    def _evaluator(self) -> EvaluatorResult | None:
        id_ = self.picker.currentData()
        people = self._figures.evaluators if self._figures else ()
        return next((one for one in people if one.id == id_), None)

    def _draw(self) -> None:
        self.plot.clear()
        if self._figures is None:
            return
        evaluator = self._evaluator()
        bars = [self._figures.distribution]
        if evaluator is not None:
            bars.append(evaluator.distribution)
        width = (BIN_WIDTH - 0.6) / len(bars)
        highest = 1.0
        for place, counts in enumerate(bars):
            whole = sum(counts) or 1
            shares = [100 * count / whole for count in counts]
            highest = max(highest, *shares)
            left = [at * BIN_WIDTH + 0.3 + place * width for at in range(BINS)]
            self.plot.addItem(
                pg.BarGraphItem(
                    x0=left,
                    width=width,
                    height=shares,
                    brush=self.plot.series(place),
                    pen=pg.mkPen(None),
                )
            )
            if place == len(bars) - 1:
                self._write_counts(counts, shares, [at + width / 2 for at in left])
        self.plot.setYRange(0, highest * 1.12, padding=0)
        grid = self.plot.getPlotItem()
        grid.showGrid(x=False, y=True, alpha=GRID_ALPHA / 255)
        self._tell(evaluator)

    def _write_counts(self, counts: tuple[int, ...], shares: list[float], at: list[float]) -> None:
        """How many sheets a bar stands for, above it."""
        for count, share, x in zip(counts, shares, at, strict=True):
            if count:
                text = pg.TextItem(f"{count:,}", color=self.plot.color("muted"), anchor=(0.5, 1))
                text.setFont(caption_font())
                text.setPos(x, share)
                self.plot.addItem(text)

    def _tell(self, evaluator: EvaluatorResult | None) -> None:
        assert self._figures is not None
        n = sum(self._figures.distribution)
        text = ngettext("All: {n} sheet", "All: {n} sheets", n)
        self._keys[0].tell(text.format(n=f"{n:,}"))
        own = ""
        if evaluator is not None:
            own = ngettext(
                "{name}: {n} sheet, mean {mean}",
                "{name}: {n} sheets, mean {mean}",
                evaluator.sheets,
            ).format(name=evaluator.name, n=f"{evaluator.sheets:,}", mean=number(evaluator.mean))
        self._keys[1].tell(own)
        for key in self._keys:
            key.recolour()

    def _word(self) -> None:
        self._label.setText(_("Compare with"))
        self.picker.setAccessibleName(_("Evaluator to compare with"))
        if self.picker.count():
            self.picker.setItemText(0, _("nobody"))
        self.plot.label("bottom", _("Total (points)"))
        self.plot.label("left", _("Share of sheets (%)"))
        self.plot.setAccessibleName(_("Distribution of totals"))
        self.plot.restyle()
