"""The results on screen: who stands where, what is missing, what could not be read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_app.services.session import SignedIn
from desktop_app.ui.changes import Change
from desktop_app.ui.results.ranking_columns import RANKING
from desktop_app.ui.results.results_page import EVALUATORS_PAGE, ResultsPage
from desktop_app.ui.tab import TabTools
from tests.fixtures.server import RunningServer
from tests.results.sample import insert_project
from tests.ui.results.conftest import OpenPage


def texts(page: ResultsPage, column: str) -> list[str]:
    table = page.ranking.model
    at = next(at for at, one in enumerate(table.columns) if one.key == column)
    return [table.columns[at].shown(item) for item in table.items]


def test_the_ranking_shows_ranks_standings_and_missing_sheets(
    api_server: RunningServer, open_page: OpenPage
) -> None:
    page = open_page(insert_project(api_server.documents, open_every=9))

    assert texts(page, "rank") == [str(place) for place in range(1, 9)]
    assert any("provisional" in text for text in texts(page, "standing"))
    assert any("missing" in text for text in texts(page, "sheets"))
    assert "50 sheets in · 6 missing" in page.summary_text


def test_choosing_a_company_shows_its_sheets_and_what_was_dropped(
    api_server: RunningServer, open_page: OpenPage, qtbot: QtBot
) -> None:
    page = open_page(insert_project(api_server.documents))
    page.ranking.setFocus()

    qtbot.keyClick(page.ranking.view, Qt.Key.Key_Down)

    lines = page.panel.table.model.items
    states = [line.state().text for line in lines]
    assert page.ranking.current == page.ranking.model.items[1]
    assert (states.count("Dropped: highest"), states.count("Dropped: lowest")) == (1, 1)
    assert states.count("Counted") == 5


def test_a_column_sorts_by_its_values_and_keeps_the_company_chosen(
    api_server: RunningServer, open_page: OpenPage
) -> None:
    page = open_page(insert_project(api_server.documents))
    chosen = page.ranking.model.items[3].id
    page.ranking.choose(chosen)

    page.ranking.sort_by([c.key for c in RANKING].index("figure"), descending=False)

    assert page.ranking.model.items[0].rank == 8
    assert page.ranking.current is not None
    assert page.ranking.current.id == chosen


def test_the_generous_evaluator_is_pointed_out_as_advice(
    api_server: RunningServer, open_page: OpenPage
) -> None:
    page = open_page(insert_project(api_server.documents))
    page.tabs.setCurrentIndex(EVALUATORS_PAGE)

    advice = [page.evaluators.model.columns[-1].shown(one) for one in page.evaluators.model.items]
    assert advice.count("Apart: higher") == 1
    assert advice.count("Within the usual") == 6


def test_a_project_without_companies_says_what_to_do(
    api_server: RunningServer, open_page: OpenPage
) -> None:
    project = insert_project(api_server.documents)
    api_server.documents["evaluations"].delete_many({"project_id": project})
    api_server.documents["projects"].update_one({"_id": project}, {"$set": {"candidate_ids": []}})

    assert "no company" in open_page(project).empty.heading


def test_without_a_project_the_page_asks_for_one(open_page: OpenPage) -> None:
    assert open_page(None).empty.heading == "No project is chosen"


def test_a_project_that_is_gone_is_told_and_can_be_tried_again(
    api_server: RunningServer, open_page: OpenPage, qtbot: QtBot
) -> None:
    page = open_page("project-sample")
    assert page.empty.heading == "The results could not be read"

    insert_project(api_server.documents)
    page.empty.button.click()

    qtbot.waitUntil(lambda: page.results is not None)
    assert page.ranking.model.items


def test_a_sheet_handed_in_shows_at_once(
    api_server: RunningServer, open_page: OpenPage, qtbot: QtBot, tools: TabTools
) -> None:
    project = insert_project(api_server.documents, open_every=9)
    page = open_page(project)
    api_server.documents["evaluations"].update_many(
        {"project_id": project}, {"$set": {"status": "submitted"}}
    )

    tools.changes.changed.emit(Change("evaluations"))

    qtbot.waitUntil(lambda: "missing" not in page.summary_text)


def test_a_total_that_its_scores_do_not_come_to_is_a_warning(
    api_server: RunningServer, open_page: OpenPage
) -> None:
    project = insert_project(api_server.documents)
    api_server.documents["evaluations"].update_one(
        {"project_id": project}, {"$set": {"total_score": 12.34}}
    )

    page = open_page(project)

    assert "1 sheet has a total" in page.banner.text
    assert not page.banner.isHidden()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_follows_the_language(
    api_server: RunningServer, open_page: OpenPage, language: str
) -> None:
    from desktop_app.config.catalogues import use_language
    from desktop_app.ui.texts import retranslate_all

    page = open_page(insert_project(api_server.documents))
    use_language(language)
    retranslate_all()

    assert page.tabs.tabText(0) == {"ko": "순위", "en": "Ranking"}[language]


def test_nothing_is_read_before_the_page_is_looked_at(
    api_server: RunningServer, admin: SignedIn, tools: TabTools, qtbot: QtBot
) -> None:
    page = ResultsPage(projects=admin.api.projects, tools=tools)
    qtbot.addWidget(page)
    page.show_project(insert_project(api_server.documents))
    assert not page.busy

    page.show()

    qtbot.waitUntil(lambda: page.results is not None)


def test_a_company_with_too_few_sheets_says_that_its_mean_ranks(
    api_server: RunningServer, open_page: OpenPage, qtbot: QtBot
) -> None:
    page = open_page(insert_project(api_server.documents, evaluators=3))

    texts_ = [label.text() for label in page.panel.findChildren(QLabel)]
    assert any("too few sheets to drop any" in text for text in texts_)
