"""What a selftest looks at of results: every page of them, and each file that they go into."""

from __future__ import annotations

from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_projects import CLOSED, evaluations
from desktop_app.app.selftest_stage import NotReached
from desktop_app.ui.results.exporting import KINDS
from desktop_app.ui.results.results_page import (
    CRITERIA_PAGE,
    DISTRIBUTION_PAGE,
    EVALUATORS_PAGE,
    HEAT_PAGE,
    RANKING_PAGE,
    ResultsPage,
)

_PAGES = {
    "results": RANKING_PAGE,
    "results-criteria": CRITERIA_PAGE,
    "results-heat-map": HEAT_PAGE,
    "results-distribution": DISTRIBUTION_PAGE,
    "results-evaluators": EVALUATORS_PAGE,
}


def _page(play: Play) -> ResultsPage:
    tab = evaluations(play, CLOSED)
    tab.pages.setCurrentWidget(tab.results)
    play.settle("the results")
    return tab.results


def results(play: Play) -> None:
    """The results of a project that is closed."""
    page = _page(play)
    for name, at in _PAGES.items():
        page.tabs.setCurrentIndex(at)
        if at == DISTRIBUTION_PAGE and page.charts.distribution is not None:
            page.charts.distribution.picker.setCurrentIndex(1)
        play.look(name)
    page.tabs.setCurrentIndex(RANKING_PAGE)


def running_results(play: Play) -> None:
    """The results of a project whose sheets are not all in."""
    tab = evaluations(play)
    tab.pages.setCurrentWidget(tab.results)
    play.look("results-provisional")


def exports(play: Play) -> None:
    """Each kind of file, written here and now: all libraries behind them are packed."""
    page = _page(play)
    menu = page.exporting.menu
    button = page.export_button
    play.look(
        "results-export",
        lambda: menu.popup(button.mapToGlobal(button.rect().bottomLeft())),
    )
    play.close()
    for suffix in KINDS:
        path = play.folder / f"결과 (예시).{suffix}"
        page.exporting.write(path)
        play.settle(f"the export to .{suffix}")
        if not path.is_file():
            raise NotReached(f"no file {path.name} was written")


RESULT_SCENES = (results, running_results, exports)
"""As administrator; every scene is closed before the next one."""
