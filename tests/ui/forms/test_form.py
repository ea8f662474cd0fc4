"""A form of a user, filled in by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.problems import Problem
from desktop_app.core.users import USER_FIELDS, check_user
from desktop_app.ui.forms.editors import ChoiceEditor, LineEditor
from desktop_app.ui.forms.form import Form
from desktop_app.ui.forms.reference_editor import ReferenceEditor
from desktop_app.ui.tab import TabTools
from tests.ui.records.stage import compose

COMPANIES = [("c1", "테스트 회사"), ("c2", "시스템 회사")]


def look_up(text: str) -> list[tuple[str, str]]:
    return [entry for entry in COMPANIES if text in entry[1]]


@pytest.fixture
def form(qtbot: QtBot, tools: TabTools) -> Form:
    form = Form(USER_FIELDS, lookups={"companies": look_up}, tools=tools, check=check_user)
    qtbot.addWidget(form)
    with qtbot.waitActive(form):
        form.show()
    return form


def control(form: Form, key: str) -> QWidget:
    return form.editor(key).control


def test_every_kind_of_field_has_a_named_editor(form: Form) -> None:
    for field in USER_FIELDS:
        assert control(form, field.key).accessibleName()


def test_leaving_a_field_tells_its_problem_in_words(qtbot: QtBot, form: Form) -> None:
    control(form, "email").setFocus()
    QTest.keyClicks(control(form, "email"), "nonsense")
    assert form.shown_problem("email") == ""
    QTest.keyClick(control(form, "email"), Qt.Key.Key_Tab)
    assert "name@example.com" in form.shown_problem("email")
    QTest.keyClicks(control(form, "email"), "@example.com")
    assert form.shown_problem("email") == ""


def test_a_problem_leaves_every_editor_its_size(qtbot: QtBot, form: Form) -> None:
    sizes = {}
    for wrong in (False, True):
        for field in USER_FIELDS:
            form.editor(field.key).mark(wrong)
        sizes[wrong] = {
            field.key: control(form, field.key).sizeHint().height() for field in USER_FIELDS
        }
    assert sizes[True] == sizes[False]


def test_tab_goes_through_the_fields_in_order(qtbot: QtBot, form: Form) -> None:
    form.focus_first()
    visited = []
    for _ in USER_FIELDS:
        focused = QApplication.focusWidget()
        assert focused is not None
        visited += [f.key for f in USER_FIELDS if control(form, f.key) is focused]
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert visited == [field.key for field in USER_FIELDS]


def test_changes_hold_only_what_differs(qtbot: QtBot, form: Form) -> None:
    form.set_values({"login_id": "kim", "name": "김철수", "email": "a@b.co", "role": "manager"})
    assert not form.dirty
    QTest.keyClicks(control(form, "profile.phone"), " 02-123-4567 ")
    assert form.changes() == {"profile.phone": "02-123-4567"}
    control(form, "profile.phone").clear()  # type: ignore[attr-defined]
    assert not form.dirty


def test_a_servers_refusal_stands_until_the_field_is_edited(qtbot: QtBot, form: Form) -> None:
    form.set_values({"login_id": "kim", "name": "김", "email": "a@b.co", "role": "admin"})
    form.show_problems([Problem(field="email", code="duplicate")])
    assert QApplication.focusWidget() is control(form, "email")
    QTest.keyClick(control(form, "email"), Qt.Key.Key_Tab)
    assert form.shown_problem("email") == "Another one already has this value."
    QTest.keyClicks(control(form, "email"), "m")
    assert form.shown_problem("email") == ""


def test_choosing_administrator_mends_the_missing_company(qtbot: QtBot, form: Form) -> None:
    form.set_values({"login_id": "kim", "name": "김", "email": "a@b.co", "role": "manager"})
    assert not form.validate()
    assert form.shown_problem("company_id")
    role = form.editor("role")
    assert isinstance(role, ChoiceEditor)
    role.box.setFocus()
    QTest.keyClick(role.box, Qt.Key.Key_Home)
    assert role.value() == "admin"
    role.edited.emit()
    assert form.shown_problem("company_id") == ""


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def label(form: Form, key: str) -> str:
    return form._places[key].label.text()


def test_the_company_is_marked_as_needed_unless_for_an_administrator(form: Form) -> None:
    assert label(form, "company_id") == "Company *"
    role = form.editor("role")
    assert isinstance(role, ChoiceEditor)
    role.box.setCurrentIndex(role.box.findData("admin"))
    role.box.activated.emit(role.box.currentIndex())
    assert label(form, "company_id") == "Company"


def test_what_cannot_be_changed_shows_neither_star_nor_hint_nor_example(form: Form) -> None:
    phone = form.editor("profile.phone")
    assert isinstance(phone, LineEditor)
    assert phone.line.placeholderText()
    form.set_read_only({"login_id", "profile.phone"})
    assert label(form, "login_id") == "Sign-in name"
    assert not form._places["login_id"].note.isVisible()
    assert phone.line.placeholderText() == ""
    form.set_read_only(())
    assert label(form, "login_id") == "Sign-in name *"
    assert form._places["login_id"].note.isVisible()


def test_a_reference_is_found_as_it_is_typed(qtbot: QtBot, form: Form) -> None:
    company = form.editor("company_id")
    assert isinstance(company, ReferenceEditor)
    company.line.setFocus()
    compose(company.line, "시스", commit="시스템")
    popup = company._completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert (form.values()["company_id"], company.label) == ("c2", "시스템 회사")


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_a_name_typed_but_not_chosen_is_a_problem(qtbot: QtBot, form: Form) -> None:
    company = form.editor("company_id")
    assert isinstance(company, ReferenceEditor)
    company.line.setFocus()
    compose(company.line, commit="없는 회사")
    popup = company._completer.popup()
    assert popup is not None
    popup.hide()
    QTest.keyClick(company.line, Qt.Key.Key_Tab)
    assert form.shown_problem("company_id") == "There is no such entry."
    assert form.dirty


def test_markup_in_a_value_stays_text(form: Form) -> None:
    form.set_values({"name": "<img src=x>"})
    editor = form.editor("name")
    assert isinstance(editor, LineEditor)
    assert editor.line.text() == "<img src=x>"
