import threading

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.core.paging import PageQuery
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.imports.import_dialog import ImportDialog
from desktop_app.ui.shell.palette import CommandPalette
from desktop_app.ui.signin.new_password import NewPasswordDialog
from desktop_app.ui.signin.resume_dialog import ResumeDialog
from desktop_app.ui.tab import Tab, TabSpec
from desktop_app.ui.tabs.companies import CompaniesTab
from desktop_app.ui.tabs.users import UsersTab
from tests.ui.shell.conftest import Person


def end_all_sessions(person: Person) -> None:
    """No token of before is good any more, neither for access nor for renewal."""
    person.server.documents["sessions"].delete_many({})
    person.server.restart(secret_key="quite another secret, long enough")


class Draft(Tab):
    """A tab with something typed in it."""

    key = "draft"

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)

    @property
    def unsaved(self) -> bool:
        return bool(self.line.text())


def open_draft(person: Person) -> Draft:
    page = person.working.page
    page.specs += (
        TabSpec(key="draft", group="manage", title="Draft", icon="file", operation="", build=Draft),
    )
    page.tabs["draft"] = draft = Draft(page)
    draft.line.setText("half a sentence")
    return draft


TABS_OF_ADMINISTRATORS = (
    "dashboard",
    "users",
    "companies",
    "projects",
    "templates",
    "evaluations",
    "files",
    "migrations",
    "validation",
    "load",
    "settings",
)


def test_only_tabs_of_the_role_are_shown(person: Person) -> None:
    person.sign_in("evaluator1", "test123!")
    page = person.working.page
    assert page.navigation.keys == ("my_evaluations", "settings")
    assert page.current is not None
    assert page.current.key == "my_evaluations"


def test_an_administrator_sees_all_tabs(person: Person) -> None:
    person.sign_in()
    assert person.working.page.navigation.keys == TABS_OF_ADMINISTRATORS


def test_ctrl_and_a_number_goes_to_a_tab(person: Person) -> None:
    person.sign_in()
    window = person.console.parts.window
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    current = person.working.page.current
    assert current is not None
    assert current.key == "users"


def test_a_company_leads_to_its_users(person: Person) -> None:
    page = person.sign_in().page
    page.open_tab("companies")
    companies = page.current
    assert isinstance(companies, CompaniesTab)
    person.wait(lambda: companies.table.select_id("company-test"))
    companies.actions_of_rows.actions["users"].trigger()
    users = page.current
    assert isinstance(users, UsersTab)
    person.wait(lambda: len(users.table.model.items) == 3)


def test_signing_out_revokes_the_session(person: Person) -> None:
    person.sign_in()
    revoked = person.server.documents["sessions"].count_documents({})
    person.working.sign_out()
    person.wait(lambda: person.console.parts.runner.idle)
    assert person.console.working is None
    assert person.page.problem.text() == "You have signed out."
    assert person.server.documents["sessions"].count_documents({}) <= revoked


def test_an_ended_session_is_resumed_over_what_is_on_screen(person: Person) -> None:
    working = person.sign_in()
    draft = open_draft(person)
    end_all_sessions(person)
    answers: list[int] = []
    api = working._signed_in.api
    person.console.parts.runner.start(
        lambda _context: api.users.page(PageQuery()).total,
        owner=working,
        done=answers.append,
    )
    dialog = person.dialog(ResumeDialog)
    assert answers == []
    QTest.keyClicks(dialog.password.edit, "wrong")
    QTest.keyClick(dialog.password.edit, Qt.Key.Key_Return)
    person.wait(lambda: bool(dialog.problem.text()))
    dialog.password.clear()
    QTest.keyClicks(dialog.password.edit, "admin123!")
    QTest.keyClick(dialog.password.edit, Qt.Key.Key_Return)
    person.wait(lambda: answers == [4])
    assert person.console.working is working
    assert draft.line.text() == "half a sentence"


def test_giving_up_a_session_asks_about_unsaved_work(person: Person) -> None:
    person.sign_in()
    open_draft(person)
    person.working._on_expired()
    dialog = person.dialog(ResumeDialog)
    person.click(dialog.leave)
    question = person.dialog(ConfirmDialog)
    question.reject()
    assert person.console.working is not None
    person.click(dialog.leave)
    person.click(person.dialog(ConfirmDialog).action_button)
    person.wait(lambda: person.console.working is None)
    assert person.page.problem.text() == "Your session has ended."


def test_closing_asks_about_running_work_and_stops_it(person: Person) -> None:
    person.sign_in()
    stopped = threading.Event()

    def work(context: TaskContext) -> None:
        try:
            context.wait(60)
        finally:
            stopped.set()

    window = person.console.parts.window
    person.console.parts.runner.start(work, owner=window, title="Import users")
    window.close()
    question = person.dialog(ConfirmDialog)
    question.reject()
    assert window.isVisible()
    window.close()
    person.click(person.dialog(ConfirmDialog).action_button)
    person.wait(lambda: not window.isVisible())
    assert stopped.is_set()


def test_giving_up_a_session_asks_about_running_work(person: Person) -> None:
    person.sign_in()
    task = person.console.parts.runner.start(
        lambda context: context.wait(60),
        owner=person.working,
        title="Load run",
        failed=lambda _error: None,
    )
    person.working._on_expired()
    leave = person.dialog(ResumeDialog).leave
    person.click(leave)
    person.click(person.dialog(ConfirmDialog).cancel_button)
    assert not task.cancelled
    person.click(leave)
    person.click(person.dialog(ConfirmDialog).action_button)
    person.wait(lambda: person.console.working is None)
    assert task.cancelled


def test_a_lost_connection_is_told_and_so_is_its_return(person: Person) -> None:
    working = person.sign_in()
    person.server.stop()
    working.look()
    person.wait(working.page.banner.isVisible)
    person.server.start()
    working.look()
    person.wait(lambda: not working.page.banner.isVisible())
    assert person.console.parts.messages.history[0].text == "The connection is back."


def test_the_theme_is_switched_from_the_palette(person: Person) -> None:
    person.sign_in()
    person.working.show_palette()
    palette = person.dialog(CommandPalette)
    QTest.keyClicks(palette.search, "theme dark")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert person.console.parts.theme.name == "dark"
    assert person.console.parts.settings.get("theme") == "dark"


def test_what_the_tab_in_front_can_do_is_found_in_the_palette(person: Person) -> None:
    person.sign_in()
    person.working.page.open_tab("users")
    person.working.show_palette()
    palette = person.dialog(CommandPalette)
    full = palette.sizeHint().height()
    QTest.keyClicks(palette.search, "import")
    assert palette.sizeHint().height() < full
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    person.dialog(ImportDialog).reject()


def test_ones_own_password_can_be_changed(person: Person) -> None:
    person.sign_in("manager1", "test123!")
    person.working.page.password_asked.emit()
    dialog = person.dialog(NewPasswordDialog)
    QTest.keyClicks(dialog.form.current.edit, "test123!")
    for field in (dialog.form.new, dialog.form.again):
        QTest.keyClicks(field.edit, "a better one")
    person.click(dialog.button)
    messages = person.console.parts.messages
    person.wait(lambda: any("password is changed" in m.text for m in messages.history))


def test_every_tab_survives_a_switch_of_language_and_theme(person: Person) -> None:
    working = person.sign_in()
    for key in working.page.navigation.keys:
        working.page.open_tab(key)
    parts = person.console.parts
    for language, theme in (("ko", "dark"), ("en", "light")):
        parts.settings.set("language", language)
        parts.settings.set("theme", theme)
        assert parts.theme.name == theme
    assert working.page.navigation.keys == TABS_OF_ADMINISTRATORS
