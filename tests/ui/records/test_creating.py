"""Creating users and companies in the window, against a real server."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.services.session import SignedIn
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.edit_dialog import EditDialog
from desktop_app.ui.dialogs.secret_dialog import SecretDialog
from desktop_app.ui.forms.reference_editor import ReferenceEditor
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.users import UsersTab
from tests.fixtures.server import RunningServer
from tests.ui.records.stage import companies_tab, compose, dialog, gone, settle, users_tab


@pytest.fixture
def tab(qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools) -> UsersTab:
    return users_tab(qtbot, admin, tools)


def control(form: EditDialog, key: str) -> QWidget:  # type: ignore[type-arg]
    return form.form.editor(key).control


def fill_in(qtbot: QtBot, form: EditDialog, login_id: str = "hong") -> None:  # type: ignore[type-arg]
    """Type a new user of the company of the initial data."""
    QTest.keyClicks(control(form, "login_id"), login_id)
    compose(control(form, "name"), "호", "홍", commit="홍길동")
    QTest.keyClicks(control(form, "email"), f"{login_id}@example.com")
    company = form.form.editor("company_id")
    assert isinstance(company, ReferenceEditor)
    compose(company.line, commit="테스트 회사")
    qtbot.waitUntil(lambda: company.value() is not None or bool(company._found))
    if company.value() is None:
        company.choose(*company._found[0])


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_a_new_user_starts_with_a_password_shown_once(
    qtbot: QtBot, tab: UsersTab, api_server: RunningServer, tools: TabTools
) -> None:
    QTest.keyClick(tab, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    form = dialog(qtbot, EditDialog)
    fill_in(qtbot, form)
    QTest.keyClick(control(form, "email"), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    secret = dialog(qtbot, SecretDialog)
    assert tools.messages.history[0].text == "홍길동 (hong) added."
    password = secret.field.text()
    assert len(password) >= 12
    assert secret.field.echoMode() is QLineEdit.EchoMode.Password
    QTest.mouseClick(secret.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == password
    secret._clipboard.clear()
    assert QGuiApplication.clipboard().text() == ""
    QTest.keyClick(secret, Qt.Key.Key_Escape)
    gone(qtbot)
    settle(qtbot, tab.table)
    assert [user.login_id for user in tab.table.selected()] == ["hong"]
    stored = api_server.documents["users"].find_one({"login_id": "hong"})
    assert stored is not None
    assert (stored["name"], stored["company_id"]) == ("홍길동", "company-test")


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_a_double_click_on_create_makes_one_user(
    qtbot: QtBot, tab: UsersTab, api_server: RunningServer
) -> None:
    tab.add()
    form = dialog(qtbot, EditDialog)
    fill_in(qtbot, form)
    form.save_button.click()
    QTest.mouseDClick(form.save_button, Qt.MouseButton.LeftButton)
    form.save()
    secret = dialog(qtbot, SecretDialog)
    secret.show_button.click()
    secret.reject()
    gone(qtbot)
    assert api_server.documents["users"].count_documents({"login_id": "hong"}) == 1
    assert api_server.documents["users"].count_documents({}) == 5


def test_closing_without_noting_the_password_asks_first(
    qtbot: QtBot, tab: UsersTab, admin: SignedIn
) -> None:
    tab._show_password(tab.table.model.items[0], "secret-one")
    secret = dialog(qtbot, SecretDialog)
    QTest.keyClick(secret, Qt.Key.Key_Escape)
    question = dialog(qtbot, ConfirmDialog)
    QTest.mouseClick(question.cancel_button, Qt.MouseButton.LeftButton)
    assert dialog(qtbot, SecretDialog).field.text() == "secret-one"
    secret.close()
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_a_name_taken_is_told_under_its_field(qtbot: QtBot, tab: UsersTab) -> None:
    tab.add()
    form = dialog(qtbot, EditDialog)
    fill_in(qtbot, form, login_id="manager1")
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(form.form.shown_problem("login_id")))
    assert form.form.shown_problem("login_id") == "Another one already has this value."
    assert control(form, "login_id").hasFocus()
    assert control(form, "name").text() == "홍길동"  # type: ignore[attr-defined]
    form.done(0)


def test_what_is_missing_is_told_before_anything_is_sent(qtbot: QtBot, tab: UsersTab) -> None:
    tab.add()
    form = dialog(qtbot, EditDialog)
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    assert form.form.shown_problem("login_id") == "This is needed."
    assert form.form.shown_problem("company_id")
    QTest.keyClick(form, Qt.Key.Key_Escape)
    gone(qtbot)


def test_escape_asks_before_typed_text_is_lost(qtbot: QtBot, tab: UsersTab) -> None:
    tab.add()
    form = dialog(qtbot, EditDialog)
    QTest.keyClicks(control(form, "login_id"), "hong")
    QTest.keyClick(form, Qt.Key.Key_Escape)
    question = dialog(qtbot, ConfirmDialog)
    assert question.action_button.text() == "Discard changes"
    QTest.keyClick(question, Qt.Key.Key_Escape)
    assert dialog(qtbot, EditDialog).form.values()["login_id"] == "hong"
    form.close()
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)


def test_a_company_is_made_with_its_number_formatted(
    qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools
) -> None:
    companies = companies_tab(qtbot, admin, tools)
    QTest.mouseClick(companies.new_button, Qt.MouseButton.LeftButton)
    form = dialog(qtbot, EditDialog)
    compose(control(form, "name"), commit="한국 평가원")
    QTest.keyClicks(control(form, "business_number"), "1234567890")
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    assert "check digit" in form.form.shown_problem("business_number")
    QTest.keyClick(control(form, "business_number"), Qt.Key.Key_Backspace)
    QTest.keyClicks(control(form, "business_number"), "1")
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    stored = api_server.documents["companies"].find_one({"name": "한국 평가원"})
    assert stored is not None
    assert stored["business_number"] == "123-45-67891"


def test_a_click_on_cancel_is_not_lost_to_words_that_appear(qtbot: QtBot, tab: UsersTab) -> None:
    tab.add()
    form = dialog(qtbot, EditDialog)
    qtbot.waitUntil(form.isActiveWindow)
    height = form.height()
    QTest.mousePress(form.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(form.form._release.isActive)
    with qtbot.waitSignal(form.form._release.timeout):
        pass
    assert form.form.shown_problem("login_id") == ""
    assert form.height() == height
    QTest.mouseRelease(form.cancel_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
