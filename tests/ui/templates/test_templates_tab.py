"""The tab of templates: who may do what, revisions, files."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop_app.core.tasks import TaskContext
from desktop_app.services.session import SignedIn
from desktop_app.services.template_files import read_templates
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.outcome_dialog import OutcomeDialog
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.templates import TemplatesTab
from desktop_app.ui.templates.export_work import TemplateExport
from desktop_app.ui.templates.import_dialog import TemplateImportDialog
from desktop_app.ui.templates.preview_dialog import PreviewDialog
from desktop_app.ui.templates.revisions_dialog import RevisionsDialog
from desktop_app.ui.templates.template_dialog import TemplateDialog
from tests.fixtures.server import RunningServer
from tests.ui.records.stage import SignIn, dialog, gone, idle, settle
from tests.ui.templates.stage import (
    BASIC,
    MODEL,
    field,
    kept,
    open_form,
    row,
    select,
    stored,
    templates_tab,
    use,
)

HEADINGS = ["평가 항목", "가중치", "배점"]


@pytest.fixture
def tab(qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools) -> TemplatesTab:
    return templates_tab(qtbot, admin, tools)


def enabled(tab: TemplatesTab) -> set[str]:
    actions = tab.actions_of_rows.actions
    return {action_id for action_id, action in actions.items() if action.isEnabled()}


def own_template(who: SignedIn, name: str = "우리 평가") -> str:
    criteria = [{"id": "a", "name": "하나", "weight": 100}]
    values = {"name": name, "company_id": "company-test", "criteria": criteria}
    return who.api.templates.create(values)


def test_the_list_tells_of_criteria_revision_and_sharing(tab: TemplatesTab) -> None:
    shown = {
        template.name: [column.shown(template) for column in tab.table.visible_columns()][:7]
        for template in tab.table.model.items
    }
    assert shown[BASIC][2:7] == ["Shared", "5", "1", "Active", "No"]
    assert shown[MODEL][2:7] == ["Shared", "4", "1", "Active", "No"]


def test_a_copy_begins_with_everything_but_the_name(
    qtbot: QtBot, tab: TemplatesTab, api_server: RunningServer
) -> None:
    select(tab, BASIC)
    tab.actions_of_rows.run("duplicate")
    form = dialog(qtbot, TemplateDialog)
    assert field(form, "name").text() == f"{BASIC} (copy)"
    assert form.form.criteria.bar.sum.accessibleName() == "Sum 100 %"
    assert not form.unsaved
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    copy, original = stored(api_server, f"{BASIC} (copy)"), stored(api_server, BASIC)
    assert copy["criteria"] == original["criteria"]
    assert copy["_id"] != original["_id"]


def test_what_is_in_use_is_kept_told_and_archived_instead(
    qtbot: QtBot, tab: TemplatesTab, admin: SignedIn, api_server: RunningServer, tools: TabTools
) -> None:
    use(admin, row(tab, BASIC).id)
    select(tab, BASIC)
    tab.actions_of_rows.run("delete")
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    told = dialog(qtbot, OutcomeDialog)
    assert "In use by 1 project" in told.text_at(0, 1)
    assert told.instead_button.text() == "Archive 1 template instead"
    QTest.mouseClick(told.instead_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    idle(qtbot, tools)
    assert not stored(api_server, BASIC)["is_active"]
    settle(qtbot, tab.table)
    select(tab, BASIC)
    assert {"activate", "edit"} <= enabled(tab)
    tab.actions_of_rows.run("activate")
    idle(qtbot, tools)
    assert stored(api_server, BASIC)["is_active"]


def test_a_manager_changes_the_own_companys_and_copies_shared_ones(
    qtbot: QtBot, sign_in: SignIn, admin: SignedIn, api_server: RunningServer, tools: TabTools
) -> None:
    own_template(admin)
    tab = templates_tab(qtbot, sign_in("manager1", "test123!"), tools)
    idle(qtbot, tools)
    select(tab, BASIC)
    assert enabled(tab) == {"duplicate", "preview", "revisions", "export"}
    assert "shared" not in tab.actions_of_rows.actions["edit"].text()
    assert "changed by administrators" in tab.actions_of_rows.actions["edit"].toolTip()
    select(tab, "우리 평가")
    assert {"edit", "deactivate", "delete"} <= enabled(tab)
    form = open_form(qtbot, tab, "우리 평가")
    assert field(form, "company_id").isReadOnly()
    form.reject()
    gone(qtbot)
    select(tab, BASIC)
    tab.actions_of_rows.run("duplicate")
    form = dialog(qtbot, TemplateDialog)
    assert field(form, "company_id").text() == "테스트 회사"
    assert field(form, "company_id").isReadOnly()
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert stored(api_server, f"{BASIC} (copy)")["company_id"] == "company-test"


def test_a_shared_template_is_read_by_a_manager_but_not_typed_into(
    qtbot: QtBot, sign_in: SignIn, api_server: RunningServer, tools: TabTools
) -> None:
    tab = templates_tab(qtbot, sign_in("manager1", "test123!"), tools)
    form = open_form(qtbot, tab, BASIC)
    assert not form.save_button.isVisible()
    assert form.form.criteria.model.read_only
    assert form.preview_button.isVisible()
    form.reject()
    gone(qtbot)


def test_a_secretary_reads_templates_and_changes_none(
    qtbot: QtBot, sign_in: SignIn, admin: SignedIn, api_server: RunningServer, tools: TabTools
) -> None:
    own_template(admin)
    tab = templates_tab(qtbot, sign_in("secretary1", "test123!"), tools)
    assert {template.name for template in tab.table.model.items} == {BASIC, MODEL, "우리 평가"}
    assert set(tab.actions_of_rows.actions) == {"preview", "revisions", "export"}
    assert not tab.new_button.isVisible()
    assert not tab.import_button.isVisible()
    select(tab, "우리 평가")
    tab.actions_of_rows.run("revisions")
    history = dialog(qtbot, RevisionsDialog)
    qtbot.waitUntil(lambda: history.chosen is not None)
    assert not history.restore_button.isVisible()
    history.reject()


def test_the_preview_opens_from_the_list(qtbot: QtBot, tab: TemplatesTab) -> None:
    select(tab, MODEL)
    tab.actions_of_rows.run("preview")
    preview = dialog(qtbot, PreviewDialog)
    assert [c.name for c in preview.form.criteria] == ["정확도", "성능", "견고성", "해석가능성"]
    assert preview.width() == tab.width()
    preview.reject()
    gone(qtbot)


def weights_of(who: SignedIn, template_id: str, *weights: float) -> None:
    """Someone gives the criteria of a template other weights."""
    template = who.api.templates.get(template_id)
    criteria = [
        {"id": c.id, "name": c.name, "weight": weight, "guide": c.guide}
        for c, weight in zip(template.criteria, weights, strict=True)
    ]
    who.api.templates.change(template_id, {"criteria": criteria}, version=template.version)


def test_revisions_are_compared_and_an_older_one_is_restored(
    qtbot: QtBot, tab: TemplatesTab, admin: SignedIn, api_server: RunningServer, tools: TabTools
) -> None:
    model = row(tab, MODEL).id
    use(admin, model, "사업 하나")
    weights_of(admin, model, 30, 40, 20, 10)
    use(admin, model, "사업 둘")
    weights_of(admin, model, 25, 25, 25, 25)
    use(admin, model, "사업 셋")
    select(tab, MODEL)
    tab.actions_of_rows.run("revisions")
    history = dialog(qtbot, RevisionsDialog)
    qtbot.waitUntil(lambda: history.list.rowCount() == 3)
    assert history.chosen is not None
    assert (history.chosen.revision, history.other.currentData()) == (3, 2)
    assert "Weight\n30 %\n25 %" in history.view.toPlainText()
    history.compare_with(1)
    assert "Weight\n40 %\n25 %" in history.view.toPlainText()
    assert not history.restore_button.isEnabled()  # it is the present one
    QTest.keyClick(history.list, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert history.chosen.revision == 1
    QTest.mouseClick(history.restore_button, Qt.MouseButton.LeftButton)
    question = dialog(qtbot, ConfirmDialog)
    assert question.text.text() == (
        "Revision 4 is made with the content of revision 1; what uses revision 3 keeps it."
    )
    QTest.mouseClick(question.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: history.list.rowCount() == 4)
    assert kept(api_server, model)[-1] == (4, [40, 30, 20, 10])
    said = f"{MODEL}: revision 1 was restored as revision 4."
    assert tools.messages.history[0].text == said
    history.reject()
    settle(qtbot, tab.table)
    assert row(tab, MODEL).revision == 4


def test_a_restore_that_comes_too_late_is_told_and_shows_what_is_there_now(
    qtbot: QtBot, tab: TemplatesTab, admin: SignedIn, api_server: RunningServer
) -> None:
    model = row(tab, MODEL).id
    use(admin, model)
    weights_of(admin, model, 30, 40, 20, 10)
    select(tab, MODEL)
    tab.actions_of_rows.run("revisions")
    history = dialog(qtbot, RevisionsDialog)
    qtbot.waitUntil(lambda: history.list.rowCount() == 2)
    history.choose(1)
    weights_of(admin, model, 10, 20, 30, 40)
    history.restore()
    QTest.mouseClick(dialog(qtbot, ConfirmDialog).action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(history.banner.isVisible)
    assert "in the meantime" in history.banner.text
    assert stored(api_server, MODEL)["criteria"][0]["weight"] == 10
    qtbot.waitUntil(lambda: history.restore_button.isEnabled())
    history.reject()


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Two templates: a good one, and one whose weights are not enough."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, weight in (("서면 평가", 60), ("발표 평가", 50)):
        sheet = book.create_sheet(name)
        for line in (HEADINGS, ["내용", weight, 10], ["형식", 40, 5]):
            sheet.append(line)
    path = tmp_path / "평가표.xlsx"
    book.save(path)
    return path


def test_templates_are_imported_and_a_wrong_one_is_mended_in_the_editor(
    qtbot: QtBot, tab: TemplatesTab, api_server: RunningServer, workbook: Path, tools: TabTools
) -> None:
    QTest.mouseClick(tab.import_button, Qt.MouseButton.LeftButton)
    importing = dialog(qtbot, TemplateImportDialog)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(workbook))])
    action = Qt.DropAction.CopyAction
    drop = QDropEvent(
        QPointF(5, 5), action, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    importing.dropEvent(drop)
    qtbot.waitUntil(lambda: len(importing.model.entries) == 2)
    good, bad = importing.model.entries
    assert (good.wanted, bad.wanted) == (True, False)
    assert importing.create_button.text() == "Create 1 template"
    importing.table.selectRow(1)
    assert "The weights sum to 90" in importing.details.toPlainText()
    QTest.mouseClick(importing.create_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert stored(api_server, "서면 평가")["company_id"] is None
    assert tools.messages.history[0].text == "1 template imported."

    tab.start_import()
    importing = dialog(qtbot, TemplateImportDialog)
    importing.open_file(workbook)
    qtbot.waitUntil(lambda: len(importing.model.entries) == 2)
    importing.table.selectRow(1)
    QTest.mouseClick(importing.edit_button, Qt.MouseButton.LeftButton)
    form = dialog(qtbot, TemplateDialog)
    assert field(form, "name").text() == "발표 평가"
    form.form.criteria.scale()
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert [c["weight"] for c in stored(api_server, "발표 평가")["criteria"]] == [55.56, 44.44]
    settle(qtbot, tab.table)


def test_a_connection_cut_while_importing_makes_nothing_twice(
    qtbot: QtBot, tab: TemplatesTab, api_server: RunningServer, workbook: Path
) -> None:
    tab.start_import()
    importing = dialog(qtbot, TemplateImportDialog)
    importing.open_file(workbook)
    qtbot.waitUntil(lambda: len(importing.model.entries) == 2)
    api_server.stop()
    QTest.mouseClick(importing.create_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: importing.model.entries[0].state == "failed", timeout=20_000)
    assert "does not answer" in importing.details.toPlainText()
    assert importing.create_button.text() == "Create 1 template"
    api_server.restart()
    QTest.mouseClick(importing.create_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert api_server.documents["templates"].count_documents({"name": "서면 평가"}) == 1
    settle(qtbot, tab.table)


def test_a_file_that_holds_no_template_is_told(
    qtbot: QtBot, tab: TemplatesTab, tmp_path: Path
) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")
    tab.start_import()
    importing = dialog(qtbot, TemplateImportDialog)
    importing.open_file(path)
    qtbot.waitUntil(importing.banner.isVisible)
    assert "neither an Excel workbook nor JSON" in importing.banner.text
    assert not importing.create_button.isEnabled()
    importing.reject()


def test_a_manager_imports_into_the_own_company(
    qtbot: QtBot, sign_in: SignIn, api_server: RunningServer, workbook: Path, tools: TabTools
) -> None:
    tab = templates_tab(qtbot, sign_in("manager1", "test123!"), tools)
    idle(qtbot, tools)
    tab.start_import()
    importing = dialog(qtbot, TemplateImportDialog)
    importing.open_file(workbook)
    qtbot.waitUntil(lambda: len(importing.model.entries) == 2)
    QTest.mouseClick(importing.create_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert stored(api_server, "서면 평가")["company_id"] == "company-test"
    settle(qtbot, tab.table)


@pytest.mark.parametrize("suffix", ["xlsx", "json"])
def test_the_selected_templates_are_exported(
    qtbot: QtBot, tab: TemplatesTab, tmp_path: Path, tools: TabTools, suffix: str
) -> None:
    select(tab, BASIC)
    QTest.mouseClick(tab.export_button, Qt.MouseButton.LeftButton)
    chooser = dialog(qtbot, QFileDialog)
    assert chooser.windowTitle() == "Export 1 template"
    chooser.selectFile(str(tmp_path / f"out.{suffix}"))
    chooser.accept()
    idle(qtbot, tools)
    [found] = read_templates(tmp_path / f"out.{suffix}", TaskContext())
    assert (found.name, found.problems) == (BASIC, ())
    assert tools.messages.history[0].text == f"1 template exported to out.{suffix}."


def test_without_a_selection_all_that_the_list_finds_is_exported(
    qtbot: QtBot, tab: TemplatesTab, tmp_path: Path, tools: TabTools
) -> None:
    export = TemplateExport(tab._templates, (), tab.table.query, tools, tab)
    export.start(tmp_path / "all.xlsx")
    idle(qtbot, tools)
    found = read_templates(tmp_path / "all.xlsx", TaskContext())
    assert {template.name for template in found} == {BASIC, MODEL}
