"""The window on the real local workspace, from its start to its end."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.app.console import Console
from desktop_app.config.folders import user_folders
from desktop_app.config.resources import resource
from desktop_app.config.settings import Settings
from desktop_app.ui.theme.icons import use_icons
from desktop_app.ui.theme.theme import Theme

PATIENCE_MS = 30_000


@pytest.fixture
def local_console(theme: Theme, qtbot: QtBot) -> Iterator[Console]:
    folders = user_folders()
    Settings(folders.config).set("language", "en")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    console = Console(app, folders)
    console.show()
    qtbot.waitExposed(console.parts.window)
    yield console
    if console.parts.window.isVisible():
        console.quit()
        qtbot.waitUntil(lambda: not console.parts.window.isVisible(), timeout=PATIENCE_MS)
    assert console.parts.runner.shutdown(10) == ()
    console.parts.window.deleteLater()
    console.deleteLater()
    use_icons(resource("icons"), theme)
    theme.apply("light")


def test_a_new_workspace_starts_is_entered_and_stops_with_the_window(
    local_console: Console, qtbot: QtBot
) -> None:
    page, workspace = local_console.signing_in.page, local_console.parts.workspace
    assert not page.button.isEnabled()
    qtbot.waitUntil(lambda: workspace.api_url is not None, timeout=PATIENCE_MS)
    assert page.hint.isVisible()
    assert "admin123!" in page.hint.text()
    QTest.keyClicks(page.login, "admin")
    QTest.keyClicks(page.password.edit, "admin123!")
    QTest.keyClick(page.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: local_console.working is not None, timeout=PATIENCE_MS)
    local_console.parts.window.close()
    qtbot.waitUntil(lambda: not local_console.parts.window.isVisible(), timeout=PATIENCE_MS)
    assert workspace.last is not None
    qtbot.waitUntil(lambda: workspace.last is not None and workspace.last.state == "stopped")


def test_a_killed_server_comes_back_and_the_person_is_told(
    local_console: Console, qtbot: QtBot
) -> None:
    workspace, messages = local_console.parts.workspace, local_console.parts.messages
    qtbot.waitUntil(lambda: workspace.api_url is not None, timeout=PATIENCE_MS)
    assert workspace.last is not None
    assert workspace.last.info is not None
    address = workspace.api_url
    with qtbot.waitSignal(workspace.came_back, timeout=PATIENCE_MS):
        psutil.Process(workspace.last.info.pids["api"]).kill()
    back, interrupted = messages.history[:2]
    assert back.text == "The local workspace is back."
    assert "interrupted" in interrupted.text
    assert interrupted.detail.startswith("Nothing saved is lost.")
    assert workspace.api_url == address


def test_why_a_workspace_does_not_start_is_told_and_it_can_be_tried_again(
    local_console: Console, qtbot: QtBot
) -> None:
    from desktop_app.core.errors import LocalFailure
    from desktop_app.workspace.events import WorkspaceEvent

    page, workspace = local_console.signing_in.page, local_console.parts.workspace
    qtbot.waitUntil(lambda: workspace.api_url is not None, timeout=PATIENCE_MS)
    failure = LocalFailure(what="The port is taken.", advice="End the program that holds it.")
    workspace.changed.emit(
        WorkspaceEvent(state="failed", error=failure, log_tail="line one\nline two")
    )
    assert page.workspace._text.text() == "The port is taken."
    assert page.workspace._advice.text() == "End the program that holds it."
    assert not page.button.isEnabled()
    QTest.mouseClick(page.workspace.show_log, Qt.MouseButton.LeftButton)
    assert page.workspace.log.toPlainText() == "line one\nline two"
    asked: list[bool] = []
    page.retry_asked.connect(lambda: asked.append(True))
    QTest.mouseClick(page.workspace.retry, Qt.MouseButton.LeftButton)
    assert asked == [True]
