"""What can be done with selected users and companies, by whom, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.config.catalogues import use_language
from desktop_app.services.session import SignedIn
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.edit_dialog import EditDialog
from desktop_app.ui.dialogs.outcome_dialog import OutcomeDialog
from desktop_app.ui.dialogs.secret_dialog import SecretDialog
from desktop_app.ui.exports.export_dialog import ExportDialog
from desktop_app.ui.imports.import_dialog import ImportDialog
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.companies import CompaniesTab
from desktop_app.ui.tabs.users import UsersTab
from desktop_app.ui.texts import retranslate_all
from tests.fixtures.server import RunningServer
from tests.ui.records.stage import (
    SignIn,
    companies_tab,
    dialog,
    gone,
    idle,
    settle,
    users_tab,
)


@pytest.fixture
def tab(qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools) -> UsersTab:
    return users_tab(qtbot, admin, tools)


def select(tab: UsersTab | CompaniesTab, ids: Iterable[str]) -> None:
    selection = tab.table.view.selectionModel()
    selection.clearSelection()
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for item_id in ids:
        row = tab.table.model.row_of(item_id)
        assert row is not None, item_id
        selection.select(tab.table.model.index(row, 0), rows)


def by_login(tab: UsersTab, *logins: str) -> list[str]:
    return [user.id for user in tab.table.model.items if user.login_id in logins]


def enabled(tab: UsersTab | CompaniesTab) -> set[str]:
    actions = tab.actions_of_rows.actions
    return {action_id for action_id, action in actions.items() if action.isEnabled()}


def test_several_users_are_deleted_by_a_button_that_says_so(
    qtbot: QtBot, tab: UsersTab, api_server: RunningServer
) -> None:
    select(tab, by_login(tab, "evaluator1", "secretary1"))
    tab.table.view.setFocus()
    QTest.keyClick(tab.table.view, Qt.Key.Key_Delete)
    question = dialog(qtbot, ConfirmDialog)
    assert question.action_button.text() == "Delete 2 users"
    assert question.cancel_button.isDefault()
    QTest.mouseClick(question.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: api_server.documents["users"].count_documents({}) == 2)
    qtbot.waitUntil(lambda: len(tab.table.model.items) == 2)


def test_what_is_in_use_is_kept_told_and_deactivated_instead(
    qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools
) -> None:
    companies = companies_tab(qtbot, admin, tools)
    select(companies, ["company-test"])
    companies.actions_of_rows.actions["delete"].trigger()
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    told = dialog(qtbot, OutcomeDialog)
    assert told.text_at(0, 0) == "테스트 회사"
    assert "In use by 3 users" in told.text_at(0, 1)
    assert told.instead_button.text() == "Deactivate 1 company instead"
    QTest.mouseClick(told.instead_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    idle(qtbot, tools)
    stored = api_server.documents["companies"].find_one({"_id": "company-test"})
    assert stored is not None
    assert not stored["is_active"]


def test_one_stale_entry_does_not_stop_the_others(
    qtbot: QtBot, tab: UsersTab, admin: SignedIn, api_server: RunningServer
) -> None:
    [manager] = by_login(tab, "manager1")
    admin.api.users.change(manager, {"name": "새 이름"}, version=1)
    select(tab, by_login(tab, "manager1", "evaluator1"))
    tab.actions_of_rows.run("deactivate")
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    told = dialog(qtbot, OutcomeDialog)
    assert told.table.rowCount() == 1
    assert "Someone else changed it" in told.text_at(0, 1)
    told.reject()
    inactive = api_server.documents["users"].find({"is_active": False}).to_list()
    assert [user["login_id"] for user in inactive] == ["evaluator1"]


def test_a_stale_entry_is_read_anew_so_that_a_second_try_succeeds(
    qtbot: QtBot, tab: UsersTab, admin: SignedIn, api_server: RunningServer
) -> None:
    [manager] = by_login(tab, "manager1")
    admin.api.users.change(manager, {"name": "새 이름"}, version=1)
    for tries in (1, 2):
        select(tab, [manager])
        tab.actions_of_rows.run("delete")
        QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
        if tries == 1:
            dialog(qtbot, OutcomeDialog).reject()
            gone(qtbot)
            qtbot.waitUntil(lambda: any(u.name == "새 이름" for u in tab.table.model.items))
    qtbot.waitUntil(lambda: not by_login(tab, "manager1"))
    assert api_server.documents["users"].find_one({"_id": manager}) is None


def test_ones_own_account_is_neither_deleted_nor_deactivated(tab: UsersTab) -> None:
    select(tab, by_login(tab, "admin"))
    assert enabled(tab) == {"edit"}
    tip = tab.actions_of_rows.actions["delete"].toolTip()
    assert tip == "You cannot do this to your own account."


def test_a_password_is_reset_and_shown_once(
    qtbot: QtBot, tab: UsersTab, sign_in: SignIn, tools: TabTools
) -> None:
    select(tab, by_login(tab, "evaluator1"))
    tab.actions_of_rows.actions["reset_password"].trigger()
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    secret = dialog(qtbot, SecretDialog)
    password = secret.field.text()
    said = tools.messages.history[0].text
    assert said == "The password of 테스트 평가자 (evaluator1) was reset."
    secret.show_button.click()
    secret.reject()
    gone(qtbot)
    assert sign_in("evaluator1", password).user.must_change_password


def test_a_locked_account_is_unlocked(
    qtbot: QtBot, tab: UsersTab, api_server: RunningServer, tools: TabTools
) -> None:
    until = datetime.now(UTC) + timedelta(minutes=30)
    api_server.documents["users"].update_one(
        {"login_id": "evaluator1"}, {"$set": {"locked_until": until}}
    )
    tab.refresh()
    settle(qtbot, tab.table)
    select(tab, by_login(tab, "evaluator1"))
    assert "unlock" in enabled(tab)
    unlock = tab.actions_of_rows.actions["unlock"]
    button = next(b for b in tab.findChildren(QToolButton) if b.defaultAction() is unlock)
    bar = tab.table.selection_bar.findChildren(QToolButton)
    assert [b for b in bar if b.isVisible()][-1] is button  # nothing moves when it goes
    button.setFocus()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    idle(qtbot, tools)
    settle(qtbot, tab.table)
    assert not button.isVisible()
    assert tab.table.view.hasFocus()
    user = api_server.documents["users"].find_one({"login_id": "evaluator1"})
    assert user is not None
    assert user["locked_until"] is None


def test_buttons_without_room_for_words_show_their_icons(qtbot: QtBot, tab: UsersTab) -> None:
    select(tab, by_login(tab, "evaluator1"))
    bar = tab.table.selection_bar

    def fits(style: Qt.ToolButtonStyle) -> bool:
        buttons = [button for button in bar.findChildren(QToolButton) if button.isVisible()]
        return all(
            b.toolButtonStyle() == style and b.width() >= b.sizeHint().width() for b in buttons
        )

    tab.resize(760, 600)
    qtbot.waitUntil(lambda: fits(Qt.ToolButtonStyle.ToolButtonIconOnly))
    assert all(button.toolTip() for button in bar.findChildren(QToolButton))
    tab.resize(1500, 600)
    qtbot.waitUntil(lambda: fits(Qt.ToolButtonStyle.ToolButtonTextBesideIcon))


def test_a_manager_sees_their_company_and_no_actions_on_users(
    qtbot: QtBot, sign_in: SignIn, tools: TabTools
) -> None:
    manager = sign_in("manager1", "test123!")
    tab = users_tab(qtbot, manager, tools)
    assert {u.login_id for u in tab.table.model.items} == {"manager1", "secretary1", "evaluator1"}
    assert tab.actions_of_rows.actions == {}
    assert not tab.new_button.isVisible()
    assert not tab.import_button.isVisible()
    tab.edit(tab.table.model.items[0])
    form = dialog(qtbot, EditDialog)
    assert not form.save_button.isVisible()
    form.reject()
    gone(qtbot)
    companies = companies_tab(qtbot, manager, tools)
    assert set(companies.actions_of_rows.actions) == {"edit", "users"}


def test_a_locked_production_system_refuses_writes_and_says_why(
    qtbot: QtBot, admin: SignedIn, tools: TabTools
) -> None:
    guard = WriteGuard("Live", protected=True)
    locked = TabTools(
        runner=tools.runner,
        messages=tools.messages,
        changes=tools.changes,
        theme=tools.theme,
        settings=tools.settings,
        state=tools.state,
        guard=guard,
    )
    tab = users_tab(qtbot, admin, locked)
    select(tab, by_login(tab, "evaluator1"))
    assert enabled(tab) == set()
    assert "Live" in tab.actions_of_rows.actions["delete"].toolTip()
    assert not tab.new_button.isEnabled()
    assert tab.import_button.isEnabled()
    guard.unlock("Live", 5)
    assert "delete" in enabled(tab)
    assert tab.new_button.isEnabled()


def test_the_users_of_a_company_are_asked_for(
    qtbot: QtBot, admin: SignedIn, tools: TabTools
) -> None:
    companies = companies_tab(qtbot, admin, tools)
    select(companies, ["company-test"])
    with qtbot.waitSignal(companies.open_requested) as asked:
        companies.actions_of_rows.actions["users"].trigger()
    key, filters = asked.args
    assert key == "users"
    users = users_tab(qtbot, admin, tools)
    users.show_filtered(filters)
    settle(qtbot, users.table)
    assert len(users.table.model.items) == 3
    qtbot.waitUntil(lambda: users.table.filter_bar.value_text("company_id") == "테스트 회사")


def test_a_switch_of_language_rewords_everything(tab: UsersTab) -> None:
    use_language("xx")
    retranslate_all()
    header = tab.table.model.headerData(0, Qt.Orientation.Horizontal)
    assert header != "Name"
    assert tab.new_button.text() != "New user"
    use_language("en")
    retranslate_all()
    assert tab.new_button.text() == "New user"
    assert tab.table.model.headerData(0, Qt.Orientation.Horizontal) == "Name"


def test_import_and_export_open_from_the_head_of_the_page(qtbot: QtBot, tab: UsersTab) -> None:
    for button, kind in ((tab.import_button, ImportDialog), (tab.export_button, ExportDialog)):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        dialog(qtbot, kind).reject()
        gone(qtbot)


def test_a_switch_of_theme_recolours_states(tab: UsersTab, tools: TabTools) -> None:
    light = tab.table.view.grab().toImage()
    tools.theme.apply("dark")
    dark = tab.table.view.grab().toImage()
    corner = light.width() // 2, light.height() - 20
    assert light.pixelColor(*corner).lightness() > 200
    assert dark.pixelColor(*corner).lightness() < 60


def test_a_first_page_that_cannot_be_loaded_is_tried_again(
    qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools
) -> None:
    api_server.stop()
    tab = users_tab(qtbot, admin, tools)
    assert "does not answer" in tab.table.empty.heading
    api_server.restart()
    QTest.mouseClick(tab.table.empty.button, Qt.MouseButton.LeftButton)
    settle(qtbot, tab.table)
    assert tab.table.stack.currentWidget() is tab.table.view
