"""Editing users: what is sent, what happens when someone else was faster, or nobody answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.core.users import User
from desktop_app.services.session import SignedIn
from desktop_app.ui.dialogs.conflict_dialog import ConflictDialog
from desktop_app.ui.dialogs.edit_dialog import EditDialog
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.users import UsersTab
from tests.fixtures.server import RunningServer
from tests.ui.records.stage import dialog, gone, settle, users_tab


@pytest.fixture
def tab(qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools) -> UsersTab:
    return users_tab(qtbot, admin, tools)


def row(tab: UsersTab, login_id: str) -> User:
    return next(user for user in tab.table.model.items if user.login_id == login_id)


def open_form(qtbot: QtBot, tab: UsersTab, login_id: str) -> EditDialog[User]:
    """Open a user by Enter in the table."""
    tab.table.view.setFocus()
    assert tab.table.select_id(row(tab, login_id).id)
    QTest.keyClick(tab.table.view, Qt.Key.Key_Return)
    form = dialog(qtbot, EditDialog)
    qtbot.waitUntil(form.isActiveWindow)
    return form


def retype(form: EditDialog[User], key: str, text: str) -> None:
    line = form.form.editor(key).control
    assert isinstance(line, QLineEdit)
    line.selectAll()
    line.insert(text)


def stored(server: RunningServer, login_id: str) -> dict[str, Any]:
    found = server.documents["users"].find_one({"login_id": login_id})
    assert found is not None
    return found


def test_only_the_changed_field_is_sent(
    qtbot: QtBot, tab: UsersTab, api_server: RunningServer, tools: TabTools
) -> None:
    form = open_form(qtbot, tab, "manager1")
    retype(form, "profile.phone", "02-123-4567")
    QTest.keyClick(form, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot)
    assert tools.messages.history[0].text == "테스트 관리자 (manager1): changes saved."
    assert stored(api_server, "manager1")["profile"]["phone"] == "02-123-4567"
    entry = api_server.documents["audit_log"].find_one({"operation": "users.change"})
    assert entry is not None
    assert list(entry["changes"]) == ["profile.phone"]
    settle(qtbot, tab.table)
    assert [user.login_id for user in tab.table.selected()] == ["manager1"]
    assert row(tab, "manager1").version == 2


def test_saving_without_changes_sends_nothing(
    qtbot: QtBot, tab: UsersTab, api_server: RunningServer
) -> None:
    form = open_form(qtbot, tab, "manager1")
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert stored(api_server, "manager1")["version"] == 1


def test_on_locked_production_the_form_is_read_and_unlocked_from_there(
    qtbot: QtBot, admin: SignedIn, tools: TabTools, api_server: RunningServer
) -> None:
    guard = WriteGuard("Live", protected=True)
    tab = users_tab(qtbot, admin, replace(tools, guard=guard))
    form = open_form(qtbot, tab, "manager1")
    line = form.form.editor("profile.phone").control
    assert isinstance(line, QLineEdit)
    assert "“Live” is a production system" in form.banner.text
    assert line.isReadOnly()
    assert not form.save_button.isEnabled()

    QTest.mouseClick(form.banner.button, Qt.MouseButton.LeftButton)
    unlock = dialog(qtbot, UnlockDialog)
    QTest.keyClicks(unlock.typed, "Live")
    QTest.mouseClick(unlock.unlock_button, Qt.MouseButton.LeftButton)
    assert not form.banner.isVisible()
    assert not line.isReadOnly()
    retype(form, "profile.phone", "02-123-4567")

    guard.lock()  # as it does when the time is over: what is typed stays
    assert line.text() == "02-123-4567"
    assert not line.isReadOnly()
    assert not form.save_button.isEnabled()
    guard.unlock("Live", 5)
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert stored(api_server, "manager1")["profile"]["phone"] == "02-123-4567"
    settle(qtbot, tab.table)


def test_a_conflict_in_two_windows_is_resolved_field_by_field(
    qtbot: QtBot, tab: UsersTab, admin: SignedIn, api_server: RunningServer
) -> None:
    form = open_form(qtbot, tab, "manager1")
    retype(form, "name", "김나")
    retype(form, "profile.phone", "02-111-1111")
    other = row(tab, "manager1")
    theirs = {"name": "박너", "profile.department": "평가팀"}
    admin.api.users.change(other.id, theirs, version=other.version)
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    conflict = dialog(qtbot, ConflictDialog)
    assert [part.key for part in conflict._merge.conflicts] == ["name"]
    assert not conflict.save_button.isEnabled()
    QTest.mouseClick(conflict._groups["name"].buttons()[1], Qt.MouseButton.LeftButton)
    QTest.mouseClick(conflict.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    now = stored(api_server, "manager1")
    assert now["name"] == "박너"
    assert now["profile"]["phone"] == "02-111-1111"
    assert now["profile"]["department"] == "평가팀"
    assert now["version"] == 3


def test_a_second_conflict_while_resolving_the_first_is_shown_again(
    qtbot: QtBot, tab: UsersTab, admin: SignedIn, api_server: RunningServer
) -> None:
    form = open_form(qtbot, tab, "manager1")
    retype(form, "name", "김나")
    user_id = row(tab, "manager1").id
    admin.api.users.change(user_id, {"name": "박너"}, version=1)
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    first = dialog(qtbot, ConflictDialog)
    QTest.mouseClick(first._groups["name"].buttons()[0], Qt.MouseButton.LeftButton)
    admin.api.users.change(user_id, {"name": "이셋"}, version=2)
    QTest.mouseClick(first.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog(qtbot, ConflictDialog) is not first)
    second = dialog(qtbot, ConflictDialog)
    part = second._merge.conflicts[0]
    assert (part.base, part.mine, part.theirs) == ("박너", "김나", "이셋")
    QTest.mouseClick(second._groups["name"].buttons()[0], Qt.MouseButton.LeftButton)
    QTest.mouseClick(second.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert stored(api_server, "manager1")["name"] == "김나"


def test_a_server_that_is_down_keeps_the_form(
    qtbot: QtBot, tab: UsersTab, api_server: RunningServer
) -> None:
    form = open_form(qtbot, tab, "manager1")
    retype(form, "name", "홍길동")
    api_server.stop()
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(form.banner.isVisible, timeout=15_000)
    assert "What you typed is still here" in form.banner.text
    assert form.form.values()["name"] == "홍길동"
    api_server.restart()
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert stored(api_server, "manager1")["name"] == "홍길동"


def test_someone_deleted_meanwhile_is_told_and_the_form_kept(
    qtbot: QtBot, tab: UsersTab, admin: SignedIn
) -> None:
    form = open_form(qtbot, tab, "evaluator1")
    retype(form, "name", "홍길동")
    admin.api.users.delete(row(tab, "evaluator1").id, version=1)
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(form.banner.isVisible)
    assert "deleted" in form.banner.text
    form.done(0)


def test_the_sign_in_name_and_ones_own_role_cannot_be_changed(qtbot: QtBot, tab: UsersTab) -> None:
    form = open_form(qtbot, tab, "admin")
    login = form.form.editor("login_id").control
    assert isinstance(login, QLineEdit)
    assert login.isReadOnly()
    assert not form.form.editor("role").control.isEnabled()
    form.done(0)
