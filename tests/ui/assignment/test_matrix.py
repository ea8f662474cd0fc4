"""The matrix by keys and mouse: assigning, taking away, what cells say, what stays in place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.services.session import SignedIn
from desktop_app.ui.assignment.cells import CellState
from desktop_app.ui.assignment.sheet_dialog import SheetDialog
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.form_dialog import FormDialog
from desktop_app.ui.dialogs.outcome_dialog import OutcomeDialog
from desktop_app.ui.forms.editors import MultilineEditor
from desktop_app.ui.forms.reference_editor import ReferenceEditor
from desktop_app.ui.tab import TabTools
from tests.fixtures.server import RunningServer
from tests.ui.assignment.floor import (
    FULL,
    Floor,
    build,
    cell,
    enabled,
    evaluations_tab,
    go_to,
    loaded,
)
from tests.ui.records.stage import SignIn, compose, dialog, gone

SPOKEN = Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def floor(api_server: RunningServer, admin: SignedIn, sign_in: SignIn) -> Floor:
    return build(api_server, admin, sign_in, companies=6, evaluators=4)


def test_space_assigns_and_takes_away_again(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 1, 2)
    view = tab.assignment.view
    QTest.keyClick(view, Qt.Key.Key_Space)
    loaded(qtbot, tab, tools)
    assert floor.places() == [(1, 2)]
    assert cell(tab, 1, 2).state is CellState.ASSIGNED
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)
    loaded(qtbot, tab, tools)
    assert floor.places() == [(1, 2), (2, 2)]
    QTest.keyClick(view, Qt.Key.Key_Space)
    loaded(qtbot, tab, tools)
    assert floor.places() == [(1, 2)]
    assert cell(tab, 2, 2).state is CellState.NONE


def test_pressing_twice_while_it_works_assigns_once(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 1, 1)
    for _ in range(3):
        QTest.keyClick(tab.assignment.view, Qt.Key.Key_Space)
    loaded(qtbot, tab, tools)
    assert floor.places() == [(1, 1)]
    assert not [m for m in tools.messages.history if m.level == "danger"]


def test_a_row_is_assigned_at_once_without_those_in_conflict(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    floor.admin.api.projects.declare(
        floor.project_id, floor.companies[0], "친족", floor.evaluators[3]
    )
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    heading = tab.assignment.view.verticalHeader()
    at = QPoint(20, heading.sectionViewportPosition(0) + 8)
    QTest.mouseClick(heading.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert len(tab.assignment.selected()) == 4
    tab.assignment.actions_of_cells.actions["assign"].trigger()
    loaded(qtbot, tab, tools)
    # e0 belongs to c0, e3 declared a conflict.
    assert floor.places() == [(0, 1), (0, 2)]
    assert cell(tab, 0, 0).state is CellState.BARRED
    words = tab.assignment.model.data(tab.assignment.model.index(0, 3), SPOKEN)
    assert "Conflict declared by" in words
    assert "친족" in words


def test_cells_say_how_far_each_sheet_is(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    sheets = floor.assign((1, 1), (1, 2), (2, 1), (2, 2), (3, 3))
    by_place = {floor.place(sheet): sheet for sheet in sheets}
    floor.write(by_place[1, 2], FULL, submit=True)
    floor.write(by_place[2, 1], FULL, submit=True)
    floor.write(by_place[2, 2], {"accuracy": 50}, submit=False)
    [done] = [sheet for sheet in floor.sheets() if floor.place(sheet) == (2, 1)]
    floor.admin.api.evaluations.confirm(done.id, version=done.version)
    floor.admin.api.projects.declare(
        floor.project_id, floor.companies[3], "자문", floor.evaluators[3]
    )
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    states = {place: cell(tab, *place).state for place in by_place}
    assert states == {
        (1, 1): CellState.ASSIGNED,
        (1, 2): CellState.SUBMITTED,
        (2, 1): CellState.CONFIRMED,
        (2, 2): CellState.IN_PROGRESS,
        (3, 3): CellState.CONFLICT,
    }
    model = tab.assignment.model
    assert "1/4 criteria scored" in model.data(model.index(2, 2), SPOKEN)
    assert model.headerData(2, Qt.Orientation.Horizontal, SPOKEN).startswith(
        "평가위원 2: 1 of 2 submitted"
    )
    assert model.headerData(2, Qt.Orientation.Vertical, SPOKEN) == (
        "후보 기업 002: 1 of 2 submitted"
    )
    assert tab.assignment.tools.sums.text() == (
        "2 of 5 sheets submitted · 1 with a conflict · 3 companies unassigned"
    )
    floor.overdue()
    tab.refresh()
    loaded(qtbot, tab, tools)
    assert cell(tab, 1, 1).state is CellState.LATE
    assert cell(tab, 1, 2).state is CellState.SUBMITTED


def test_what_is_begun_is_not_taken_away(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    [sheet] = floor.assign((1, 1))
    floor.write(sheet, {"accuracy": 50}, submit=False)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 1, 1)
    assert "take_away" not in enabled(tab)
    tip = tab.assignment.actions_of_cells.actions["take_away"].toolTip()
    assert tip == "This sheet has been begun."
    QTest.keyClick(tab.assignment.view, Qt.Key.Key_Space)
    assert "Begun, not submitted." in tools.messages.history[0].detail
    assert floor.places() == [(1, 1)]


def test_several_are_taken_away_after_a_question(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    floor.assign((1, 1), (1, 2), (2, 1))
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    tab.assignment.view.setFocus()
    tab.assignment.view.selectRow(1)
    QTest.keyClick(tab.assignment.view, Qt.Key.Key_Delete)
    question = dialog(qtbot, ConfirmDialog)
    assert question.action_button.text() == "Take away 2 assignments"
    QTest.mouseClick(question.action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert floor.places() == [(2, 1)]


def test_place_and_selection_survive_what_others_do(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 4, 3)
    project = floor.project
    floor.admin.api.projects.set_participants(
        floor.project_id, floor.companies[1:], floor.evaluators, version=project.version
    )
    tools.changes.tell(Change("projects", frozenset({floor.project_id})))
    loaded(qtbot, tab, tools)
    assert len(tab.assignment.model.rows) == 5
    [chosen] = tab.assignment.selected()
    assert (chosen.company.id, chosen.evaluator.id) == (floor.companies[4], floor.evaluators[3])
    current = tab.assignment.view.currentIndex()
    assert (current.row(), current.column()) == (3, 3)


def test_search_and_only_incomplete_narrow_the_companies(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    first, _second = floor.assign((1, 1), (2, 2))
    floor.write(first, FULL, submit=True)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    search = tab.assignment.tools.search
    search.setFocus()
    QTest.keyClicks(search, "002")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert [company.name for company in tab.assignment.model.rows] == ["후보 기업 002"]
    search.setText("평가위원 1")
    search.search_now()
    assert [company.name for company in tab.assignment.model.rows] == ["후보 기업 001"]
    search.setText("nobody")
    search.search_now()
    assert tab.assignment.empty.heading == "Nothing found"
    QTest.mouseClick(tab.assignment.empty.button, Qt.MouseButton.LeftButton)
    assert len(tab.assignment.model.rows) == 6
    QTest.mouseClick(tab.assignment.tools.incomplete, Qt.MouseButton.LeftButton)
    assert floor.companies[1] not in [company.id for company in tab.assignment.model.rows]


def test_a_conflict_declared_meanwhile_is_told_by_name(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    floor.admin.api.projects.declare(
        floor.project_id, floor.companies[2], "친족", floor.evaluators[2]
    )
    go_to(tab, 2, 2)
    QTest.keyClick(tab.assignment.view, Qt.Key.Key_Space)
    told = dialog(qtbot, OutcomeDialog)
    assert told.text_at(0, 0) == "후보 기업 002 by 평가위원 2"
    assert told.text_at(0, 1) == "There is a conflict of interest with this company."
    told.reject()
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert floor.places() == []
    assert cell(tab, 2, 2).state is CellState.BARRED


def test_a_sheet_is_given_to_someone_else_with_a_reason(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    sheet, _other = floor.assign((1, 1), (1, 3))
    floor.write(sheet, {"accuracy": 50}, submit=False)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 1, 1)
    tab.assignment.actions_of_cells.run("reassign")
    form = dialog(qtbot, FormDialog)
    editor = form.form.editor("evaluator_id")
    assert isinstance(editor, ReferenceEditor)
    compose(editor.line, commit="평가위원")
    qtbot.waitUntil(lambda: bool(editor._found))
    # Who has a sheet already is not offered: 1 and 3; 0 and 2 are.
    assert [label for _id, label in editor._found] == ["평가위원 0", "평가위원 2"]
    editor.choose(floor.evaluators[2], "평가위원 2")
    form.send()
    assert form.form.shown_problem("reason") == "This is needed."
    reason = form.form.editor("reason")
    assert isinstance(reason, MultilineEditor)
    QTest.keyClicks(reason.text, "Ill")
    QTest.mouseClick(form.action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert floor.places() == [(1, 2), (1, 3)]
    assert cell(tab, 1, 2).state is CellState.ASSIGNED


def test_a_submitted_sheet_is_read_confirmed_and_reopened(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    [sheet] = floor.assign((1, 1))
    floor.write(sheet, FULL, submit=True)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 1, 1)
    view = tab.assignment.view
    at = view.visualRect(view.currentIndex()).center()
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    shown = dialog(qtbot, SheetDialog)
    qtbot.waitUntil(lambda: shown.form is not None)
    assert shown.form is not None
    assert shown.form.read_only
    assert str(shown.form.weighted_total) == "83.00"
    assert "Receipt" in shown.facts.text()
    QTest.mouseClick(shown.close_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert {"open", "confirm", "reopen"} <= enabled(tab)
    tab.assignment.actions_of_cells.run("confirm")
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert cell(tab, 1, 1).state is CellState.CONFIRMED
    tab.assignment.actions_of_cells.run("reopen")
    form = dialog(qtbot, FormDialog)
    reason = form.form.editor("reason")
    assert isinstance(reason, MultilineEditor)
    QTest.keyClicks(reason.text, "Wrong company")
    QTest.mouseClick(form.action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert cell(tab, 1, 1).state is CellState.IN_PROGRESS


def test_a_sheet_that_someone_else_changed_is_loaded_anew(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    [sheet] = floor.assign((1, 1))
    floor.write(sheet, FULL, submit=True)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 1, 1)
    tab.assignment.actions_of_cells.run("reopen")
    form = dialog(qtbot, FormDialog)
    [now] = floor.sheets()
    floor.admin.api.evaluations.confirm(now.id, version=now.version)
    reason = form.form.editor("reason")
    assert isinstance(reason, MultilineEditor)
    QTest.keyClicks(reason.text, "Late")
    QTest.mouseClick(form.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: form.banner.isVisible())
    assert "Someone else changed this entry" in form.banner.text
    loaded(qtbot, tab, tools)
    assert cell(tab, 1, 1).state is CellState.CONFIRMED
    assert reason.text.toPlainText() == "Late"
    form.reject()
    gone(qtbot)


def test_a_secretary_assigns_and_reminds_and_neither_confirms_nor_reopens(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    done, _open = floor.assign((1, 1), (1, 2))
    floor.write(done, FULL, submit=True)
    secretary = floor.sign_in("secretary1", "test123!")
    tab = evaluations_tab(qtbot, secretary, tools, floor.project_id)
    go_to(tab, 1, 1)
    assert enabled(tab) == {"open", "declare"}
    assert "confirm" not in tab.assignment.actions_of_cells.actions
    assert "reopen" not in tab.assignment.actions_of_cells.actions
    go_to(tab, 1, 2)
    assert {"open", "remind", "reassign", "take_away"} <= enabled(tab)
    tab.assignment.actions_of_cells.run("remind")
    loaded(qtbot, tab, tools)
    reminded = cell(tab, 1, 2).sheet
    assert reminded is not None
    assert reminded.reminded_at is not None
    go_to(tab, 3, 2)
    QTest.keyClick(tab.assignment.view, Qt.Key.Key_Space)
    loaded(qtbot, tab, tools)
    assert (3, 2) in floor.places()
    assert tab.assignment.tools.bulk_button.isVisible()


def test_the_server_away_is_told_and_nothing_is_lost(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    floor.assign((1, 1))
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    floor.server.stop()
    go_to(tab, 2, 2)
    QTest.keyClick(tab.assignment.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: tools.runner.idle, timeout=20_000)
    assert "does not answer" in tools.messages.history[0].text
    tab.refresh()
    qtbot.waitUntil(lambda: tab.banner.isVisible(), timeout=20_000)
    assert "What you see may be out of date." in tab.banner.text
    assert cell(tab, 1, 1).state is CellState.ASSIGNED
    floor.server.start()
    qtbot.waitUntil(lambda: not tab.banner.isVisible(), timeout=20_000)  # it asks again by itself
    QTest.keyClick(tab.assignment.view, Qt.Key.Key_Space)
    loaded(qtbot, tab, tools)
    assert floor.places() == [(1, 1), (2, 2)]


def test_the_last_project_is_shown_again(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    again = evaluations_tab(qtbot, floor.admin, tools)
    assert again.loaded is not None
    assert again.loaded.project.id == floor.project_id
    assert again.picker.editor.label == "평가 사업"


def test_a_project_is_found_as_its_name_is_typed(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools)
    assert tab.empty.heading == "Choose a project"
    editor = tab.picker.editor
    compose(editor.line, commit="평가")
    qtbot.waitUntil(lambda: bool(editor._found))
    editor.choose(floor.project_id, "평가 사업")
    loaded(qtbot, tab, tools)
    assert len(tab.assignment.model.rows) == 6


def test_too_many_cells_at_once_are_counted_and_not_dealt_with(
    qtbot: QtBot, floor: Floor, tools: TabTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("matrix_view", "assignment_page"):
        monkeypatch.setattr(f"desktop_app.ui.assignment.{place}.MOST_SELECTED", 20)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    tab.assignment.view.selectAll()
    assert enabled(tab) == set()
    assert "24 cells are selected" in tab.assignment.banner.text
    whole_row = QItemSelectionModel.SelectionFlag.ClearAndSelect
    index = tab.assignment.model.index(1, 1)
    tab.assignment.view.selectionModel().select(index, whole_row)
    assert not tab.assignment.banner.isVisible()
    assert "assign" in enabled(tab)


def test_rows_and_columns_are_selected_by_keys_and_copied_in_words(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    floor.assign((1, 1))
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 1, 1)
    view = tab.assignment.view
    QTest.keyClick(view, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert {chosen.evaluator.id for chosen in tab.assignment.selected()} == {floor.evaluators[1]}
    assert len(tab.assignment.selected()) == 6
    QTest.keyClick(view, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert {chosen.company.id for chosen in tab.assignment.selected()} == {floor.companies[1]}
    current = view.currentIndex()
    assert (current.row(), current.column()) == (1, 1)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "\t평가위원 0\t평가위원 1\t평가위원 2\t평가위원 3\n후보 기업 001\t\tNot begun\t\t\n"
    )
    QGuiApplication.clipboard().clear()
    QTest.keyClick(view, Qt.Key.Key_F2)
    dialog(qtbot, SheetDialog).reject()
    gone(qtbot)
    loaded(qtbot, tab, tools)


def test_a_project_that_is_over_is_read_only_but_for_confirming(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    done, _open = floor.assign((1, 1), (1, 2))
    floor.write(done, FULL, submit=True)
    project = floor.project
    floor.admin.api.projects.change(project.id, {"status": "closed"}, version=project.version)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    assert "This project is over" in tab.assignment.banner.text
    assert not tab.assignment.tools.bulk_button.isEnabled()
    go_to(tab, 1, 1)
    assert enabled(tab) == {"open", "confirm"}
    go_to(tab, 1, 2)
    assert enabled(tab) == {"open"}
    tip = tab.assignment.actions_of_cells.actions["reassign"].toolTip()
    assert tip == "The project is not active: sheets cannot be changed."
    go_to(tab, 2, 2)
    QTest.keyClick(tab.assignment.view, Qt.Key.Key_Space)
    loaded(qtbot, tab, tools)
    assert floor.places() == [(1, 1), (1, 2)]


def test_a_locked_production_system_says_so_and_assigns_nothing(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    guard = WriteGuard("Live", protected=True)
    tab = evaluations_tab(qtbot, floor.admin, replace(tools, guard=guard), floor.project_id)
    go_to(tab, 1, 1)
    assert "assign" not in enabled(tab)
    QTest.keyClick(tab.assignment.view, Qt.Key.Key_Space)
    assert "Live" in tools.messages.history[0].text
    assert floor.places() == []
    guard.unlock("Live", 5)
    QTest.keyClick(tab.assignment.view, Qt.Key.Key_Space)
    loaded(qtbot, tab, tools)
    assert floor.places() == [(1, 1)]


def test_the_menu_that_a_key_calls_opens_at_the_cell(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    go_to(tab, 3, 1)
    view = tab.assignment.view
    inside = view.visualRect(view.currentIndex())
    beside = view.mapFromGlobal(view.viewport().mapToGlobal(inside.center()))  # as Qt tells it
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, beside, view.mapToGlobal(beside))
    QApplication.sendEvent(view.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    place = view.viewport().mapFromGlobal(menu.pos())
    menu.close()
    assert inside.contains(place)
