"""The charts of a results page: each is built when it is first looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.core.results import Results
from desktop_app.ui.theme.theme import Theme

if TYPE_CHECKING:
    from desktop_app.ui.results.criteria_page import CriteriaPage
    from desktop_app.ui.results.distribution_chart import DistributionChart
    from desktop_app.ui.results.heat_map import HeatMap

CRITERIA, HEAT, DISTRIBUTION = range(3)


class Charts:
    """Criteria, heat map and distribution; the library behind them is loaded with the first."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.criteria: CriteriaPage | None = None
        self.heat: HeatMap | None = None
        self.distribution: DistributionChart | None = None
        self._shown: dict[int, Results] = {}

    def shown(self, place: int, results: Results) -> QWidget:
        """The chart at ``place`` with ``results`` in it."""
        chart = self._chart(place)
        if self._shown.get(place) is not results:
            self._shown[place] = results
            if self.criteria is not None and chart is self.criteria:
                self.criteria.show_results(results)
            elif self.heat is not None and chart is self.heat:
                self.heat.show_figures(results.figures)
            elif self.distribution is not None:
                self.distribution.show_figures(results.figures)
        return chart

    def _chart(self, place: int) -> QWidget:
        if place == CRITERIA:
            if self.criteria is None:
                from desktop_app.ui.results.criteria_page import CriteriaPage

                self.criteria = CriteriaPage(self._theme)
            return self.criteria
        if place == HEAT:
            if self.heat is None:
                from desktop_app.ui.results.heat_map import HeatMap

                self.heat = HeatMap(self._theme)
            return self.heat
        if self.distribution is None:
            from desktop_app.ui.results.distribution_chart import DistributionChart

            self.distribution = DistributionChart(self._theme)
        return self.distribution
