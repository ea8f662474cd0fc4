"""A server and the wizard for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.ui.tab import TabTools
from desktop_app.ui.validation.screen import ValidationScreen
from tests.fixtures.server import RunningServer
from tests.ui.validation.stage import WORLD, make_desk, open_screen

OpenScreen = Callable[..., ValidationScreen]


@pytest.fixture
def open_on(
    qtbot: QtBot, tools: TabTools, tmp_path: Path, api_server: RunningServer
) -> Iterator[OpenScreen]:
    """Opens the wizard on the test's server; arguments go to ``make_desk``."""

    def open_(**options: object) -> ValidationScreen:
        url = str(options.pop("url", api_server.url))
        desk = make_desk(tmp_path / "검증", url, **options)  # type: ignore[arg-type]
        return open_screen(qtbot, desk, tools)

    yield open_
    WORLD.enough.set()
