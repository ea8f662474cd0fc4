"""Export from the page: choose the kind, choose the file, hear how it ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop_app.core.result_figures import figures_of
from desktop_app.services.results_reading import read_scoring
from desktop_app.ui.messages import Level
from desktop_app.ui.results.exporting import KINDS, file_name
from desktop_app.ui.results.results_page import ResultsPage
from desktop_app.ui.tab import TabTools
from tests.fixtures.server import RunningServer
from tests.results.sample import insert_project
from tests.ui.results.conftest import OpenPage


def export(page: ResultsPage, path: Path, tools: TabTools, qtbot: QtBot) -> None:
    """Choose the kind in the menu and the file in the dialog."""
    suffix = path.suffix.lstrip(".")
    action = next(one for one in page.exporting.menu.actions() if one.data() == suffix)
    action.trigger()
    chooser = page.findChild(QFileDialog)
    assert chooser is not None
    chooser.fileSelected.emit(str(path))
    chooser.reject()
    qtbot.waitUntil(lambda: tools.runner.idle, timeout=15_000)


@pytest.mark.parametrize("suffix", list(KINDS))
def test_each_kind_is_written_and_told(
    api_server: RunningServer,
    open_page: OpenPage,
    tools: TabTools,
    qtbot: QtBot,
    tmp_path: Path,
    suffix: str,
) -> None:
    page = open_page(insert_project(api_server.documents))
    path = tmp_path / f"결과.{suffix}"

    export(page, path, tools, qtbot)

    assert path.stat().st_size > 500
    message = tools.messages.history[0]
    assert (message.level, path.name in message.text) == (Level.OK, True)


def test_the_workbook_holds_what_the_page_shows(
    api_server: RunningServer, open_page: OpenPage, tools: TabTools, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_page(insert_project(api_server.documents, open_every=9))
    path = tmp_path / "results.xlsx"

    export(page, path, tools, qtbot)

    _, scoring = read_scoring(path)
    assert page.results is not None
    assert figures_of(scoring) == page.results.figures


def test_a_file_that_cannot_be_written_is_told_with_a_second_try(
    api_server: RunningServer, open_page: OpenPage, tools: TabTools, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_page(insert_project(api_server.documents))

    export(page, tmp_path / "gone" / "results.pdf", tools, qtbot)

    message = tools.messages.history[0]
    assert message.level is Level.DANGER
    assert message.action is not None


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("2026 AI/바우처: 사업?", "2026 AI 바우처 사업 results"),
        ("..\\..\\evil", "evil results"),
        ("???", "results"),
    ],
)
def test_a_projects_name_makes_a_files_name(tools: TabTools, project: str, name: str) -> None:
    assert file_name(project) == name
