"""The dashboard over a real server."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.config.catalogues import use_language
from desktop_app.core.paging import PageQuery
from desktop_app.core.users import Role
from desktop_app.ui.changes import Change
from desktop_app.ui.dashboard.activity_model import WHAT
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.dashboard import DashboardTab
from desktop_app.ui.texts import retranslate_all
from tests.fixtures.server import RunningServer
from tests.ui.dashboard.conftest import OpenFor

WAIT_MS = 10_000


def loaded(qtbot: QtBot, tab: DashboardTab) -> None:
    qtbot.waitUntil(lambda: tab.tiles.tile("users").figure != "–", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: any("Database" in line for line in tab.health.words()), timeout=WAIT_MS)


def activity(tab: DashboardTab) -> list[str]:
    model = tab.activity.model
    return [model.index(row, WHAT).data() for row in range(model.rowCount())]


def test_an_administrator_sees_counts_health_and_activity(open_for: OpenFor, qtbot: QtBot) -> None:
    tab, _signed_in, _opened = open_for("admin")
    loaded(qtbot, tab)
    assert tab.tiles.tile("users").figure == "4"
    assert tab.tiles.tile("companies").figure == "2"
    assert tab.tiles.role_button(Role.MANAGER).text() == "Manager 1"
    assert any(line.startswith("Database running") for line in tab.health.words())
    assert any(line.startswith("Memory") and "%" in line for line in tab.health.words())
    assert any("signed in" in line for line in activity(tab))


def test_tiles_and_roles_open_the_tab_with_its_filters(open_for: OpenFor, qtbot: QtBot) -> None:
    tab, _signed_in, opened = open_for("admin")
    loaded(qtbot, tab)
    tab.tiles.tile("active_users").setFocus()
    qtbot.keyClick(tab.tiles.tile("active_users"), Qt.Key.Key_Space)
    qtbot.mouseClick(tab.tiles.tile("companies"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(tab.tiles.role_button(Role.EVALUATOR), Qt.MouseButton.LeftButton)
    assert opened == [
        ("users", {"is_active": "true"}),
        ("companies", {}),
        ("users", {"role": "evaluator"}),
    ]


def test_what_needs_attention_opens_filters_that_the_list_understands(
    open_for: OpenFor, api_server: RunningServer, qtbot: QtBot
) -> None:
    api_server.insert_users(3)
    tab, signed_in, opened = open_for("admin")
    loaded(qtbot, tab)
    [button] = [b for b in tab.attention.buttons if "no password" in b.text()]
    assert button.text() == "3 users have no password"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    [(key, filters)] = opened
    assert key == "users"
    assert signed_in.api.users.page(PageQuery(filters=filters)).total == 3


def test_a_change_made_elsewhere_shows_soon(
    open_for: OpenFor, tools: TabTools, qtbot: QtBot
) -> None:
    tab, signed_in, _opened = open_for("admin")
    loaded(qtbot, tab)
    [one] = signed_in.api.users.page(PageQuery(q="evaluator1")).items
    signed_in.api.users.change(one.id, {"role": "manager"}, version=one.version)
    tools.changes.tell(Change("users"))
    qtbot.waitUntil(
        lambda: tab.tiles.role_button(Role.MANAGER).text() == "Manager 2", timeout=WAIT_MS
    )
    qtbot.waitUntil(
        lambda: any("role: evaluator → manager" in line for line in activity(tab)),
        timeout=WAIT_MS,
    )


@pytest.mark.logs("desktop_app.*")
def test_without_an_answer_the_old_figures_stay_with_their_time(
    open_for: OpenFor, api_server: RunningServer, qtbot: QtBot
) -> None:
    tab, _signed_in, _opened = open_for("admin")
    loaded(qtbot, tab)
    api_server.stop()
    tab.refresh()
    qtbot.waitUntil(lambda: tab.banner.isVisible(), timeout=WAIT_MS)
    assert "The figures below are those of" in tab.banner.text
    assert tab.tiles.tile("users").figure == "4"
    assert tab.tiles.tile("users").stale
    qtbot.waitUntil(
        lambda: any("Database running when last asked" in line for line in tab.health.words()),
        timeout=WAIT_MS,
    )
    api_server.start()
    tab.refresh()
    qtbot.waitUntil(lambda: not tab.banner.isVisible(), timeout=WAIT_MS)
    assert not tab.tiles.tile("users").stale


def test_a_manager_sees_their_company_and_is_told_what_they_may_not(
    open_for: OpenFor, qtbot: QtBot
) -> None:
    tab, _signed_in, _opened = open_for("manager1")
    loaded(qtbot, tab)
    assert tab.tiles.tile("users").figure == "3"
    words = tab.health.words()
    assert any("Database running" in line for line in words)
    assert not any("Memory" in line or "not measured" in line for line in words)
    assert "Your role sees whether the services run" in words[-1]
    assert not tab.activity.isVisible()


def test_nothing_is_asked_while_the_tab_is_hidden(
    open_for: OpenFor, tools: TabTools, qtbot: QtBot
) -> None:
    tab, _signed_in, _opened = open_for("admin")
    loaded(qtbot, tab)
    tab.hide()
    qtbot.waitUntil(lambda: tools.runner.idle, timeout=WAIT_MS)
    tools.changes.tell(Change("users"))
    assert tools.runner.idle
    assert not tab.timers_run


def test_words_follow_the_language(open_for: OpenFor, qtbot: QtBot) -> None:
    tab, _signed_in, _opened = open_for("admin")
    loaded(qtbot, tab)
    before = tab.tiles.role_button(Role.ADMIN).text()
    use_language("xx")
    retranslate_all()
    after = tab.tiles.role_button(Role.ADMIN).text()
    assert after != before
    assert "1" in after
