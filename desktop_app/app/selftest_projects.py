"""What a selftest looks at of projects, assignment and sheets."""

from __future__ import annotations

from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_stage import NotReached
from desktop_app.core.evaluations import EvaluationStatus
from desktop_app.ui.assignment.bulk_dialog import BulkDialog
from desktop_app.ui.assignment.conflicts_dialog import ConflictsDialog
from desktop_app.ui.assignment.participants_dialog import PANEL, ParticipantsDialog
from desktop_app.ui.assignment.paste_dialog import PasteDialog
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.form_dialog import FormDialog
from desktop_app.ui.tabs.evaluations import EvaluationsTab

_RUNNING = "AI 모델 성능 평가 (예시)"
CLOSED = "상반기 품질 평가 (예시)"


def evaluations(play: Play, name: str = _RUNNING) -> EvaluationsTab:
    """The tab of evaluations with a project open and nothing chosen."""
    tab = play.tab("evaluations")
    if not isinstance(tab, EvaluationsTab):
        raise NotReached("no tab of evaluations")
    projects = play.records("projects").table.model.items
    project_id = next(project.id for project in projects if project.name == name)
    play.tab("evaluations")
    tab.pages.setCurrentWidget(tab.assignment)
    tab.show_filtered({"project_id": project_id})
    play.settle(f"the project {name}")
    tab.assignment.view.clearSelection()
    return tab


def no_project(play: Play) -> None:
    """Nothing is chosen yet."""
    tab = play.tab("evaluations")
    assert isinstance(tab, EvaluationsTab)
    if tab.loaded is None:
        play.look("evaluations-no-project")
        play.look("evaluations-projects", tab.picker.show_list)


def new_project(play: Play) -> None:
    """The empty form, and what it says of what is missing."""
    tab = play.records("projects")
    dialog = play.look("project-new", tab.add)
    dialog.form.put({"status": "active"})  # type: ignore[attr-defined]
    play.look("project-new-problems", dialog.save)  # type: ignore[attr-defined]


def edit_project(play: Play) -> None:
    """The form of a project with sheets."""
    tab = play.records("projects")
    project = next(item for item in tab.table.model.items if item.name == _RUNNING)
    play.look("project-edit", lambda: tab.edit(project))


def projects_selected(play: Play) -> None:
    """What can be done with projects; archiving, and deleting what has sheets."""
    tab = play.records("projects")
    play.look("projects-selected", lambda: tab.table.view.selectAll())
    play.look("projects-archive", lambda: tab.actions_of_rows.run("archive"))
    play.close()
    dialog = play.look("projects-delete", lambda: tab.actions_of_rows.run("delete"))
    assert isinstance(dialog, ConfirmDialog)
    dialog.cancel_button.click()


def matrix(play: Play) -> None:
    """The matrix with sheets in every state, a row selected, and narrowed to nothing."""
    tab = evaluations(play)
    play.look("assignment")
    play.look("assignment-selected", lambda: tab.assignment.view.selectRow(1))
    search = tab.assignment.tools.search
    search.setText("nobody")
    play.look("assignment-nothing-found", search.search_now)
    tab.assignment.tools.clear()


def participants(play: Play) -> None:
    """Choosing companies and evaluators, and pasting a list of them."""
    tab = evaluations(play)
    dialog = play.look("participants", tab.assignment.choose_participants)
    assert isinstance(dialog, ParticipantsDialog)
    dialog.tabs.setCurrentWidget(dialog.choosers[PANEL])
    play.look("participants-evaluators")
    paste = play.look("participants-paste", dialog.choosers[PANEL].paste_button.click)
    assert isinstance(paste, PasteDialog)
    paste.text.setPlainText("sample003\n없는 사람\nsample002@example.com")
    play.look("participants-paste-unknown", paste.action_button.click)


def bulk(play: Play) -> None:
    """A plan that fits, and one that leaves companies short."""
    tab = evaluations(play)
    dialog = play.look("assign-automatically", tab.assignment.assign_many)
    assert isinstance(dialog, BulkDialog)
    play.stage.wait(lambda: dialog.plan is not None, "the plan")
    dialog.form.put({"seed": 7, "per_company": 5})
    play.stage.wait(lambda: dialog.plan is not None, "the plan")
    play.look("assign-automatically-more")
    dialog.form.put({"per_company": 7, "per_evaluator": 4})
    play.stage.wait(lambda: dialog.plan is not None, "the plan")
    play.look("assign-automatically-short")


def conflicts(play: Play) -> None:
    """The conflicts of interest, and declaring one."""
    tab = evaluations(play)
    dialog = play.look("conflicts", tab.assignment.show_conflicts)
    assert isinstance(dialog, ConflictsDialog)
    form = play.look("conflict-declare", dialog.declare_button.click)
    assert isinstance(form, FormDialog)
    play.look("conflict-declare-problems", form.send)


def progress(play: Play) -> None:
    """How far each evaluator is, and reminding."""
    tab = evaluations(play)
    dialog = play.look("progress", tab.assignment.show_progress)
    table = dialog.table  # type: ignore[attr-defined]
    play.look("progress-selected", table.view.selectAll)


def sheets(play: Play) -> None:
    """The list of sheets, one opened, and what is asked before sheets change hands."""
    tab = evaluations(play)
    tab.pages.setCurrentWidget(tab.sheets)
    play.look("sheets")
    items = tab.sheets.table.model.items
    done = next(item for item in items if item.status is EvaluationStatus.SUBMITTED)
    begun = next(item for item in items if item.status is EvaluationStatus.IN_PROGRESS)
    tab.sheets.table.select_id(done.id)
    play.look("sheets-selected")
    play.look("sheet", lambda: tab.work.open(done))
    play.close()
    play.look("sheet-confirm", lambda: tab.work.ask_confirm((done,)))
    play.close()
    play.look("sheet-reopen", lambda: tab.work.ask_reopen(done))
    play.close()
    play.look("sheet-reassign", lambda: tab.work.ask_reassign(begun))


PROJECT_SCENES = (
    no_project,
    new_project,
    edit_project,
    projects_selected,
    matrix,
    participants,
    bulk,
    conflicts,
    progress,
    sheets,
)
"""As administrator; every scene is closed before the next one."""
