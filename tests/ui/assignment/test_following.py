"""Conflicts of interest, progress with reminders, and the list of sheets."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.services.session import SignedIn
from desktop_app.ui.assignment.conflicts_dialog import ConflictsDialog
from desktop_app.ui.assignment.progress_dialog import ProgressDialog
from desktop_app.ui.assignment.sheet_dialog import SheetDialog
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.form_dialog import FormDialog
from desktop_app.ui.exports.export_dialog import ExportDialog
from desktop_app.ui.forms.editors import MultilineEditor
from desktop_app.ui.forms.reference_editor import ReferenceEditor
from desktop_app.ui.tab import TabTools
from tests.fixtures.server import RunningServer
from tests.ui.assignment.floor import FULL, Floor, build, evaluations_tab, go_to, loaded
from tests.ui.records.stage import SignIn, dialog, gone


@pytest.fixture
def floor(api_server: RunningServer, admin: SignedIn, sign_in: SignIn) -> Floor:
    return build(api_server, admin, sign_in, companies=6, evaluators=4)


def test_a_conflict_is_declared_for_an_evaluator_and_withdrawn(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    QTest.mouseClick(tab.assignment.tools.conflicts_button, Qt.MouseButton.LeftButton)
    shown = dialog(qtbot, ConflictsDialog)
    qtbot.waitUntil(lambda: not shown.table.busy)
    assert shown.table.empty.heading == "No conflicts declared"
    QTest.mouseClick(shown.declare_button, Qt.MouseButton.LeftButton)
    form = dialog(qtbot, FormDialog)
    for key, entry in (
        ("evaluator_id", (floor.evaluators[2], "평가위원 2")),
        ("company_id", (floor.companies[4], "후보 기업 004")),
    ):
        cast(ReferenceEditor, form.form.editor(key)).choose(*entry)
    QTest.keyClicks(cast(MultilineEditor, form.form.editor("reason")).text, "Adviser")
    QTest.mouseClick(form.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown.table.model.items) == 1)
    row = shown.table.model.items[0]
    assert (row.evaluator, row.company, row.conflict.reason) == (
        "평가위원 2",
        "후보 기업 004",
        "Adviser",
    )
    loaded(qtbot, tab, tools)
    shown.table.view.selectRow(0)
    shown.actions_of_rows.run("withdraw")
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not shown.table.model.items)
    shown.reject()
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert floor.admin.api.projects.matrix(floor.project_id).conflicts == ()


def test_a_conflict_is_declared_at_a_cell_with_both_sides_filled_in(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 4, 2)
    tab.assignment.actions_of_cells.run("declare")
    form = dialog(qtbot, FormDialog)
    values = form.form.values()
    assert (values["company_id"], values["evaluator_id"]) == (
        floor.companies[4],
        floor.evaluators[2],
    )
    QTest.keyClicks(cast(MultilineEditor, form.form.editor("reason")).text, "Adviser")
    QTest.mouseClick(form.action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    [conflict] = floor.admin.api.projects.matrix(floor.project_id).conflicts
    assert conflict.evaluator_id == floor.evaluators[2]


def test_who_has_not_submitted_is_listed_reminded_and_addressed(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    first, *_others = floor.assign((1, 1), (2, 1), (1, 2), (2, 3))
    floor.write(first, FULL, submit=True)
    [last] = [s for s in floor.sheets() if floor.place(s) == (2, 3)]
    floor.write(last, FULL, submit=True)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    QTest.mouseClick(tab.assignment.tools.progress_button, Qt.MouseButton.LeftButton)
    shown = dialog(qtbot, ProgressDialog)
    qtbot.waitUntil(lambda: not shown.table.busy)
    people = {p.person.name: (p.done, p.all, len(p.open)) for p in shown.table.model.items}
    assert people == {"평가위원 1": (1, 2, 1), "평가위원 2": (0, 1, 1)}
    QTest.mouseClick(shown.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert set(copied.split("; ")) == {"e1@example.com", "e2@example.com"}
    QGuiApplication.clipboard().clear()
    shown.table.view.selectAll()
    shown.actions_of_rows.run("remind")
    qtbot.waitUntil(lambda: all(p.reminded_at is not None for p in shown.table.model.items))
    QTest.mouseClick(shown.waiting_only, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown.table.model.items) == 4)
    shown.reject()
    gone(qtbot)
    loaded(qtbot, tab, tools)
    reminded = {floor.place(s): s.reminded_at is not None for s in floor.sheets()}
    assert reminded == {(1, 1): False, (1, 2): True, (2, 1): True, (2, 3): False}


def test_the_sheets_are_filtered_opened_and_exported(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    first, *_others = floor.assign((1, 1), (2, 1), (1, 2))
    floor.write(first, FULL, submit=True)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    tab.pages.setCurrentWidget(tab.sheets)
    table = tab.sheets.table
    qtbot.waitUntil(lambda: len(table.model.items) == 3)
    table.filter_bar.set("status", "submitted")
    qtbot.waitUntil(lambda: len(table.model.items) == 1)
    table.view.setFocus()
    table.view.selectRow(0)
    assert tab.sheets.actions_of_rows.actions["confirm"].isEnabled()
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    shown = dialog(qtbot, SheetDialog)
    qtbot.waitUntil(lambda: shown.form is not None)
    shown.reject()
    gone(qtbot)
    QTest.mouseClick(tab.sheets.export_button, Qt.MouseButton.LeftButton)
    export = dialog(qtbot, ExportDialog)
    export.reject()
    gone(qtbot)


def test_another_screen_opens_the_late_sheets_of_a_project(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    done, *_others = floor.assign((1, 1), (2, 1), (1, 2))
    floor.write(done, FULL, submit=True)
    floor.overdue()
    tab = evaluations_tab(qtbot, floor.admin, tools)
    tab.show_filtered({"project_id": floor.project_id, "is_late": "true"})
    tab.activated()
    loaded(qtbot, tab, tools)
    assert tab.pages.currentWidget() is tab.sheets
    qtbot.waitUntil(lambda: len(tab.sheets.table.model.items) == 2)
    assert tab.sheets.table.columns[2].shown(tab.sheets.table.model.items[0]) == "Late"


def test_sheets_of_a_page_are_confirmed_together(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    sheets = floor.assign((1, 1), (1, 2), (1, 3))
    for sheet in sheets[:2]:
        floor.write(sheet, FULL, submit=True)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    tab.pages.setCurrentWidget(tab.sheets)
    table = tab.sheets.table
    qtbot.waitUntil(lambda: len(table.model.items) == 3)
    table.view.selectAll()
    tab.sheets.actions_of_rows.run("confirm")
    question = dialog(qtbot, ConfirmDialog)
    assert question.action_button.text() == "Confirm 2 sheets"
    QTest.mouseClick(question.action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert [s.status.value for s in floor.sheets()] == ["confirmed", "confirmed", "assigned"]
