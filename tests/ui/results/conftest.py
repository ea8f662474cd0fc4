"""Fixtures of these tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.services.session import SignedIn
from desktop_app.ui.results.results_page import ResultsPage
from desktop_app.ui.tab import TabTools
from tests.ui.records.stage import admin, sign_in

__all__ = ["admin", "open_page", "sign_in"]

OpenPage = Callable[..., ResultsPage]


@pytest.fixture
def open_page(qtbot: QtBot, admin: SignedIn, tools: TabTools) -> OpenPage:
    """Shows the results of a project as the administrator and waits for them."""

    def opened(project_id: str | None) -> ResultsPage:
        page = ResultsPage(projects=admin.api.projects, tools=tools)
        qtbot.addWidget(page)
        page.resize(1100, 640)
        page.show()
        page.show_project(project_id)
        qtbot.waitUntil(lambda: not page.busy, timeout=15_000)
        return page

    return opened
