"""What tests of lists and forms play on: people signed in to a real server, and their screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.config.profiles import Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.services.session import SessionKeeper, SignedIn
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.tabs.companies import CompaniesTab
from desktop_app.ui.tabs.users import UsersTab
from desktop_app.ui.tasks import TaskRunner
from tests.fixtures.server import RunningServer
from tests.fixtures.window import assert_ended

W = TypeVar("W", bound=QWidget)
SignIn = Callable[..., SignedIn]


@pytest.fixture
def sign_in(api_server: RunningServer, runner: TaskRunner) -> Iterator[SignIn]:
    """Signs a person in; without arguments the administrator.

    A request whose connection is closed beneath it hangs, and loses its socket: what the screens
    still ask when a test ends is answered first.
    """
    keepers: list[SessionKeeper] = []

    def enter(login_id: str = "admin", password: str = "admin123!") -> SignedIn:
        profile = Profile(
            id=f"test-{len(keepers)}",
            name="Test",
            environment=Environment.LOCAL,
            api_url=api_server.url,
            proxy="none",
        )
        keeper = SessionKeeper(profile, Secrets(open_keyring=lambda: None))
        keepers.append(keeper)
        return keeper.sign_in(login_id, password)

    yield enter
    try:
        assert_ended(runner)
    finally:
        for keeper in keepers:
            keeper.close()


@pytest.fixture
def admin(sign_in: SignIn) -> SignedIn:
    """The administrator, signed in."""
    return sign_in()


def users_tab(qtbot: QtBot, who: SignedIn, tools: TabTools) -> UsersTab:
    """The tab of users, shown and loaded."""
    tab = UsersTab(
        users=who.api.users,
        companies=who.api.companies,
        imports=who.api.imports,
        role=who.user.role,
        me=who.user.id,
        tools=tools,
    )
    return show(qtbot, tab)


def companies_tab(qtbot: QtBot, who: SignedIn, tools: TabTools) -> CompaniesTab:
    """The tab of companies, shown and loaded."""
    tab = CompaniesTab(
        companies=who.api.companies,
        users=who.api.users,
        imports=who.api.imports,
        role=who.user.role,
        tools=tools,
    )
    return show(qtbot, tab)


Tab = TypeVar("Tab", UsersTab, CompaniesTab)


def show(qtbot: QtBot, tab: Tab) -> Tab:
    """Show a tab and wait for its first page."""
    qtbot.addWidget(tab)
    tab.resize(1100, 640)
    tab.show()
    tab.activated()
    settle(qtbot, tab.table)
    return tab


def settle(qtbot: QtBot, table: PagedTable[Any]) -> None:
    """Wait until the table has the answer to its question."""
    qtbot.waitUntil(lambda: not table.busy, timeout=15_000)


def idle(qtbot: QtBot, tools: TabTools) -> None:
    """Wait until nothing runs in the background."""
    qtbot.waitUntil(lambda: tools.runner.idle)


def dialog(qtbot: QtBot, kind: type[W]) -> W:
    """The dialog of this kind, once it is in front."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    return found


def gone(qtbot: QtBot) -> None:
    """Wait until no dialog is open."""
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def names(table: PagedTable[Any]) -> list[str]:
    """The first column of the page shown."""
    return [table.columns[0].shown(item) for item in table.model.items]


def compose(widget: QWidget, *preedits: str, commit: str = "") -> None:
    """Compose a syllable as an input method does, then commit it (if ``commit``)."""
    for preedit in preedits:
        QApplication.sendEvent(widget, QInputMethodEvent(preedit, []))
    if commit:
        event = QInputMethodEvent("", [])
        event.setCommitString(commit)
        QApplication.sendEvent(widget, event)
