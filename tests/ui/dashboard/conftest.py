"""The dashboard of a person signed in on a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.services.session import SignedIn
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.dashboard import DashboardTab
from tests.fixtures.server import RunningServer
from tests.ui.imports.console import signed_in_as

Opened = list[tuple[str, dict[str, str]]]
OpenFor = Callable[[str], tuple[DashboardTab, SignedIn, Opened]]


@pytest.fixture
def open_for(api_server: RunningServer, tools: TabTools, qtbot: QtBot) -> Iterator[OpenFor]:
    """Signs somebody in and opens their dashboard; what it opens in turn is listed."""
    with ExitStack() as ends:

        def open_dashboard(login_id: str) -> tuple[DashboardTab, SignedIn, Opened]:
            password = dict([api_server.admin], **api_server.users)[login_id]
            session = contextmanager(signed_in_as)(api_server, login_id, password)
            signed_in = ends.enter_context(session)
            opened: Opened = []
            tab = DashboardTab(
                analytics=signed_in.api.analytics,
                health=signed_in.api.health,
                role=signed_in.user.role,
                open_tab=lambda key, filters: opened.append((key, filters)),
                tools=tools,
            )
            qtbot.addWidget(tab)
            tab.resize(1180, 800)
            tab.show()
            return tab, signed_in, opened

        yield open_dashboard
        qtbot.waitUntil(lambda: tools.runner.idle, timeout=10_000)
