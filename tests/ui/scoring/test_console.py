"""Score entry in the whole console, on a computer without a keyring: sessions come and go."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.ui.scoring.sheet_form import SheetForm
from desktop_app.ui.signin.resume_dialog import ResumeDialog
from desktop_app.ui.tabs.my_evaluations import MyEvaluationsTab
from tests.backend.hall import PASSWORD, Hall
from tests.ui.shell.conftest import Person, console, environment, person

__all__ = ["console", "environment", "person"]


def my_tab(person: Person) -> MyEvaluationsTab:
    """The tab that an evaluator begins with."""
    tab = person.working.page.current
    assert isinstance(tab, MyEvaluationsTab)
    person.wait(lambda: tab.courier is not None and tab.courier.idle and tab.courier.loaded)
    return tab


def opened(person: Person, id_: str) -> SheetForm:
    """A sheet, opened."""
    tab = my_tab(person)
    tab.open_sheet(id_)
    person.wait(lambda: tab.page.form is not None)
    assert tab.page.form is not None
    return tab.page.form


def on_disk(person: Person) -> None:
    """Wait until the journal has everything."""
    scoring = person.working.scoring
    assert scoring is not None
    person.wait(lambda: scoring.on_disk)


def test_what_was_typed_without_the_server_is_there_in_the_next_session(
    hall: Hall, person: Person
) -> None:
    id_ = hall.sheet()
    person.sign_in("evaluator1", PASSWORD)
    form = opened(person, id_)
    hall.server.stop()
    form.rows[0].score.setText("80")
    form.rows[1].score.setText("9x")
    on_disk(person)
    assert not person.working.unsaved
    person.working.sign_out()
    person.wait(lambda: person.console.working is None)
    person.wait(lambda: person.console.parts.runner.idle)
    hall.server.start()
    person.sign_in("eva2", PASSWORD)
    assert my_tab(person).session.desk is not None
    assert list(my_tab(person).session.desk or ()) == []
    person.working.sign_out()
    person.wait(lambda: person.console.working is None)
    person.sign_in("evaluator1", PASSWORD)
    form = opened(person, id_)
    assert [row.score.text() for row in form.rows[:2]] == ["80", "9x"]
    person.wait(lambda: bool(hall.kept(id_)["scores"]))
    assert hall.kept(id_)["scores"][0]["score"] == 80


def test_an_ended_session_asks_to_sign_in_again_over_the_form(hall: Hall, person: Person) -> None:
    id_ = hall.sheet()
    person.sign_in("evaluator1", PASSWORD)
    form = opened(person, id_)
    hall.server.documents["users"].update_one(
        {"_id": "user-evaluator1"}, {"$inc": {"session_epoch": 1}}
    )
    for cache in hall.server.platform.sessions.caches:
        cache.clear()
    form.rows[0].score.setText("80")
    dialog = person.dialog(ResumeDialog)
    assert form.rows[0].score.text() == "80"
    QTest.keyClicks(dialog.password.edit, PASSWORD)
    QTest.keyClick(dialog.password.edit, Qt.Key.Key_Return)
    person.wait(lambda: bool(hall.kept(id_)["scores"]))
    assert form.rows[0].score.text() == "80"


def test_closing_the_console_sends_what_was_typed_last(hall: Hall, person: Person) -> None:
    id_ = hall.sheet()
    person.sign_in("evaluator1", PASSWORD)
    form = opened(person, id_)
    form.rows[0].score.setText("75")
    person.console.close()
    person.wait(lambda: not person.console.parts.window.isVisible())
    assert hall.kept(id_)["scores"][0]["score"] == 75


def test_the_list_has_the_keyboard_after_signing_in(hall: Hall, person: Person) -> None:
    hall.sheet()
    person.sign_in("evaluator1", PASSWORD)
    tab = my_tab(person)
    person.wait(tab.list.view.hasFocus)
