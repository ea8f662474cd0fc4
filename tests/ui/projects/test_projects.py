"""The projects on screen: made, changed, archived, deleted, revised, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QDate, QDateTime, Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from desktop_app.core.projects import Project, ProjectStatus
from desktop_app.services.session import SignedIn
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.conflict_dialog import ConflictDialog
from desktop_app.ui.dialogs.edit_dialog import EditDialog
from desktop_app.ui.dialogs.outcome_dialog import OutcomeDialog
from desktop_app.ui.forms.editors import ChoiceEditor, LineEditor
from desktop_app.ui.forms.moment_editor import MomentEditor
from desktop_app.ui.forms.reference_editor import ReferenceEditor
from desktop_app.ui.imports.import_dialog import ImportDialog
from desktop_app.ui.projects.columns import deadline_state
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.projects import ProjectsTab
from tests.fixtures.server import RunningServer
from tests.ui.assignment.floor import FULL, Floor, build
from tests.ui.records.stage import SignIn, compose, dialog, gone, idle, settle


@pytest.fixture
def floor(api_server: RunningServer, admin: SignedIn, sign_in: SignIn) -> Floor:
    return build(api_server, admin, sign_in, companies=3, evaluators=2)


def projects_tab(qtbot: QtBot, who: SignedIn, tools: TabTools) -> ProjectsTab:
    api = who.api
    tab = ProjectsTab(
        projects=api.projects,
        companies=api.companies,
        users=api.users,
        templates=api.templates,
        imports=api.imports,
        me=who.user,
        tools=tools,
    )
    qtbot.addWidget(tab)
    tab.resize(1240, 680)
    tab.show()
    tab.activated()
    settle(qtbot, tab.table)
    return tab


def form_of(qtbot: QtBot) -> EditDialog[Project]:
    return dialog(qtbot, EditDialog)


def choices(form: EditDialog[Project]) -> list[str]:
    editor = form.form.editor("status")
    assert isinstance(editor, ChoiceEditor)
    box: QComboBox = editor.box
    return [box.itemText(n) for n in range(box.count())]


def status(floor: Floor) -> str:
    return floor.project.status


def choose(form: EditDialog[Project], key: str, entry_id: str, label: str) -> None:
    editor = form.form.editor(key)
    assert isinstance(editor, ReferenceEditor)
    editor.choose(entry_id, label)


def test_a_manager_makes_a_project_of_the_own_company(
    qtbot: QtBot, api_server: RunningServer, sign_in: SignIn, tools: TabTools
) -> None:
    manager = sign_in("manager1", "test123!")
    tab = projects_tab(qtbot, manager, tools)
    QTest.mouseClick(tab.new_button, Qt.MouseButton.LeftButton)
    form = form_of(qtbot)
    assert form.form.label_of("company_id") == "테스트 회사"
    assert form.form.label_of("manager_id") == "테스트 관리자 (manager1)"
    assert not form.unsaved
    name = form.form.editor("name")
    assert isinstance(name, LineEditor)
    compose(name.line, commit="2026년 평가")
    template = form.form.editor("template_id")
    assert isinstance(template, ReferenceEditor)
    compose(template.line, commit="AI")
    qtbot.waitUntil(lambda: bool(template._found))
    template.choose(*template._found[0])
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    settle(qtbot, tab.table)
    [project] = tab.table.model.items
    assert (project.name, project.manager_name) == ("2026년 평가", "테스트 관리자")
    assert project.status is ProjectStatus.DRAFT
    texts = {column.key: column.shown(project) for column in tab.table.columns}
    assert texts["template_name"] == "AI 모델 평가 템플릿 · revision 1"
    assert texts["progress"] == "–"


def test_a_deadline_is_entered_in_the_time_zone_chosen_and_kept_in_utc(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tools.settings.set("time_zone", "Asia/Seoul")
    tab = projects_tab(qtbot, floor.admin, tools)
    tab.edit(tab.table.model.items[0])
    form = form_of(qtbot)
    editor = form.form.editor("deadline")
    assert isinstance(editor, MomentEditor)
    assert not form.unsaved
    editor.moment.setDateTime(
        QDateTime(QDate(2026, 12, 24), QTime(18, 0), editor.moment.timeZone())
    )
    assert editor.value() == "2026-12-24T09:00:00Z"
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert floor.project.deadline == datetime(2026, 12, 24, 9, tzinfo=UTC)
    settle(qtbot, tab.table)
    assert tab.table.columns[5].shown(tab.table.model.items[0]).startswith("2026-12-24 18:00 · ")


def test_only_statuses_that_can_be_reached_are_offered(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = projects_tab(qtbot, floor.admin, tools)
    tab.add()
    form = form_of(qtbot)
    assert choices(form) == ["In preparation", "Active"]
    form.done(0)
    gone(qtbot)
    tab.edit(tab.table.model.items[0])
    form = form_of(qtbot)
    assert choices(form) == ["In preparation", "Active", "Closed"]
    form.done(0)


def test_an_active_project_needs_a_template_and_a_deadline(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = projects_tab(qtbot, floor.admin, tools)
    tab.add()
    form = form_of(qtbot)
    form.form.put({"name": "새 사업", "status": "active"})
    choose(form, "company_id", "company-test", "테스트 회사")
    form.save()
    assert form.form.shown_problem("template_id") == "An active project needs this."
    assert form.form.shown_problem("deadline") == "An active project needs this."
    form.done(0)


def test_two_people_who_move_the_deadline_see_both_moments(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tools.settings.set("time_zone", "Asia/Seoul")
    tab = projects_tab(qtbot, floor.admin, tools)
    project = tab.table.model.items[0]
    tab.edit(project)
    form = form_of(qtbot)
    floor.admin.api.projects.change(
        project.id, {"deadline": "2027-01-01T00:00:00Z"}, version=project.version
    )
    form.form.put({"deadline": "2027-02-02T00:00:00Z"})
    form.save()
    conflict = dialog(qtbot, ConflictDialog)
    [merge] = conflict._merge.conflicts
    assert merge.key == "deadline"
    labels = conflict._labels
    assert labels.mine["deadline"] == "2027-02-02 09:00"
    assert labels.theirs["deadline"] == "2027-01-01 09:00"
    conflict.done(0)
    form.done(0)


def test_what_sheets_hang_on_is_locked_in_the_form(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    floor.assign((1, 1))
    tab = projects_tab(qtbot, floor.admin, tools)
    tab.edit(tab.table.model.items[0])
    form = form_of(qtbot)
    for key in ("template_id", "company_id"):
        editor = form.form.editor(key)
        assert isinstance(editor, ReferenceEditor)
        assert editor.line.isReadOnly()
    form.done(0)


def test_a_project_is_archived_and_restored(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    tab = projects_tab(qtbot, floor.admin, tools)
    tab.table.view.selectRow(0)
    assert not tab.actions_of_rows.actions["restore"].isVisible()
    tab.actions_of_rows.run("archive")
    question = dialog(qtbot, ConfirmDialog)
    assert question.action_button.text() == "Archive 1 project"
    QTest.mouseClick(question.action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    idle(qtbot, tools)
    settle(qtbot, tab.table)
    assert status(floor) == ProjectStatus.ARCHIVED
    assert not tab.actions_of_rows.actions["edit"].isEnabled()
    tab.edit(tab.table.model.items[0])
    form = form_of(qtbot)
    assert not form.save_button.isVisible()
    form.done(0)
    gone(qtbot)
    tab.actions_of_rows.run("restore")
    idle(qtbot, tools)
    assert status(floor) == ProjectStatus.DRAFT


def test_a_project_with_sheets_is_kept_told_and_archived_instead(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    floor.assign((1, 1), (2, 1))
    tab = projects_tab(qtbot, floor.admin, tools)
    tab.table.view.selectRow(0)
    tab.actions_of_rows.run("delete")
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    told = dialog(qtbot, OutcomeDialog)
    assert "In use by 2 evaluations" in told.text_at(0, 1)
    assert told.instead_button.text() == "Archive 1 project instead"
    QTest.mouseClick(told.instead_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    idle(qtbot, tools)
    assert floor.project.status is ProjectStatus.ARCHIVED


def test_the_newest_revision_is_taken_until_a_sheet_is_begun(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    [sheet] = floor.assign((1, 1))
    template = floor.admin.api.templates.get("template-ai-model")
    floor.admin.api.templates.change(template.id, {"description": "개정"}, version=template.version)
    tab = projects_tab(qtbot, floor.admin, tools)
    tab.table.view.selectRow(0)
    tab.actions_of_rows.run("revise")
    idle(qtbot, tools)
    assert tools.messages.history[0].text == "평가 사업 is scored by revision 2 from now on."
    settle(qtbot, tab.table)
    [sheet] = floor.sheets()
    floor.write(sheet, {"accuracy": 50}, submit=False)
    tab.refresh()
    settle(qtbot, tab.table)
    action = tab.actions_of_rows.actions["revise"]
    assert not action.isEnabled()
    assert action.toolTip() == "This sheet has been begun."


def test_progress_counts_what_is_handed_in(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    first, *_others = floor.assign((1, 1), (2, 1), (1, 0))
    floor.write(first, FULL, submit=True)
    tab = projects_tab(qtbot, floor.admin, tools)
    column = next(c for c in tab.table.columns if c.key == "progress")
    project = tab.table.model.items[0]
    assert column.shown(project) == "1 / 3"
    assert column.share is not None
    assert column.share(project) == pytest.approx(1 / 3)


def test_the_evaluations_of_a_project_are_asked_for(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = projects_tab(qtbot, floor.admin, tools)
    tab.table.view.selectRow(0)
    with qtbot.waitSignal(tab.open_requested) as asked:
        tab.actions_of_rows.run("evaluations")
    assert asked.args == ["evaluations", {"project_id": floor.project_id}]


def test_a_secretary_reads_and_changes_nothing(qtbot: QtBot, floor: Floor, tools: TabTools) -> None:
    secretary = floor.sign_in("secretary1", "test123!")
    tab = projects_tab(qtbot, secretary, tools)
    assert set(tab.actions_of_rows.actions) == {"evaluations"}
    assert not tab.new_button.isVisible()
    assert not tab.import_button.isVisible()
    tab.edit(tab.table.model.items[0])
    form = form_of(qtbot)
    assert not form.save_button.isVisible()
    form.done(0)


def test_a_manager_imports_and_is_offered_no_undo(
    qtbot: QtBot, api_server: RunningServer, sign_in: SignIn, tools: TabTools, tmp_path: Any
) -> None:
    path = tmp_path / "projects.csv"
    path.write_text(
        "사업명,주관 회사,템플릿,마감일,상태\n가져온 사업,테스트 회사,AI 모델 평가 템플릿,"
        "2026-12-30 18:00,진행 중\n",
        encoding="utf-8",
    )
    manager = sign_in("manager1", "test123!")
    tab = projects_tab(qtbot, manager, tools)
    QTest.mouseClick(tab.import_button, Qt.MouseButton.LeftButton)
    shown = dialog(qtbot, ImportDialog)
    assert not shown.past_button.isVisible()
    shown.open_file(path)
    for step in range(3):
        qtbot.waitUntil(lambda: shown.next_button.isEnabled(), timeout=10_000)
        shown.next_button.click()
        qtbot.waitUntil(lambda step=step: shown.step == step + 1)  # type: ignore[misc]
    qtbot.waitUntil(lambda: shown.next_button.isEnabled(), timeout=10_000)
    shown.next_button.click()
    qtbot.waitUntil(lambda: shown.job.written == 1, timeout=10_000)
    idle(qtbot, tools)
    assert not shown.apply_page.undo_button.isVisible()
    shown.reject()
    gone(qtbot)
    settle(qtbot, tab.table)
    [project] = tab.table.model.items
    assert project.status is ProjectStatus.ACTIVE
    assert project.deadline == datetime(2026, 12, 30, 9, tzinfo=UTC)


def test_what_is_left_until_the_deadline_is_said_of_active_projects(tools: TabTools) -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    project = Project(
        id="p",
        name="P",
        company_id="c",
        status=ProjectStatus.ACTIVE,
        deadline=now + timedelta(hours=5),
    )
    chip = deadline_state(project, tools.settings, now)
    assert chip.text.endswith("· 5 hours left")
    assert chip.token == "warning"
    late = deadline_state(project, tools.settings, now + timedelta(hours=6))
    assert late.text.endswith("· passed")
    assert late.token == "danger"


def test_the_projects_of_a_template_are_shown_with_its_name(
    qtbot: QtBot, floor: Floor, tools: TabTools
) -> None:
    tab = projects_tab(qtbot, floor.admin, tools)
    tab.show_filtered({"template_id": "template-ai-model"})
    settle(qtbot, tab.table)
    assert len(tab.table.model.items) == 1
    named = "AI 모델 평가 템플릿"
    qtbot.waitUntil(lambda: tab.table.filter_bar.value_text("template_id") == named)
