"""Planning many assignments: the preview says what would come of it, applying does it once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.services.session import SignedIn
from desktop_app.ui.assignment.bulk_dialog import BulkDialog
from desktop_app.ui.forms.editors import NumberEditor
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.evaluations import EvaluationsTab
from tests.fixtures.server import RunningServer
from tests.ui.assignment.floor import Floor, build, evaluations_tab, loaded
from tests.ui.records.stage import SignIn, dialog, gone


@pytest.fixture
def floor(api_server: RunningServer, admin: SignedIn, sign_in: SignIn) -> Floor:
    return build(api_server, admin, sign_in, companies=6, evaluators=4)


def planned(qtbot: QtBot, tab: EvaluationsTab) -> BulkDialog:
    QTest.mouseClick(tab.assignment.tools.bulk_button, Qt.MouseButton.LeftButton)
    shown = dialog(qtbot, BulkDialog)
    qtbot.waitUntil(lambda: shown.plan is not None)
    return shown


def enter(qtbot: QtBot, shown: BulkDialog, key: str, number: str) -> None:
    editor = shown.form.editor(key)
    assert isinstance(editor, NumberEditor)
    editor.line.selectAll()
    QTest.keyClicks(editor.line, number)
    qtbot.waitUntil(lambda: shown.plan is not None)


def test_a_plan_is_shown_with_its_balance_and_applied_once(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    floor.assign((1, 1))
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    shown = planned(qtbot, tab)
    enter(qtbot, shown, "per_company", "2")
    assert shown.outcome.text() == (
        "11 sheets would be assigned; then every company has its evaluators."
    )
    assert "3 to 3, 3.0 on average (4 evaluators)" in shown.balance.text()
    assert shown.apply_button.text() == "Assign 11 sheets"
    for _ in range(2):
        QTest.mouseClick(shown.apply_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    places = floor.places()
    assert len(places) == 12
    assert (0, 0) not in places  # one's own company
    assert {company for company, _ in places} == set(range(6))
    assert tools.messages.history[0].text == "11 sheets assigned."


def test_the_same_seed_shows_the_same_plan(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    plans = []
    for _ in range(2):
        shown = planned(qtbot, tab)
        enter(qtbot, shown, "seed", "7")
        assert shown.plan is not None
        plans.append(shown.plan.pairs)
        shown.reject()
        gone(qtbot)
    assert plans[0] == plans[1]


def test_companies_that_stay_short_are_named_with_the_reason(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    for evaluator in (1, 2):
        floor.admin.api.projects.declare(
            floor.project_id, floor.companies[3], "친족", floor.evaluators[evaluator]
        )
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    shown = planned(qtbot, tab)
    enter(qtbot, shown, "per_company", "3")
    assert shown.outcome.text() == "1 company stays short of evaluators:"
    assert shown.short.toPlainText() == (
        "후보 기업 003: 1 missing (1 because of conflicts of interest)"
    )
    enter(qtbot, shown, "per_evaluator", "4")
    assert "A limit of 5 companies per evaluator would do." in shown.outcome.text()
    assert "because of the limit per evaluator" in shown.short.toPlainText()
    shown.reject()
    gone(qtbot)


def test_only_the_companies_selected_are_planned(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    tab.assignment.view.selectRow(2)
    shown = planned(qtbot, tab)
    assert shown.only_selected.isChecked()
    assert shown.plan is not None
    assert {pair.company_id for pair in shown.plan.pairs} == {floor.companies[2]}
    QTest.mouseClick(shown.everything, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.plan is not None)
    assert shown.plan is not None
    assert len({pair.company_id for pair in shown.plan.pairs}) == 6
    shown.reject()
    gone(qtbot)


def test_what_changed_meanwhile_is_told_and_planned_anew(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    shown = planned(qtbot, tab)
    enter(qtbot, shown, "per_company", "4")
    floor.admin.api.projects.declare(
        floor.project_id, floor.companies[5], "친족", floor.evaluators[1]
    )
    QTest.mouseClick(shown.apply_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.banner.isVisible())
    assert "후보 기업 005 by 평가위원 1: There is a conflict of interest" in shown.banner.text
    assert floor.places() == []
    loaded(qtbot, tab, tools)
    qtbot.waitUntil(lambda: shown.plan is not None)
    QTest.mouseClick(shown.apply_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert (5, 1) not in floor.places()
    assert len(floor.places()) == 22


def test_a_cut_connection_is_told_and_the_second_try_assigns_once(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    shown = planned(qtbot, tab)
    enter(qtbot, shown, "per_company", "1")
    floor.server.stop()
    QTest.mouseClick(shown.apply_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.banner.isVisible(), timeout=20_000)
    assert "does not answer" in shown.banner.text
    floor.server.start()
    QTest.mouseClick(shown.apply_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert len(floor.places()) == 6
