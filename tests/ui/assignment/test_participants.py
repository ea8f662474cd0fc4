"""Choosing whom a project evaluates and who does so."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.services.session import SignedIn
from desktop_app.ui.assignment.chooser import Chooser
from desktop_app.ui.assignment.participants_dialog import COMPANIES, PANEL, ParticipantsDialog
from desktop_app.ui.assignment.paste_dialog import PasteDialog
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.evaluations import EvaluationsTab
from tests.fixtures.server import RunningServer
from tests.ui.assignment.floor import Floor, build, evaluations_tab, loaded
from tests.ui.records.stage import SignIn, dialog, gone


@pytest.fixture
def floor(api_server: RunningServer, admin: SignedIn, sign_in: SignIn) -> Floor:
    return build(api_server, admin, sign_in, companies=6, evaluators=4)


def opened(qtbot: QtBot, tab: EvaluationsTab, tools: TabTools) -> ParticipantsDialog:
    tab.assignment.choose_participants()
    shown = dialog(qtbot, ParticipantsDialog)
    qtbot.waitUntil(lambda: tools.runner.idle)
    return shown


def unsaved(tab: EvaluationsTab) -> bool:
    return tab.unsaved


def select(chooser: Chooser, name: str, *, chosen: bool) -> None:
    box = chooser.chosen_list if chosen else chooser.found_list
    [item] = box.findItems(name, Qt.MatchFlag.MatchStartsWith)
    box.setCurrentItem(item)


def test_companies_and_evaluators_are_added_and_removed(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    floor.assign((1, 1))
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    shown = opened(qtbot, tab, tools)
    companies, panel = shown.choosers[COMPANIES], shown.choosers[PANEL]
    assert not shown.save_button.isEnabled()
    select(companies, "테스트 회사", chosen=False)
    QTest.mouseClick(companies.add_button, Qt.MouseButton.LeftButton)
    select(companies, "후보 기업 003", chosen=True)
    QTest.mouseClick(companies.remove_button, Qt.MouseButton.LeftButton)
    shown.tabs.setCurrentWidget(panel)
    select(panel, "평가위원 3", chosen=True)
    QTest.mouseClick(panel.remove_button, Qt.MouseButton.LeftButton)
    assert shown.difference.text() == "+1 company · −1 company · −1 evaluator"
    QTest.mouseClick(shown.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    project = floor.project
    assert set(project.candidate_ids) == {*floor.companies, "company-test"} - {floor.companies[3]}
    assert set(project.panel_ids) == set(floor.evaluators[:3])
    assert "테스트 회사" in [company.name for company in tab.assignment.model.rows]


def test_what_has_sheets_stays(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    floor.assign((1, 1))
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    shown = opened(qtbot, tab, tools)
    companies = shown.choosers[COMPANIES]
    select(companies, "후보 기업 001", chosen=True)
    QTest.mouseClick(companies.remove_button, Qt.MouseButton.LeftButton)
    assert "Entries with sheets stay" in companies.banner.text
    assert floor.companies[1] in [entry.id for entry in companies.chosen]
    shown.reject()
    gone(qtbot)


def test_a_pasted_list_of_names_and_numbers_is_resolved_and_the_rest_named(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    project = floor.project
    floor.admin.api.projects.set_participants(
        floor.project_id, [], floor.evaluators, version=project.version
    )
    number = floor.admin.api.companies.get(floor.companies[4]).business_number
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    shown = opened(qtbot, tab, tools)
    QTest.mouseClick(shown.choosers[COMPANIES].paste_button, Qt.MouseButton.LeftButton)
    paste = dialog(qtbot, PasteDialog)
    paste.text.setPlainText(
        f"후보 기업 001\n  후보  기업 002 \n\n{number}\n없는 회사\n후보 기업 001"
    )
    assert paste.action_button.text() == "Look up 4 lines"
    QTest.mouseClick(paste.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: paste.unknown is not None)
    assert paste.unknown is not None
    assert paste.unknown.toPlainText() == "없는 회사"
    assert "3 lines were found." in paste.banner.text
    QTest.mouseClick(paste.action_button, Qt.MouseButton.LeftButton)
    chooser = shown.choosers[COMPANIES]
    assert [entry.id for entry in chooser.chosen] == [floor.companies[n] for n in (1, 2, 4)]
    QTest.mouseClick(shown.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert floor.project.candidate_ids == tuple(floor.companies[n] for n in (1, 2, 4))


def test_all_that_a_search_finds_are_added(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    project = floor.project
    floor.admin.api.projects.set_participants(floor.project_id, [], [], version=project.version)
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    assert tab.assignment.empty.heading == "No participants yet"
    QTest.mouseClick(tab.assignment.empty.button, Qt.MouseButton.LeftButton)
    shown = dialog(qtbot, ParticipantsDialog)
    qtbot.waitUntil(lambda: tools.runner.idle)
    companies, panel = shown.choosers[COMPANIES], shown.choosers[PANEL]
    companies.search.setText("후보")
    companies.search.search_now()
    qtbot.waitUntil(lambda: companies.all_button.text() == "Add all 6")
    QTest.mouseClick(companies.all_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(companies.chosen) == 6)
    shown.tabs.setCurrentWidget(panel)
    QTest.mouseClick(panel.all_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.chosen) == 4)
    QTest.mouseClick(shown.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    loaded(qtbot, tab, tools)
    assert len(tab.assignment.model.rows) == 6
    assert len(tab.assignment.model.columns) == 4


def test_another_ones_changes_are_kept_beside_ones_own(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    shown = opened(qtbot, tab, tools)
    companies = shown.choosers[COMPANIES]
    select(companies, "후보 기업 003", chosen=True)
    QTest.mouseClick(companies.remove_button, Qt.MouseButton.LeftButton)
    theirs = [*floor.companies[:5], "company-test"]
    floor.admin.api.projects.set_participants(
        floor.project_id, theirs, floor.evaluators, version=floor.project.version
    )
    QTest.mouseClick(shown.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.banner.isVisible())
    assert "Someone else changed this project" in shown.banner.text
    QTest.mouseClick(shown.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    wanted = {*theirs} - {floor.companies[3]}
    assert set(floor.project.candidate_ids) == wanted


def test_a_refused_entry_is_named(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    shown = opened(qtbot, tab, tools)
    companies = shown.choosers[COMPANIES]
    select(companies, "테스트 회사", chosen=False)
    QTest.mouseClick(companies.add_button, Qt.MouseButton.LeftButton)
    company = floor.admin.api.companies.get("company-test")
    floor.server.documents["companies"].update_one(
        {"_id": company.id}, {"$set": {"is_active": False}}
    )
    QTest.mouseClick(shown.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.refused is not None)
    assert shown.refused is not None
    assert "테스트 회사: That entry is deactivated." in shown.refused.property("plainText")
    shown.reject()
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert "company-test" not in floor.project.candidate_ids


def test_a_managers_panel_is_of_the_own_company_and_candidates_of_any(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    manager = floor.sign_in("manager1", "test123!")
    tab = evaluations_tab(qtbot, manager, tools, floor.project_id)
    shown = opened(qtbot, tab, tools)
    found = shown.choosers[PANEL].found_list
    labels = [found.item(n).text() for n in range(found.count())]
    assert not [label for label in labels if label.startswith("평가위원 0")]  # of company c000
    assert [label for label in labels if label.startswith("평가위원 1")]
    assert shown.choosers[COMPANIES].found_list.findItems("시스템 회사", Qt.MatchFlag.MatchExactly)
    shown.reject()
    gone(qtbot)


def test_leaving_the_screen_asks_about_what_was_chosen(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = evaluations_tab(qtbot, floor.admin, tools, floor.project_id)
    left: list[bool] = []
    shown = opened(qtbot, tab, tools)
    assert not unsaved(tab)
    select(shown.choosers[COMPANIES], "후보 기업 003", chosen=True)
    QTest.mouseClick(shown.choosers[COMPANIES].remove_button, Qt.MouseButton.LeftButton)
    assert unsaved(tab)
    tab.leave(lambda: left.append(True))
    question = dialog(qtbot, ConfirmDialog)
    QTest.mouseClick(question.cancel_button, Qt.MouseButton.LeftButton)
    assert left == []
    assert shown.isVisible()
    tab.leave(lambda: left.append(True))
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert left == [True]
