"""The charts: what they show, told in numbers too, in both themes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.core.templates import Criterion
from desktop_app.ui.results.criteria_page import CriteriaPage
from desktop_app.ui.results.distribution_chart import DistributionChart
from desktop_app.ui.results.heat_map import HeatMap, scale_colours, step_of
from desktop_app.ui.results.radar_chart import two_lines
from desktop_app.ui.results.results_page import CRITERIA_PAGE, DISTRIBUTION_PAGE, HEAT_PAGE
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.series import SERIES
from desktop_app.ui.theme.tokens import TOKENS, contrast
from tests.fixtures.server import RunningServer
from tests.results.exported import results_of, sample_scoring
from tests.results.sample import insert_project
from tests.ui.results.conftest import OpenPage


def test_the_heat_map_names_every_total_and_what_was_dropped(tools: TabTools, qtbot: QtBot) -> None:
    figures = results_of(sample_scoring()).figures
    chart = HeatMap(tools.theme)
    qtbot.addWidget(chart)
    chart.show_figures(figures)

    texts = {
        chart.model.data(chart.model.index(row, column))
        for row in range(chart.model.rowCount())
        for column in range(chart.model.columnCount())
    }
    given = next(one for one in figures.companies[0].totals if one.dropped)
    assert f"({given.total:.2f})" in texts
    assert {"missing", "–"} <= texts
    heading = chart.model.headerData(0, Qt.Orientation.Vertical)
    assert heading == f"1  {figures.companies[0].name}"


def test_every_number_of_the_heat_map_can_be_read_on_its_colour() -> None:
    grounds, inks = scale_colours()

    for ground, ink in zip(grounds, inks, strict=True):
        assert contrast(ground.name(), ink.name()) >= 4.5
    assert step_of(40.0, (40.0, 90.0)) == 0
    assert step_of(90.0, (40.0, 90.0)) == len(grounds) - 1


@pytest.mark.parametrize("name", ["light", "dark"])
def test_series_stand_out_from_the_ground(name: str) -> None:
    for colour in SERIES[name]:
        assert contrast(colour, TOKENS[name]["window"]) >= 2.8


def test_the_distribution_compares_an_evaluator_with_all(tools: TabTools, qtbot: QtBot) -> None:
    figures = results_of(sample_scoring()).figures
    chart = DistributionChart(tools.theme)
    qtbot.addWidget(chart)
    chart.show_figures(figures)
    assert chart.texts == (f"All: {figures.sheets} sheets",)

    chart.picker.setCurrentIndex(1)

    evaluator = figures.evaluators[0]
    assert chart.texts[-1].startswith(f"{evaluator.name}: {evaluator.sheets} sheets")


def test_the_radar_begins_with_the_three_best_and_keeps_who_is_chosen(
    tools: TabTools, qtbot: QtBot
) -> None:
    results = results_of(sample_scoring())
    page = CriteriaPage(tools.theme)
    qtbot.addWidget(page)
    page.show_results(results)
    best = [company.id for company in results.figures.companies[:3]]
    assert [picker.currentData() for picker in page.pickers] == best

    page.compare(results.figures.companies[4].id)
    page.show_results(results)

    assert page.pickers[0].currentData() == results.figures.companies[4].id
    line = page.table.model.items[0]
    assert line.means[0] == results.figures.companies[4].criterion_means[0]


def test_two_criteria_have_no_radar_and_the_page_says_so(
    api_server: RunningServer, open_page: OpenPage
) -> None:
    two = tuple(Criterion(id=f"k{at}", name=f"항목 {at}", weight=50) for at in range(2))
    page = open_page(insert_project(api_server.documents, criteria=two))
    page.tabs.setCurrentIndex(CRITERIA_PAGE)

    assert page.charts.criteria is not None
    assert page.charts.criteria.radar.isHidden()
    assert len(page.charts.criteria.table.model.items) == 2


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("소통", "소통"),
        ("효율성과 성능 향상", "효율성과 성능\n향상"),
        ("Robustness under attack", "Robustness\nunder attack"),
        ("아주긴이름의항목이라서두줄에도다들어가지않는다", "아주긴이름의항\n목이라서두줄…"),
    ],
)
def test_long_names_stand_in_two_short_lines(name: str, lines: str) -> None:
    assert two_lines(name) == lines


@pytest.mark.parametrize("at", [CRITERIA_PAGE, HEAT_PAGE, DISTRIBUTION_PAGE])
def test_charts_take_the_other_theme_while_they_are_open(
    api_server: RunningServer, open_page: OpenPage, tools: TabTools, at: int
) -> None:
    page = open_page(insert_project(api_server.documents))
    page.tabs.setCurrentIndex(at)
    light = page.grab().toImage().pixelColor(4, 400)

    tools.theme.apply("dark")

    assert page.grab().toImage().pixelColor(4, 400).lightness() < light.lightness() / 3


def test_the_company_chosen_in_the_ranking_can_be_compared(
    api_server: RunningServer, open_page: OpenPage
) -> None:
    page = open_page(insert_project(api_server.documents))
    chosen = page.ranking.model.items[5].id
    page.ranking.choose(chosen)

    page.panel.compare_button.click()

    assert page.tabs.currentIndex() == CRITERIA_PAGE
    assert page.charts.criteria is not None
    assert page.charts.criteria.pickers[0].currentData() == chosen
