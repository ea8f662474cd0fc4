from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.config.profiles import LOCAL_PROFILE_ID
from desktop_app.ui.messages import Level
from desktop_app.ui.signin.new_password import NewPasswordPage
from tests.ui.shell.conftest import Person


def test_enter_signs_in_and_opens_the_first_tab(person: Person) -> None:
    working = person.sign_in()
    assert person.console.parts.window.page is working.page
    assert working.page.current is not None
    assert working.page.current.key == "dashboard"
    assert "Test platform" in person.console.parts.window.windowTitle()


def test_enter_in_the_name_goes_on_to_the_password(person: Person) -> None:
    person.page.login.setFocus()
    QTest.keyClicks(person.page.login, "admin")
    QTest.keyClick(person.page.login, Qt.Key.Key_Return)
    assert person.console.working is None
    assert QApplication.focusWidget() is person.page.password.edit


def test_a_wrong_password_is_told_beside_the_form(person: Person) -> None:
    person.type_sign_in("admin", "wrong")
    person.wait(person.page.problem.isVisible)
    assert "wrong" in person.page.problem.text()
    assert person.page.login.text() == "admin"
    assert person.page.button.isEnabled()


def test_a_locked_account_is_told(person: Person) -> None:
    until = datetime.now(UTC) + timedelta(minutes=10)
    person.server.documents["users"].update_one(
        {"login_id": "manager1"}, {"$set": {"locked_until": until, "login_attempts": 5}}
    )
    person.type_sign_in("manager1", "test123!")
    person.wait(person.page.problem.isVisible)
    assert "locked" in person.page.problem.text()


def test_a_server_that_does_not_answer_is_told(person: Person) -> None:
    person.server.stop()
    person.type_sign_in("admin", "admin123!")
    person.wait(person.page.problem.isVisible)
    assert "does not answer" in person.page.problem.text()


def test_without_the_server_one_hears_that_what_was_typed_here_is_kept(person: Person) -> None:
    folder = person.console.parts.folders.data / "journals"
    folder.mkdir(parents=True)
    (folder / "somebody.journal").touch()
    person.server.stop()
    person.type_sign_in("evaluator1", "test123!")
    person.wait(person.page.problem.isVisible)
    assert "Scores typed on this computer are kept" in person.page.problem.text()


def test_the_problem_goes_when_one_types_again(person: Person) -> None:
    person.type_sign_in("admin", "wrong")
    person.wait(person.page.problem.isVisible)
    QTest.keyClicks(person.page.password.edit, "a")
    assert not person.page.problem.isVisible()


def test_a_double_click_signs_in_once(person: Person) -> None:
    asked: list[object] = []
    person.page.sign_in_asked.connect(lambda *_all: asked.append(1))
    person.page.login.setText("admin")
    person.page.password.edit.setText("admin123!")
    person.click(person.page.button)
    person.click(person.page.button)
    QTest.keyClick(person.page.password.edit, Qt.Key.Key_Return)
    person.wait(lambda: person.console.working is not None)
    assert asked == [1]


def test_nothing_is_asked_with_an_empty_password(person: Person) -> None:
    person.page.login.setText("admin")
    person.click(person.page.button)
    assert QApplication.focusWidget() is person.page.password.edit
    assert person.page.button.isEnabled()


def test_the_sign_in_name_is_remembered_per_profile(person: Person) -> None:
    person.sign_in()
    person.working.sign_out()
    person.wait(lambda: person.console.working is None)
    assert person.page.login.text() == "admin"
    assert person.page.password.text() == ""
    person.page.profiles.setCurrentIndex(0)
    assert person.page.login.text() == ""


def test_the_next_person_does_not_read_what_the_last_one_did(person: Person) -> None:
    person.sign_in()
    person.console.parts.messages.post(Level.OK, "2 users added.")
    person.working.sign_out()
    person.wait(lambda: person.console.working is None)
    assert person.console.parts.messages.history == ()


def test_the_password_can_be_shown(person: Person) -> None:
    field = person.page.password
    field.edit.setText("secret")
    field.reveal.trigger()
    assert field.edit.displayText() == "secret"
    field.reveal.trigger()
    assert "secret" not in field.edit.displayText()


@pytest.mark.parametrize(
    ("text", "shift", "warned"),
    [("A", False, True), ("a", False, False), ("A", True, False), ("a", True, True)],
)
def test_caps_lock_is_noticed(person: Person, text: str, shift: bool, warned: bool) -> None:
    field = person.page.password
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    field.edit.setFocus()
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, modifier, text)
    QApplication.sendEvent(field.edit, event)
    assert field.caps_hint.isVisible() is warned


def test_a_password_given_by_others_must_be_changed_first(person: Person) -> None:
    person.server.documents["users"].update_one(
        {"login_id": "manager1"}, {"$set": {"must_change_password": True}}
    )
    person.type_sign_in("manager1", "test123!")
    window = person.console.parts.window
    person.wait(lambda: isinstance(window.page, NewPasswordPage))
    page = window.page
    assert isinstance(page, NewPasswordPage)
    assert not page.button.isEnabled()
    QTest.keyClicks(page.form.new.edit, "a better one")
    assert not page.button.isEnabled()
    QTest.keyClicks(page.form.again.edit, "a better one")
    assert page.button.isEnabled()
    QTest.keyClick(page.form.again.edit, Qt.Key.Key_Return)
    person.wait(lambda: person.console.working is not None)
    assert (
        not person.server.documents["users"].find_one({"login_id": "manager1"})[  # type: ignore[index]
            "must_change_password"
        ]
    )


def test_a_refused_new_password_is_told(person: Person) -> None:
    person.server.documents["users"].update_one(
        {"login_id": "manager1"}, {"$set": {"must_change_password": True}}
    )
    person.type_sign_in("manager1", "test123!")
    window = person.console.parts.window
    person.wait(lambda: isinstance(window.page, NewPasswordPage))
    page = window.page
    assert isinstance(page, NewPasswordPage)
    for field in (page.form.new, page.form.again):
        QTest.keyClicks(field.edit, "password1")
    person.click(page.button)
    person.wait(lambda: bool(page.form.problem.text()))
    assert "guessed" in page.form.problem.text()
    assert page.button.isEnabled()


def test_without_a_keyring_staying_signed_in_is_not_offered(person: Person) -> None:
    person.wait(person.page.no_keyring.isVisible)
    assert not person.page.stay.isVisible()


def test_the_language_is_switched_on_the_page(person: Person) -> None:
    person.page.language.setCurrentIndex(person.page.language.findData("en"))
    person.console.parts.languages.switch("xx", person.console.parts.theme)
    assert person.page.button.text() == "Sign in·Sign in"
    person.console.parts.languages.switch("en", person.console.parts.theme)
    assert person.page.button.text() == "Sign in"


def test_the_local_workspace_is_always_offered(person: Person) -> None:
    assert person.page.profiles.itemData(0) == LOCAL_PROFILE_ID
