"""The tab of files as a person uses it: buttons, drops, keys."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.core.files import PART_SIZE
from desktop_app.services.session import SignedIn
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.edit_dialog import EditDialog
from desktop_app.ui.files.details_dialog import DetailsDialog
from desktop_app.ui.files.preview_dialog import PreviewDialog
from desktop_app.ui.files.transfers import State
from desktop_app.ui.files.upload_dialog import UploadDialog
from desktop_app.ui.forms.reference_editor import ReferenceEditor
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.files import FilesTab
from tests.fixtures.server import RunningServer
from tests.ui.files.stage import drop, files_tab, keep, select
from tests.ui.records.stage import SignIn, compose, dialog, gone, idle, names, settle

Open = Callable[[], FilesTab]
TEXT = "평가 자료입니다.\n".encode()


@pytest.fixture
def tab(
    qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools, tmp_path: Path
) -> FilesTab:
    return files_tab(qtbot, admin, tools, tmp_path / "data")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "사업 계획서 (최종).txt"
    path.write_bytes(TEXT)
    return path


def large(folder: Path, name: str = "큰 자료.bin", parts: int = 3) -> Path:
    path = folder / name
    path.write_bytes(os.urandom(parts * PART_SIZE))
    return path


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def choose_in(qtbot: QtBot, *paths: Path) -> None:
    """Choose in the file dialog that is open."""
    chooser = dialog(qtbot, QFileDialog)
    if chooser.fileMode() is QFileDialog.FileMode.ExistingFiles:
        chooser.filesSelected.emit([str(path) for path in paths])
    else:
        chooser.fileSelected.emit(str(paths[0]))
    chooser.reject()


def states(tab: FilesTab) -> list[State]:
    return [transfer.state for transfer in tab.transfers.all]


def test_file_is_uploaded_by_the_button_and_shows_in_the_list(
    qtbot: QtBot, tab: FilesTab, tools: TabTools, path: Path
) -> None:
    click(tab.new_button)
    choose_in(qtbot, path)
    asked = dialog(qtbot, UploadDialog)
    assert asked.upload_button.text() == "Upload 1 file"
    click(asked.upload_button)
    qtbot.waitUntil(lambda: names(tab.table) == [path.name])
    assert states(tab) == [State.DONE]
    assert [m.text for m in tools.messages.history] == [f"{path.name} was uploaded."]
    row = tab.transfer_list.rows[tab.transfers.all[0]]
    assert row.state.accessibleName() == "Done"
    click(tab.transfer_list.clear_button)
    assert not tab.transfer_list.isVisible()


def test_several_files_are_dropped_and_uploaded_for_what_was_chosen(
    qtbot: QtBot, tab: FilesTab, path: Path, tmp_path: Path
) -> None:
    other, program = tmp_path / "b.txt", tmp_path / "run.exe"
    other.write_bytes(b"other words")
    program.write_bytes(b"MZ")
    assert drop(tab, path, other, program)
    asked = dialog(qtbot, UploadDialog)
    assert asked.upload_button.text() == "Upload 2 files"
    assert "run as a program" in asked.candidates[0].problem
    company = asked.form.editor("company_id")
    assert isinstance(company, ReferenceEditor)
    compose(company.line, commit="테스트")
    qtbot.waitUntil(lambda: bool(company._found))
    company.choose(*company._found[0])
    click(asked.upload_button)
    qtbot.waitUntil(lambda: set(names(tab.table)) == {path.name, "b.txt"})
    assert {file.company_name for file in tab.table.model.items} == {"테스트 회사"}


def test_folders_and_addresses_are_not_taken(tab: FilesTab, tmp_path: Path) -> None:
    assert not drop(tab, tmp_path)
    assert not tab.overlay.isVisible()


def test_locked_production_system_takes_no_drop(
    qtbot: QtBot, admin: SignedIn, tools: TabTools, path: Path, tmp_path: Path
) -> None:
    import dataclasses

    locked = dataclasses.replace(tools, guard=WriteGuard("운영", protected=True))
    tab = files_tab(qtbot, admin, locked, tmp_path / "data")
    assert not drop(tab, path)
    assert not tab.new_button.isEnabled()


def test_filters_in_force_are_offered_as_the_target(
    qtbot: QtBot, tab: FilesTab, path: Path
) -> None:
    tab.table.set_filters({"company_id": "company-test"}, {"company_id": "테스트 회사"})
    settle(qtbot, tab.table)
    drop(tab, path)
    asked = dialog(qtbot, UploadDialog)
    assert asked.form.values()["company_id"] == "company-test"
    assert asked.form.label_of("company_id") == "테스트 회사"
    asked.reject()
    gone(qtbot)


def test_running_upload_is_stopped_and_gone_on_with(
    qtbot: QtBot, tab: FilesTab, tmp_path: Path, admin: SignedIn
) -> None:
    path = large(tmp_path)
    drop(tab, path)
    click(dialog(qtbot, UploadDialog).upload_button)
    [transfer] = tab.transfers.all
    row = tab.transfer_list.rows[transfer]
    qtbot.waitUntil(lambda: transfer.done >= PART_SIZE)
    click(row.stop_button)
    qtbot.waitUntil(lambda: transfer.state is State.STOPPED)
    assert row.state.accessibleName() == "Stopped"
    click(row.again_button)
    qtbot.waitUntil(lambda: transfer.state is State.DONE)
    qtbot.waitUntil(lambda: names(tab.table) == [path.name])


def test_upload_that_is_not_wanted_any_more_leaves_nothing_on_the_server(
    qtbot: QtBot, tab: FilesTab, tmp_path: Path, api_server: RunningServer, tools: TabTools
) -> None:
    drop(tab, large(tmp_path))
    click(dialog(qtbot, UploadDialog).upload_button)
    [transfer] = tab.transfers.all
    qtbot.waitUntil(lambda: transfer.done >= PART_SIZE)
    click(tab.transfer_list.rows[transfer].remove_button)
    idle(qtbot, tools)
    qtbot.waitUntil(lambda: not tab.transfers.all)
    idle(qtbot, tools)
    assert api_server.documents["fs.chunks"].count_documents({}) == 0


def test_upload_of_an_earlier_day_is_offered_to_be_gone_on_with(
    qtbot: QtBot, tab: FilesTab, tmp_path: Path, admin: SignedIn, tools: TabTools
) -> None:
    path = large(tmp_path)
    drop(tab, path)
    click(dialog(qtbot, UploadDialog).upload_button)
    [transfer] = tab.transfers.all
    qtbot.waitUntil(lambda: transfer.done >= PART_SIZE)
    tab.transfers.stop(transfer)
    qtbot.waitUntil(lambda: transfer.state is State.STOPPED)
    idle(qtbot, tools)
    again = files_tab(qtbot, admin, tools, tmp_path / "data")
    qtbot.waitUntil(lambda: states(again) == [State.STOPPED])
    click(again.transfer_list.rows[again.transfers.all[0]].again_button)
    qtbot.waitUntil(lambda: states(again) == [State.DONE])


def test_refused_file_says_why_and_cannot_be_tried_again(
    qtbot: QtBot, tab: FilesTab, tmp_path: Path, tools: TabTools
) -> None:
    path = tmp_path / "보고서.pdf"
    path.write_bytes(b"MZ\x90\x00" + bytes(100))
    drop(tab, path)
    click(dialog(qtbot, UploadDialog).upload_button)
    qtbot.waitUntil(lambda: states(tab) == [State.FAILED])
    row = tab.transfer_list.rows[tab.transfers.all[0]]
    assert row.caption.text() == "Files of this type are not taken."
    assert row.again_button.isHidden()
    assert tools.messages.history[0].text == "보고서.pdf was not transferred."


def test_what_failed_is_brought_into_sight_and_not_called_under_way(
    qtbot: QtBot, tab: FilesTab, tmp_path: Path
) -> None:
    paths = [tmp_path / f"자료 {n}.txt" for n in range(5)]
    for path in paths:
        path.write_text(f"내용 {path.name}", encoding="utf-8")
    paths[4].write_bytes(b"MZ\x90\x00" + bytes(100))
    drop(tab, *paths)
    click(dialog(qtbot, UploadDialog).upload_button)
    qtbot.waitUntil(lambda: states(tab) == [State.DONE] * 4 + [State.FAILED])
    row = tab.transfer_list.rows[tab.transfers.all[4]]
    qtbot.waitUntil(lambda: row.visibleRegion().boundingRect().contains(row.name.geometry()))
    assert tab.transfer_list._head.text() == "자료 4.txt was not transferred."


def test_same_content_is_told_of(qtbot: QtBot, tab: FilesTab, path: Path, admin: SignedIn) -> None:
    keep(admin.api, "그 자료.txt", TEXT)
    drop(tab, path)
    click(dialog(qtbot, UploadDialog).upload_button)
    qtbot.waitUntil(lambda: states(tab) == [State.DONE])
    assert "there already, as 그 자료.txt" in tab.transfers.all[0].note


def test_one_file_is_downloaded_to_where_the_person_says(
    qtbot: QtBot, tab: FilesTab, admin: SignedIn, tmp_path: Path, tools: TabTools
) -> None:
    file = keep(admin.api, "자료.txt", TEXT)
    tab.refresh()
    settle(qtbot, tab.table)
    select(tab, file)
    tab.actions_of_rows.run("download")
    target = tmp_path / "받은 자료.txt"
    choose_in(qtbot, target)
    qtbot.waitUntil(lambda: states(tab) == [State.DONE])
    assert target.read_bytes() == TEXT
    [message] = tools.messages.history
    assert message.text == "받은 자료.txt was downloaded."
    assert message.action is not None
    assert not tab.transfer_list.rows[tab.transfers.all[0]].folder_button.isHidden()


def test_several_files_are_downloaded_under_free_names(
    qtbot: QtBot, tab: FilesTab, admin: SignedIn, tmp_path: Path
) -> None:
    files = [
        keep(admin.api, "자료.txt", b"one", company_id="company-test"),
        keep(admin.api, "자료.txt", b"two", company_id="company-system"),
    ]
    (tmp_path / "자료.txt").write_bytes(b"mine")
    tab.refresh()
    settle(qtbot, tab.table)
    select(tab, *files)
    tab.actions_of_rows.run("download")
    choose_in(qtbot, tmp_path)
    qtbot.waitUntil(lambda: states(tab) == [State.DONE, State.DONE])
    held = {path.name: path.read_bytes() for path in tmp_path.glob("*.txt")}
    assert held.pop("자료.txt") == b"mine"
    assert set(held) == {"자료 (2).txt", "자료 (3).txt"}
    assert set(held.values()) == {b"one", b"two"}


def test_file_is_renamed_in_a_form(qtbot: QtBot, tab: FilesTab, admin: SignedIn) -> None:
    file = keep(admin.api, "자료.txt", TEXT)
    tab.refresh()
    settle(qtbot, tab.table)
    select(tab, file)
    tab.actions_of_rows.run("edit")
    form = dialog(qtbot, EditDialog)
    form.form.put({"file_name": "새 이름.txt"})
    click(form.save_button)
    qtbot.waitUntil(lambda: names(tab.table) == ["새 이름.txt"])
    gone(qtbot)


def test_deleting_names_what_the_file_belongs_to(
    qtbot: QtBot, tab: FilesTab, admin: SignedIn, api_server: RunningServer
) -> None:
    file = keep(admin.api, "자료.txt", TEXT, company_id="company-test")
    tab.refresh()
    settle(qtbot, tab.table)
    select(tab, file)
    tab.table.view.setFocus()
    QTest.keyClick(tab.table.view, Qt.Key.Key_Delete)
    question = dialog(qtbot, ConfirmDialog)
    assert question.action_button.text() == "Delete 1 file"
    click(question.action_button)
    qtbot.waitUntil(lambda: names(tab.table) == [])
    assert api_server.documents["fs.chunks"].count_documents({}) == 0


def test_double_click_looks_and_details_say_who_did(
    qtbot: QtBot, tab: FilesTab, admin: SignedIn, tools: TabTools
) -> None:
    file = keep(admin.api, "자료.txt", TEXT)
    tab.refresh()
    settle(qtbot, tab.table)
    select(tab, file)
    tab.table.activated.emit(file)
    looked = dialog(qtbot, PreviewDialog)
    qtbot.waitUntil(lambda: looked.content_shown is not None)
    looked.reject()
    gone(qtbot)
    tab.actions_of_rows.run("details")
    details = dialog(qtbot, DetailsDialog)
    qtbot.waitUntil(lambda: details.history.rowCount() == 2)
    told = [details.history.model().index(row, 2).data() for row in range(2)]
    assert told == ["opened it", "uploaded it"]
    click(details.copy_button)
    assert QApplication.clipboard().text() == file.file_hash
    details.reject()
    gone(qtbot)


def test_name_that_misleads_is_marked(qtbot: QtBot, tab: FilesTab, admin: SignedIn) -> None:
    keep(admin.api, "사진.png", b"<html><body>x</body></html>")
    tab.refresh()
    settle(qtbot, tab.table)
    column = next(c for c in tab.table.columns if c.key == "file_type")
    assert column.chip is not None
    chip = column.chip(tab.table.model.items[0])
    assert (chip.text, chip.icon) == ("HTML", "warning")


def test_evaluator_reads_only(
    qtbot: QtBot, sign_in: SignIn, tools: TabTools, tmp_path: Path, path: Path
) -> None:
    tab = files_tab(qtbot, sign_in("evaluator1", "test123!"), tools, tmp_path / "data")
    assert tab.new_button.isHidden()
    assert tab.import_button.isHidden()
    assert set(tab.actions_of_rows.actions) == {"preview", "download", "details"}
    assert not drop(tab, path)


def test_file_that_others_keep_can_be_read_only(
    qtbot: QtBot,
    admin: SignedIn,
    sign_in: SignIn,
    api_server: RunningServer,
    tools: TabTools,
    tmp_path: Path,
) -> None:
    about = keep(admin.api, "공동 자료.txt", TEXT, company_id="company-test")
    other = {"$set": {"places.0.owner_id": "company-system"}}
    api_server.documents["files"].update_one({"_id": about.id}, other)
    tab = files_tab(qtbot, sign_in("manager1", "test123!"), tools, tmp_path / "data")
    select(tab, about)
    actions = tab.actions_of_rows.actions
    assert {key for key, action in actions.items() if action.isEnabled()} == {
        "preview",
        "download",
        "details",
    }
    assert "another company" in actions["delete"].toolTip()
