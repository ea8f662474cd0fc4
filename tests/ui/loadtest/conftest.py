"""A server and the screen of load runs for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.ui.loadtest.screen import LoadScreen
from desktop_app.ui.tab import TabTools
from tests.fixtures.server import RunningServer
from tests.ui.loadtest.stage import make_desk, open_screen

OpenScreen = Callable[..., LoadScreen]


@pytest.fixture
def open_on(qtbot: QtBot, tools: TabTools, tmp_path: Path, api_server: RunningServer) -> OpenScreen:
    """Opens the screen on the test's server; arguments go to ``make_desk``."""

    def open_(**options: object) -> LoadScreen:
        url = options.pop("url", api_server.url)
        desk = make_desk(tmp_path / "부하", url, **options)  # type: ignore[arg-type]
        return open_screen(qtbot, desk, tools)

    return open_
