"""What a selftest looks at, as a table: a new screen or dialog joins it with one line.

Tabs need no line: every tab that the role may use is opened by itself.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop_app.api.guard import WriteGuard
from desktop_app.app.selftest_files import FILE_SCENES
from desktop_app.app.selftest_load import LOAD_SCENES
from desktop_app.app.selftest_load_trouble import LOAD_TROUBLE_SCENES
from desktop_app.app.selftest_migrations import MIGRATION_SCENES
from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_projects import PROJECT_SCENES
from desktop_app.app.selftest_results import RESULT_SCENES
from desktop_app.app.selftest_sample import sample_users
from desktop_app.app.selftest_templates import TEMPLATE_SCENES
from desktop_app.app.selftest_validation import VALIDATION_SCENES
from desktop_app.core.paging import PageQuery
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.edit_dialog import EditDialog
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.imports.import_dialog import ImportDialog
from desktop_app.ui.messages import Level
from desktop_app.ui.signin.resume_dialog import ResumeDialog

Scene = Callable[[Play], object]


def _sign_in_dialogs(play: Play) -> None:
    page = play.console.signing_in.page
    play.look("profiles", page.manage_asked.emit)
    play.close()
    play.look("doctor", lambda: page.doctor_asked.emit(page.profile))


def _palette(play: Play) -> None:
    play.look("palette", play.working.show_palette)


def _keyboard(play: Play) -> None:
    play.look("keyboard", play.working.page.show_keyboard)


def _about(play: Play) -> None:
    play.look("about", play.working.page.about_asked.emit)


def _own_password(play: Play) -> None:
    play.look("change-password", play.working.page.password_asked.emit)


def _messages(play: Play) -> None:
    messages = play.console.parts.messages
    messages.post(Level.OK, "3 users changed (sample message)")
    messages.post(Level.INFO, "A sample message with a longer text that takes a second line here.")
    play.look("messages-toasts")
    play.look("messages-history", play.working.page.header.bell.open_history)


def _running_work(play: Play) -> None:
    runner = play.console.parts.runner

    def work(context: TaskContext) -> None:
        context.report(3, 10, "sample")
        context.wait(3600)

    task = runner.start(work, owner=play.window, failed=lambda _e: None, title="Sample work")
    reported = Progress(done=3, total=10, text="sample")
    play.stage.wait(lambda: task.progress == reported, "the progress of work")
    play.stage.look("running-work", play.window, task.started_at)
    task.cancel()


def _unlock(play: Play) -> None:
    guard = WriteGuard("Production (sample)", protected=True)
    play.look("unlock", UnlockDialog(guard, play.window).open)


def _session_ended(play: Play) -> None:
    play.look("session-ended", ResumeDialog("관리자", "admin", play.window).open)


def _folded(play: Play) -> None:
    page = play.working.page
    play.look("navigation-folded", page.toggle_fold)
    page.toggle_fold()


def _new_user(play: Play) -> None:
    dialog = play.look("user-new", play.records("users").add)
    assert isinstance(dialog, EditDialog)
    play.look("user-new-problems", dialog.save)


def _edit_user(play: Play) -> None:
    tab = play.records("users")
    play.look("user-edit", lambda: tab.edit(tab.table.model.items[8]))


def _conflict(play: Play) -> None:
    tab = play.records("users")
    user = tab.table.model.items[9]
    dialog = play.look("user-edit-before-conflict", lambda: tab.edit(user))
    assert isinstance(dialog, EditDialog)
    change = {"name": "다른 이름", "profile.department": "다른 부서"}
    play.elsewhere(lambda: play.api.users.change(user.id, change, version=user.version))
    dialog.form.put({"name": "내가 고친 이름", "profile.position": "이사"})
    play.look("user-conflict", dialog.save)


def _selected_users(play: Play) -> None:
    tab = play.records("users")
    play.look("users-selected", lambda: tab.table.view.selectAll())
    play.look("users-delete", lambda: tab.actions_of_rows.run("delete"))
    play.close()
    play.look("users-deactivate", lambda: tab.actions_of_rows.run("deactivate"))


def _reset_password(play: Play) -> None:
    tab = play.records("users")
    tab.table.select_id(next(user.id for user in tab.table.model.items[5:] if user.is_active))
    dialog = play.look("user-reset-password", lambda: tab.actions_of_rows.run("reset_password"))
    assert isinstance(dialog, ConfirmDialog)
    play.look("user-one-time-password", dialog.action_button.click)


def _nothing_found(play: Play) -> None:
    tab = play.records("users")
    play.look("users-nothing-found", lambda: tab.show_filtered({"login_id": "nobody"}))
    tab.table.clear_search_and_filters()


def _import_users(play: Play) -> None:
    path = _sample_file(play.folder)
    dialog = play.look("import-file", play.records("users").start_import)
    assert isinstance(dialog, ImportDialog)
    play.look("import-file-chosen", lambda: dialog.open_file(path))
    play.look("import-columns", dialog.next_button.click)
    play.look("import-check", dialog.next_button.click)
    play.look("import-apply", dialog.next_button.click)
    play.look("import-applied", dialog.next_button.click)
    play.look("import-past", dialog.past_button.click)


def _export_users(play: Play) -> None:
    play.look("export", play.records("users").start_export)


def _new_company(play: Play) -> None:
    play.look("company-new", play.records("companies").add)


def _edit_company(play: Play) -> None:
    tab = play.records("companies")
    play.look("company-edit", lambda: tab.edit(tab.table.model.items[0]))


def _company_in_use(play: Play) -> None:
    tab = play.records("companies")
    used = next(company for company in tab.table.model.items if company.user_count)
    tab.table.select_id(used.id)
    dialog = play.look("company-delete", lambda: tab.actions_of_rows.run("delete"))
    assert isinstance(dialog, ConfirmDialog)
    play.look("company-in-use", dialog.action_button.click)


def _sample_file(folder: Path) -> Path:
    """A file of users as a person would send it: Korean headings, CP949, a few bad rows."""
    path = folder / "사용자 목록 (예시).csv"
    rows: list[dict[str, Any]] = list(sample_users(90))[60:]
    rows[3]["email"] = "not an address"
    rows[7]["role"] = "boss"
    rows[11]["login_id"] = "sample001"
    with path.open("w", encoding="cp949", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["아이디", "이름", "이메일", "역할", "회사", "전화번호", "부서", "직위"])
        for row in rows:
            place = ("profile.phone", "profile.department", "profile.position")
            values = [row[key] for key in ("login_id", "name", "email", "role")]
            writer.writerow([*values, "샘플전자 (예시)", *(row[key] for key in place)])
    return path


SIGNED_OUT: tuple[Scene, ...] = (_sign_in_dialogs,)
"""At the sign-in page, with the local workspace ready."""

SIGNED_IN: tuple[Scene, ...] = (
    _new_user,
    _edit_user,
    _conflict,
    _selected_users,
    _reset_password,
    _nothing_found,
    _import_users,
    _export_users,
    _new_company,
    _edit_company,
    _company_in_use,
    *TEMPLATE_SCENES,
    *FILE_SCENES,
    *PROJECT_SCENES,
    *RESULT_SCENES,
    *MIGRATION_SCENES,
    *VALIDATION_SCENES,
    *LOAD_SCENES,
    *LOAD_TROUBLE_SCENES,
    _palette,
    _keyboard,
    _about,
    _own_password,
    _messages,
    _running_work,
    _unlock,
    _session_ended,
    _folded,
)
"""As administrator; every scene is closed before the next one."""


def someone_who_must_change_password(play: Play) -> tuple[str, str]:
    """Sign-in name and one-time password of a new user."""

    def create() -> tuple[str, str]:
        company = play.api.companies.page(PageQuery(page_size=25)).items[0]
        values = {**next(sample_users(1)), "login_id": "newcomer", "email": "newcomer@example.com"}
        created = play.api.users.add({**values, "role": "manager", "company_id": company.id})
        return "newcomer", str(created.initial_password)

    return play.elsewhere(create)
