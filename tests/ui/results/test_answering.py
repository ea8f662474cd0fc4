"""The window answers while the results of 500 companies are read, shown, and written to files.

The figure that counts is measured on a quiet machine; this finds what blocks.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import cast

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.api.projects import Projects
from desktop_app.core.evaluations import Named
from desktop_app.core.results import CountedSheet, Results, Scoring
from desktop_app.core.scoring import weighted_total
from desktop_app.ui.results.results_page import ResultsPage
from desktop_app.ui.tab import TabTools
from tests.fixtures.blocking import MOST_MS, LongestBlock
from tests.results.exported import results_of
from tests.results.sample import sample_criteria


class FarServer:
    """Stands where the API is, in no process of ours: the answer is there, as it came."""

    def __init__(self, results: Results) -> None:
        self._whole = msgspec.json.encode(results)
        self._figures = msgspec.json.encode(replace(results, sheets=()))

    def results(self, _project_id: str, *, sheets: bool = False) -> Results:
        return msgspec.json.decode(self._whole if sheets else self._figures, type=Results)


@pytest.fixture(scope="module")
def large() -> Results:
    """500 companies × 7 evaluators × 40 criteria."""
    chance = random.Random(5)
    criteria = sample_criteria(40)
    sheets = []
    for company in range(500):
        worth = chance.gauss(70, 10)
        for evaluator in range(7):
            scores = {
                one.id: float(min(100, max(0, round(chance.gauss(worth, 8))))) for one in criteria
            }
            sheets.append(
                CountedSheet(
                    company_id=f"c{company}",
                    evaluator_id=f"e{evaluator}",
                    total=float(weighted_total(criteria, scores)),
                    scores=scores,
                )
            )
    return results_of(
        Scoring(
            criteria=criteria,
            candidates=tuple(Named(id=f"c{at}", name=f"평가대상 {at}") for at in range(500)),
            panel=tuple(Named(id=f"e{at}", name=f"위원 {at}") for at in range(7)),
            sheets=tuple(sheets),
        )
    )


def test_showing_500_companies_never_blocks_the_window(
    large: Results, tools: TabTools, qtbot: QtBot
) -> None:
    page = ResultsPage(projects=cast(Projects, FarServer(large)), tools=tools)
    qtbot.addWidget(page)
    page.resize(1100, 640)
    page.show()
    block = LongestBlock()
    with block.noting():
        page.show_project("p1")
        qtbot.waitUntil(lambda: page.results is not None, timeout=15_000)
        for at in range(page.tabs.count()):
            page.tabs.setCurrentIndex(at)
            QApplication.processEvents()
        page.ranking.sort_by(3, descending=False)
        page.ranking.choose("c77")
        QApplication.processEvents()

    assert len(page.ranking.model.items) == 500
    assert block.ms < MOST_MS


@pytest.mark.parametrize("suffix", ["pdf", "csv", "xlsx"])
def test_exporting_500_companies_never_blocks_the_window(
    large: Results, tools: TabTools, qtbot: QtBot, tmp_path: Path, suffix: str
) -> None:
    page = ResultsPage(projects=cast(Projects, FarServer(large)), tools=tools)
    qtbot.addWidget(page)
    page.show()
    page.show_project("p1")
    qtbot.waitUntil(lambda: page.results is not None, timeout=15_000)
    path = tmp_path / f"results.{suffix}"
    block = LongestBlock()
    with block.noting():
        page.exporting.write(path)
        qtbot.waitUntil(lambda: tools.runner.idle, timeout=60_000)

    assert path.stat().st_size > 10_000
    assert block.ms < MOST_MS
