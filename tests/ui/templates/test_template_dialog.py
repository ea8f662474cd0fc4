"""Making and editing templates against the real server: revisions, conflicts, nothing lost."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.services.session import SignedIn
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.conflict_dialog import ConflictDialog
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.templates import TemplatesTab
from desktop_app.ui.templates.criteria_model import COLUMN_OF
from desktop_app.ui.templates.preview_dialog import PreviewDialog
from desktop_app.ui.templates.template_dialog import TemplateDialog
from tests.fixtures.server import RunningServer
from tests.ui.records.stage import compose, dialog, gone, idle, settle
from tests.ui.templates.stage import (
    BASIC,
    field,
    kept,
    new_form,
    open_form,
    retype,
    row,
    stored,
    templates_tab,
    use,
)

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def tab(qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools) -> TemplatesTab:
    return templates_tab(qtbot, admin, tools)


def weights(form: TemplateDialog) -> list[object]:
    return [row.weight for row in form.form.criteria.draft.rows]


def test_a_template_is_made_with_the_keyboard_alone(
    qtbot: QtBot, tab: TemplatesTab, api_server: RunningServer, tools: TabTools
) -> None:
    QTest.keyClick(tab, Qt.Key.Key_N, CONTROL)
    form = new_form(qtbot)
    assert field(form, "name").hasFocus()
    compose(field(form, "name"), commit="발표 평가")
    retype(form, 0, "name", "first")
    retype(form, 0, "weight", "60")
    QTest.keyClick(form.focusWidget(), Qt.Key.Key_Return)
    retype(form, 1, "name", "second")
    retype(form, 1, "weight", "40")
    QTest.keyClick(form.focusWidget(), Qt.Key.Key_Return)  # an empty row more does no harm
    QTest.keyClick(form.focusWidget(), Qt.Key.Key_Return, CONTROL)
    gone(qtbot)
    made = stored(api_server, "발표 평가")
    assert [(c["name"], c["weight"]) for c in made["criteria"]] == [("first", 60), ("second", 40)]
    assert made["company_id"] is None
    settle(qtbot, tab.table)
    assert [template.name for template in tab.table.selected()] == ["발표 평가"]
    assert tools.messages.history[0].text == "발표 평가 added."


def test_a_second_click_makes_no_second_template(
    qtbot: QtBot, tab: TemplatesTab, api_server: RunningServer
) -> None:
    tab.add()
    form = new_form(qtbot)
    field(form, "name").insert("한 번")
    retype(form, 0, "name", "one")
    retype(form, 0, "weight", "100")
    form.save_button.click()
    QTest.mouseDClick(form.save_button, Qt.MouseButton.LeftButton)
    form.save()
    gone(qtbot)
    assert api_server.documents["templates"].count_documents({"name": "한 번"}) == 1


def test_what_is_wrong_is_told_at_its_cell_and_nothing_is_sent(
    qtbot: QtBot, tab: TemplatesTab, api_server: RunningServer
) -> None:
    tab.add()
    form = new_form(qtbot)
    field(form, "name").insert("평가")
    retype(form, 0, "name", "one")
    retype(form, 0, "weight", "99.9")
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    assert "The weights sum to 99.9" in form.form.criteria.problem_label.text()
    assert form.form.criteria.bar.sum.accessibleName() == "Sum 99.9 %: 0.1 missing"
    retype(form, 0, "step", "3")
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    assert form.form.criteria.shown_problem(0, "step").startswith("The highest score must be")
    form.done(0)
    assert api_server.documents["templates"].count_documents({}) == 2


def test_a_template_in_use_says_before_that_saving_makes_a_revision(
    qtbot: QtBot, tab: TemplatesTab, admin: SignedIn, api_server: RunningServer, tools: TabTools
) -> None:
    basic = row(tab, BASIC)
    use(admin, basic.id, "사업 하나")
    use(admin, basic.id, "사업 둘")
    tab.refresh()
    settle(qtbot, tab.table)
    form = open_form(qtbot, tab, BASIC)
    qtbot.waitUntil(lambda: "2 projects" in form.use.text)
    assert form.use.text == (
        "In use by 2 projects: a change makes revision 2; each of them keeps the revision it has."
    )
    assert form.save_button.text() == "Save changes"
    retype(form, 0, "weight", "25")
    retype(form, 1, "weight", "30")
    assert form.save_button.text() == "Save as revision 2"
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert stored(api_server, BASIC)["revision"] == 2
    assert kept(api_server, basic.id) == [
        (1, [30, 25, 20, 15, 10]),
        (2, [25, 30, 20, 15, 10]),
    ]
    settle(qtbot, tab.table)
    assert row(tab, BASIC).revision == 2
    assert not row(tab, BASIC).in_use


def test_a_template_not_in_use_is_changed_as_it_is(
    qtbot: QtBot, tab: TemplatesTab, api_server: RunningServer
) -> None:
    form = open_form(qtbot, tab, BASIC)
    assert not form.use.isVisible()
    field(form, "category").setText("")
    field(form, "category").insert("정기")
    assert form.save_button.text() == "Save changes"
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    now = stored(api_server, BASIC)
    assert (now["category"], now["revision"], now["version"]) == ("정기", 1, 2)


def test_changes_of_two_people_in_different_criteria_are_both_kept(
    qtbot: QtBot, tab: TemplatesTab, admin: SignedIn, api_server: RunningServer
) -> None:
    form = open_form(qtbot, tab, BASIC)
    retype(form, 0, "weight", "20")
    retype(form, 1, "weight", "35")
    theirs = admin.api.templates.get(row(tab, BASIC).id)
    others = [asdict(criterion) for criterion in theirs.criteria]
    others[4]["guide"] = "다른 사람의 기준"
    admin.api.templates.change(theirs.id, {"criteria": others}, version=theirs.version)
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    conflict = dialog(qtbot, ConflictDialog)
    assert conflict._merge.conflicts == ()
    QTest.mouseClick(conflict.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    now = stored(api_server, BASIC)["criteria"]
    assert [c["weight"] for c in now] == [20, 35, 20, 15, 10]
    assert now[4]["guide"] == "다른 사람의 기준"


def test_the_same_criterion_changed_by_two_is_decided_by_name(
    qtbot: QtBot, tab: TemplatesTab, admin: SignedIn, api_server: RunningServer
) -> None:
    form = open_form(qtbot, tab, BASIC)
    retype(form, 0, "name", "mine")
    theirs = admin.api.templates.get(row(tab, BASIC).id)
    others = [asdict(criterion) for criterion in theirs.criteria]
    others[0]["name"] = "theirs"
    admin.api.templates.change(theirs.id, {"criteria": others}, version=theirs.version)
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    conflict = dialog(qtbot, ConflictDialog)
    [part] = conflict._merge.conflicts
    assert part.key == f"criteria.{theirs.criteria[0].id}"
    radio = conflict._groups[part.key].buttons()[1]
    assert radio.accessibleName().startswith("Criterion “mine”, Theirs: Criterion theirs")
    QTest.mouseClick(radio, Qt.MouseButton.LeftButton)
    QTest.mouseClick(conflict.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    now = stored(api_server, BASIC)
    assert (now["criteria"][0]["name"], now["version"]) == ("theirs", 2)


def test_a_merge_whose_weights_do_not_sum_goes_back_to_the_form(
    qtbot: QtBot, tab: TemplatesTab, admin: SignedIn, api_server: RunningServer
) -> None:
    form = open_form(qtbot, tab, BASIC)
    retype(form, 0, "weight", "20")
    retype(form, 1, "weight", "35")
    theirs = admin.api.templates.get(row(tab, BASIC).id)
    others = [asdict(criterion) for criterion in theirs.criteria]
    others[2]["weight"], others[3]["weight"] = 30, 5
    admin.api.templates.change(theirs.id, {"criteria": others}, version=theirs.version)
    form.form.criteria.view.go(4, "name")
    form.form.criteria.remove()  # mine: one criterion less, theirs: other weights
    retype(form, 3, "weight", "25")
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    conflict = dialog(qtbot, ConflictDialog)
    for part in conflict._merge.conflicts:
        QTest.mouseClick(conflict._groups[part.key].buttons()[1], Qt.MouseButton.LeftButton)
    QTest.mouseClick(conflict.save_button, Qt.MouseButton.LeftButton)
    assert dialog(qtbot, TemplateDialog) is form
    assert form.form.criteria.problem_label.text().startswith("The weights sum to")
    form.form.criteria.scale()
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert sum(c["weight"] for c in stored(api_server, BASIC)["criteria"]) == pytest.approx(100)


def test_on_locked_production_criteria_are_read_until_it_is_unlocked(
    qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools
) -> None:
    guard = WriteGuard("Live", protected=True)
    tab = templates_tab(qtbot, admin, replace(tools, guard=guard))
    form = open_form(qtbot, tab, BASIC)
    cell = form.form.criteria.model.index(0, COLUMN_OF["name"])
    editable = Qt.ItemFlag.ItemIsEditable
    assert editable not in form.form.criteria.model.flags(cell)
    assert not form.save_button.isEnabled()
    guard.unlock("Live", 5)
    assert editable in form.form.criteria.model.flags(cell)
    retype(form, 0, "name", "typed")
    guard.lock()  # as it does when the time is over: what is typed stays
    assert form.form.criteria.draft.rows[0].name == "typed"
    assert not form.save_button.isEnabled()
    form.done(0)


def test_escape_asks_before_a_moved_criterion_is_lost(qtbot: QtBot, tab: TemplatesTab) -> None:
    form = open_form(qtbot, tab, BASIC)
    form.form.criteria.view.go(0, "name")
    QTest.keyClick(form.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(form.focusWidget(), Qt.Key.Key_Escape)
    question = dialog(qtbot, ConfirmDialog)
    assert question.action_button.text() == "Discard changes"
    QTest.mouseClick(question.action_button, Qt.MouseButton.LeftButton)
    gone(qtbot)


def test_a_form_closed_without_changes_asks_nothing(qtbot: QtBot, tab: TemplatesTab) -> None:
    form = open_form(qtbot, tab, BASIC)
    form.form.criteria.view.go(0, "weight")
    QTest.keyClick(form.focusWidget(), Qt.Key.Key_Escape)
    gone(qtbot)


def test_a_server_that_is_down_keeps_everything_typed(
    qtbot: QtBot, tab: TemplatesTab, api_server: RunningServer
) -> None:
    form = open_form(qtbot, tab, BASIC)
    retype(form, 0, "weight", "35")
    retype(form, 1, "weight", "20")
    api_server.stop()
    QTest.keyClick(form.focusWidget(), Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(form.banner.isVisible, timeout=15_000)
    assert "What you typed is still here" in form.banner.text
    assert weights(form) == [35, 20, 20, 15, 10]
    assert form.form.criteria.view.isAncestorOf(form.focusWidget())
    api_server.restart()
    QTest.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    gone(qtbot)
    assert stored(api_server, BASIC)["criteria"][0]["weight"] == 35


def test_the_preview_is_the_evaluators_form_with_what_is_typed(
    qtbot: QtBot, tab: TemplatesTab, tools: TabTools
) -> None:
    form = open_form(qtbot, tab, BASIC)
    retype(form, 0, "name", "typed")
    retype(form, 1, "max_score", "x")
    QTest.mouseClick(form.preview_button, Qt.MouseButton.LeftButton)
    preview = dialog(qtbot, PreviewDialog)
    names = [criterion.name for criterion in preview.form.criteria]
    assert names == ["typed", "창의성", "소통", "팀워크"]
    QTest.keyClicks(preview.form.rows[0].score, "50")
    assert preview.form.total.text() == "Total 15.00"
    preview.reject()
    form.done(0)
    idle(qtbot, tools)
