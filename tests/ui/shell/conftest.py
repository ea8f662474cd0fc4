"""A whole console on a real API server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.app.console import Console
from desktop_app.app.working import Working
from desktop_app.config.folders import user_folders
from desktop_app.config.profiles import Environment, Profile, Profiles
from desktop_app.config.resources import resource
from desktop_app.config.settings import Settings
from desktop_app.ui.signin.page import SignInPage
from desktop_app.ui.theme.icons import use_icons
from desktop_app.ui.theme.theme import Theme
from tests.fixtures.server import RunningServer

W = TypeVar("W", bound=QWidget)

PROFILE = "platform"
PATIENCE_MS = 15_000


class Person:
    """Uses a console by keys and clicks."""

    def __init__(self, console: Console, qtbot: QtBot, server: RunningServer) -> None:
        self.console, self.qtbot, self.server = console, qtbot, server

    @property
    def page(self) -> SignInPage:
        """The sign-in page."""
        return self.console.signing_in.page

    @property
    def working(self) -> Working:
        """The session on screen."""
        assert self.console.working is not None
        return self.console.working

    def type_sign_in(self, login: str, password: str) -> None:
        """Type name and password and press Enter."""
        page = self.page
        page.login.clear()
        page.password.clear()
        QTest.keyClicks(page.login, login)
        QTest.keyClicks(page.password.edit, password)
        QTest.keyClick(page.password.edit, Qt.Key.Key_Return)

    def sign_in(self, login: str = "admin", password: str = "admin123!") -> Working:
        """Sign in and wait for the work page."""
        self.type_sign_in(login, password)
        self.wait(lambda: self.console.working is not None)
        return self.working

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds."""
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def dialog(self, kind: type[W]) -> W:
        """The open dialog of that kind."""
        found: list[W] = []

        def look() -> bool:
            found[:] = [
                w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()
            ]
            return bool(found)

        self.wait(look)
        return found[0]

    def click(self, button: QWidget) -> None:
        """Press a button."""
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def environment() -> Environment:
    """What the test platform's profile is; a test module or test may override it."""
    return Environment.STAGING


@pytest.fixture
def console(
    theme: Theme, qtbot: QtBot, api_server: RunningServer, environment: Environment
) -> Iterator[Console]:
    """A console on the test platform, its sign-in page on screen."""
    folders = user_folders()
    Profiles(folders.config).save(
        Profile(id=PROFILE, name="Test platform", environment=environment, api_url=api_server.url)
    )
    settings = Settings(folders.config)
    settings.set("last_profile", PROFILE)
    settings.set("language", "en")
    settings.set("theme", "light")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    console = Console(app, folders)
    console.show()
    qtbot.waitExposed(console.parts.window)
    yield console
    _end(console, qtbot)
    use_icons(resource("icons"), theme)
    theme.apply("light")


def _end(console: Console, qtbot: QtBot) -> None:
    console.quit()

    qtbot.waitUntil(lambda: not console.parts.window.isVisible(), timeout=PATIENCE_MS)
    assert console.parts.runner.shutdown(10) == ()
    console.parts.window.deleteLater()
    console.deleteLater()


@pytest.fixture
def person(console: Console, qtbot: QtBot, api_server: RunningServer) -> Person:
    """Someone in front of the console."""
    return Person(console, qtbot, api_server)
