"""Ten thousand findings, as a hostile server can bring about: the page goes on answering."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.core.language import N_, language
from desktop_app.core.validation.baseline import NOTHING_ACCEPTED
from desktop_app.core.validation.findings import say
from desktop_app.core.validation.gate import judge
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.suite_files import shipped
from desktop_app.ui.tab import TabTools
from desktop_app.ui.validation.finding_rows import rows_of
from desktop_app.ui.validation.findings_page import PAGE, FindingsPage
from desktop_app.ui.validation.opened import Opened
from tests.core.validation.reports import finding, report, result
from tests.fixtures.blocking import LongestBlock
from tests.ui.validation.stage import press

MOST_MS = 80.0
"""Five frames: it is 12 where nothing else runs, and was 170 when each row was laid out."""
CHECKS = [check.id for suite in shipped() for check in suite.checks][:20]
STATES = (CheckState.FAIL, CheckState.WARN, CheckState.PASS, CheckState.INCONCLUSIVE)


@pytest.fixture
def page(qtbot: QtBot, tools: TabTools) -> FindingsPage:
    """The page with twenty checks of five hundred findings each."""
    run = report(
        *(
            result(
                check,
                *(
                    finding(
                        check,
                        STATES[number % 4],
                        f"GET /api/thing/{number}",
                        seen=(say(N_("The sign-in was answered {status}."), status=number),),
                    )
                    for number in range(500)
                ),
            )
            for check in CHECKS
        )
    )
    suites = shipped()
    page = FindingsPage(tools)
    qtbot.addWidget(page)
    page.resize(1280, 760)
    page.show()
    page.show_run(
        Opened(
            report=run,
            judgement=judge(run),
            weighed=NOTHING_ACCEPTED,
            suites=suites,
            language=language(),
            rows=rows_of(run, suites, NOTHING_ACCEPTED),
        ),
        suites,
    )
    return page


def test_filtering_searching_sorting_and_grouping_do_not_hold_up_the_window(
    qtbot: QtBot, page: FindingsPage
) -> None:
    def search() -> None:
        page.filter.search.setText("thing/12")
        page.filter.search.search_now()

    deeds: tuple[Callable[[], object], ...] = (
        lambda: press(qtbot, page.filter.states[CheckState.PASS]),
        search,
        page.filter.only,
        lambda: page.tree.header().sectionClicked.emit(2),
        lambda: page.filter.grouping.setCurrentIndex(1),
    )
    for deed in deeds:
        block = LongestBlock()
        with block.noting():
            deed()
            qtbot.waitUntil(lambda: block.beats > 1)  # noqa: B023 - waited for here
        assert block.ms < MOST_MS


def test_some_are_listed_and_more_on_demand(qtbot: QtBot, page: FindingsPage) -> None:
    assert len(page.model.leaves()) == PAGE
    assert page.more.text() == "7,300 more findings fit. Show 200 more"  # passed ones are not asked
    press(qtbot, page.more)
    assert len(page.model.leaves()) == 2 * PAGE

    page.filter.search.setText("thing/123")
    page.filter.search.search_now()
    assert len(page.model.leaves()) == len(CHECKS)
    assert not page.more.isVisible()


def test_one_that_is_not_listed_is_found(page: FindingsPage) -> None:
    last = page.rows[-1]

    assert page.choose(last.finding.key)
    assert page.tree.current_key == last.id
    assert page.detail.row is last
    assert page.detail.row.state is CheckState.PASS
    assert Qt.ItemFlag.ItemIsSelectable in page.model.flags(page.tree.currentIndex())
