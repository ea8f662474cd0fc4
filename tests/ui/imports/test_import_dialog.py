"""The whole import as a person does it, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.config.catalogues import use_language
from desktop_app.config.profiles import Environment
from desktop_app.core.imports import Verdict
from desktop_app.core.paging import PageQuery
from desktop_app.core.users import USER_FIELDS, check_user
from desktop_app.services import import_sending
from desktop_app.services.session import SignedIn
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.imports.import_dialog import APPLY, CHECK, COLUMNS, FILE, ImportDialog
from desktop_app.ui.imports.rows_model import FIRST_FIELD, RowsModel
from desktop_app.ui.imports.words import UNCHECKED
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import retranslate_all
from tests.fixtures.server import RunningServer
from tests.ui.imports.conftest import WriteBook, user_rows
from tests.ui.imports.console import signed_in_as

EMAIL = FIRST_FIELD + 2
WAIT_MS = 15_000


def click(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def reach_check(qtbot: QtBot, dialog: ImportDialog, path: Path) -> RowsModel:
    """Open ``path`` and go on until every row has its verdict."""
    dialog.open_file(path)
    qtbot.waitUntil(lambda: dialog.file_page.sheet is not None, timeout=WAIT_MS)
    click(qtbot, dialog.next_button)
    assert dialog.step == COLUMNS
    click(qtbot, dialog.next_button)
    assert dialog.step == CHECK
    qtbot.waitUntil(lambda: dialog.job.checked and not dialog.job.busy, timeout=WAIT_MS)
    model = dialog.check_page.rows.model
    assert model is not None
    return model


def apply(qtbot: QtBot, dialog: ImportDialog) -> None:
    """Go to the last step and write."""
    click(qtbot, dialog.next_button)
    assert dialog.step == APPLY
    click(qtbot, dialog.next_button)
    qtbot.waitUntil(lambda: dialog.job.started and not dialog.job.busy, timeout=WAIT_MS)


def laid_out(dialog: ImportDialog) -> None:
    """Let buttons have the places that their words want."""
    layout = dialog.layout()
    assert layout is not None
    layout.activate()


def counts(dialog: ImportDialog) -> dict[str, int]:
    assert dialog.job.draft is not None
    return {str(state): n for state, n in dialog.job.draft.counts().items()}


def question(dialog: ImportDialog) -> ConfirmDialog:
    """The confirmation that is open."""
    asked = QApplication.activeModalWidget()
    assert isinstance(asked, ConfirmDialog)
    return asked


def users_total(admin: SignedIn) -> int:
    return admin.api.users.page(PageQuery(page_size=25, q="김철수")).total


def test_seven_bad_rows_of_two_hundred_are_corrected_by_keyboard_and_imported(
    dialog: ImportDialog, admin: SignedIn, write_book: WriteBook, qtbot: QtBot
) -> None:
    bad = (3, 20, 50, 77, 120, 150, 199)
    model = reach_check(qtbot, dialog, write_book(user_rows(200, bad)))
    assert counts(dialog) == {Verdict.CREATE: 193, Verdict.INVALID: 7}
    assert "Nothing is written" in dialog.note.text()
    assert users_total(admin) == 0

    page = dialog.check_page.rows
    click(qtbot, page.filter.button(Verdict.INVALID))
    assert model.rowCount() == 7
    for row in range(7):
        page.table.setFocus()
        page.table.setCurrentIndex(model.index(row, EMAIL))
        qtbot.keyClick(page.table, Qt.Key.Key_F2)
        editor = page.table.findChild(QLineEdit)
        assert editor is not None
        editor.selectAll()
        qtbot.keyClicks(editor, f"mended{row}@example.com")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: page.table.findChild(QLineEdit) is None)
    assert counts(dialog) == {Verdict.CREATE: 193, UNCHECKED: 7}
    assert not dialog.next_button.isEnabled()

    click(qtbot, page.recheck_button)
    qtbot.waitUntil(lambda: not dialog.job.busy, timeout=WAIT_MS)
    assert counts(dialog) == {Verdict.CREATE: 200}

    click(qtbot, dialog.next_button)
    assert dialog.next_button.text() == "Import 200 users"
    click(qtbot, dialog.next_button)
    qtbot.waitUntil(lambda: not dialog.job.busy, timeout=WAIT_MS)
    assert dialog.apply_page.heading.text() == "The import is done"
    assert users_total(admin) == 200
    assert admin.api.users.page(PageQuery(q="mended6@example.com")).total == 1


def test_enter_leads_through_all_steps(
    dialog: ImportDialog, admin: SignedIn, write_book: WriteBook, qtbot: QtBot
) -> None:
    def press(key: Qt.Key = Qt.Key.Key_Return, *, ctrl: bool = False) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        modifier = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
        qtbot.keyClick(focus, key, modifier)

    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.open_file(write_book(user_rows(20, bad=(7,))))
    qtbot.waitUntil(lambda: dialog.file_page.sheet is not None, timeout=WAIT_MS)
    press()
    assert dialog.step == COLUMNS
    press()
    assert dialog.step == CHECK
    qtbot.waitUntil(lambda: dialog.job.checked and not dialog.job.busy, timeout=WAIT_MS)
    table = dialog.check_page.rows.table
    assert table.hasFocus()
    assert (table.currentIndex().row(), table.currentIndex().column()) == (7, EMAIL)
    press(Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    editor.setText("mended@example.com")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.findChild(QLineEdit) is None)
    press(ctrl=True)  # checks it again
    qtbot.waitUntil(lambda: not dialog.job.busy, timeout=WAIT_MS)
    assert dialog.next_button.hasFocus()
    press()
    assert dialog.step == APPLY
    press()
    qtbot.waitUntil(lambda: dialog.job.started and not dialog.job.busy, timeout=WAIT_MS)
    assert users_total(admin) == 20
    assert dialog.close_button.hasFocus()


def test_rows_with_problems_are_left_out_and_saved_in_the_error_file_that_imports_again(
    dialog: ImportDialog,
    admin: SignedIn,
    write_book: WriteBook,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    rows = user_rows(10, bad=(2, 5))
    headings = ("아이디", "이름", "이메일", "역할", "회사", "전화번호", "비고")
    reach_check(qtbot, dialog, write_book([[*row, "메모"] for row in rows], headings))
    apply(qtbot, dialog)
    assert users_total(admin) == 8

    errors = tmp_path / "problems.xlsx"
    click(qtbot, dialog.apply_page.rows.error_file_button)
    chooser = dialog.findChild(QFileDialog)
    assert chooser is not None
    assert "problems" in chooser.selectedFiles()[0]
    chooser.fileSelected.emit(str(errors))
    chooser.reject()
    qtbot.waitUntil(errors.exists, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not dialog.job.busy)
    book = openpyxl.load_workbook(errors)
    assert book.active is not None
    found = list(book.active.iter_rows(values_only=True))
    book.close()
    assert found[0] == (*headings, "Problem")
    assert [row[0] for row in found[1:]] == ["person00002", "person00005"]
    assert all(row[6] == "메모" and "e-mail address" in str(row[7]) for row in found[1:])

    click(qtbot, dialog.back_button)
    assert dialog.step == FILE
    assert dialog.file_page.sheet is None
    assert not dialog.next_button.isEnabled()
    assert dialog.focusWidget() is dialog.file_page.drop_zone.choose_button
    reach_check(qtbot, dialog, errors)
    assert counts(dialog) == {Verdict.INVALID: 2}
    assert not dialog.next_button.isEnabled()


def test_an_update_shows_old_and_new_values_and_changes_only_those(
    dialog: ImportDialog, admin: SignedIn, write_book: WriteBook, qtbot: QtBot
) -> None:
    reach_check(qtbot, dialog, write_book(user_rows(3)))
    apply(qtbot, dialog)
    click(qtbot, dialog.back_button)
    rows = user_rows(3)
    rows[1][1] = "박영희"
    dialog.mapping_page.update_existing.setChecked(True)
    model = reach_check(qtbot, dialog, write_book(rows, name="again.xlsx"))
    assert counts(dialog) == {Verdict.UPDATE: 1, Verdict.UNCHANGED: 2}
    click(qtbot, dialog.check_page.rows.filter.button(Verdict.UPDATE))
    assert model.index(0, FIRST_FIELD + 1).data() == "김철수1 → 박영희"
    assert model.index(0, FIRST_FIELD).data() == "person00001"


def test_existing_entries_are_problems_unless_updates_are_wanted(
    dialog: ImportDialog, write_book: WriteBook, qtbot: QtBot
) -> None:
    reach_check(qtbot, dialog, write_book(user_rows(2)))
    apply(qtbot, dialog)
    click(qtbot, dialog.back_button)
    reach_check(qtbot, dialog, write_book(user_rows(3), name="more.xlsx"))
    assert counts(dialog) == {Verdict.INVALID: 2, Verdict.CREATE: 1}


def test_a_double_click_on_the_main_button_leaves_what_was_written_on_show(
    dialog: ImportDialog, write_book: WriteBook, qtbot: QtBot
) -> None:
    reach_check(qtbot, dialog, write_book(user_rows(2)))
    click(qtbot, dialog.next_button)
    laid_out(dialog)
    place = dialog.next_button.rect().center() + QPoint(dialog.next_button.width() // 3, 0)
    at = dialog.next_button.mapToGlobal(place)
    QTest.mouseClick(dialog.next_button, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: dialog.job.started and not dialog.job.busy, timeout=WAIT_MS)
    laid_out(dialog)
    under = dialog.close_button
    place = under.mapFromGlobal(at)
    assert under.rect().contains(place)
    QTest.mouseClick(under, Qt.MouseButton.LeftButton, pos=place)
    assert dialog.isVisible()
    assert dialog.job.started
    click(qtbot, dialog.back_button)
    assert not dialog.job.started


def test_one_time_passwords_are_saved_and_closing_without_them_is_asked(
    dialog: ImportDialog,
    write_book: WriteBook,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    dialog.mapping_page.issue_passwords.setChecked(True)
    reach_check(qtbot, dialog, write_book(user_rows(4)))
    apply(qtbot, dialog)
    assert dialog.apply_page.passwords_button.isVisible()
    dialog.reject()
    asked = question(dialog)
    assert "password" in asked.text.text()
    click(qtbot, asked.cancel_button)
    assert dialog.isVisible()

    path = tmp_path / "passwords.csv"
    dialog.apply_page._save_passwords(path)
    qtbot.waitUntil(lambda: dialog.job.passwords_saved, timeout=WAIT_MS)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 5
    assert lines[1].startswith("person00000,김철수0,")
    dialog.reject()
    assert not dialog.isVisible()


def test_undo_takes_the_batch_back_and_keeps_what_changed_since(
    dialog: ImportDialog, admin: SignedIn, tools: TabTools, write_book: WriteBook, qtbot: QtBot
) -> None:
    reach_check(qtbot, dialog, write_book(user_rows(5)))
    apply(qtbot, dialog)
    assert tools.messages.history[0].text == "Import of 사용자 명단.xlsx: 5 users created."
    one = admin.api.users.page(PageQuery(q="person00003")).items[0]
    admin.api.users.change(one.id, {"name": "김철수 바뀜"}, version=one.version)
    click(qtbot, dialog.apply_page.undo_button)
    click(qtbot, question(dialog).action_button)
    qtbot.waitUntil(lambda: dialog.job.undone is not None, timeout=WAIT_MS)
    assert dialog.apply_page.heading.text() == "The import is undone"
    assert "4 users deleted" in dialog.apply_page.account.text()
    assert "Row 5: changed since the import" in dialog.apply_page.account.text()
    assert users_total(admin) == 1
    assert tools.messages.history[0].text == "The import of 사용자 명단.xlsx was undone."


@pytest.mark.logs("desktop_app.*")
def test_a_lost_connection_tells_what_is_in_and_going_on_doubles_nothing(
    dialog: ImportDialog,
    admin: SignedIn,
    api_server: RunningServer,
    write_book: WriteBook,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(import_sending, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(import_sending, "TRIES", 3)
    reach_check(qtbot, dialog, write_book(user_rows(1700)))
    click(qtbot, dialog.next_button)
    click(qtbot, dialog.next_button)
    qtbot.waitUntil(lambda: dialog.job.written >= 500, timeout=WAIT_MS)
    api_server.stop()
    progress = dialog.apply_page.progress
    qtbot.waitUntil(lambda: "The connection is lost" in progress.pace.text(), timeout=WAIT_MS)
    assert progress.stop_button.isEnabled()
    qtbot.waitUntil(lambda: not dialog.job.busy, timeout=30_000)
    assert dialog.apply_page.heading.text() == "The import is not complete"
    written = dialog.job.written
    assert 500 <= written < 1700
    assert f"{1700 - written:,} rows not written yet." in dialog.apply_page.account.text()
    assert dialog.next_button.text().startswith("Go on: Import")

    api_server.start()
    click(qtbot, dialog.next_button)
    qtbot.waitUntil(lambda: not dialog.job.busy, timeout=WAIT_MS)
    assert dialog.apply_page.heading.text() == "The import is done"
    assert users_total(admin) == 1700


@pytest.fixture
def on_production(api_server: RunningServer) -> Iterator[SignedIn]:
    yield from signed_in_as(api_server, *api_server.admin, Environment.PRODUCTION)


def test_on_locked_production_rows_are_checked_but_not_written(
    on_production: SignedIn, tools: TabTools, write_book: WriteBook, qtbot: QtBot
) -> None:
    locked = replace(tools, guard=on_production.guard)
    api = on_production.api
    dialog = ImportDialog(api.users, api.imports, USER_FIELDS, check_user, "Import users", locked)
    dialog.open()
    reach_check(qtbot, dialog, write_book(user_rows(2)))
    assert counts(dialog) == {Verdict.CREATE: 2}
    click(qtbot, dialog.next_button)
    banner = dialog.apply_page.banner
    assert "“Tests” is a production system" in banner.text
    click(qtbot, dialog.next_button)
    assert not dialog.job.started
    click(qtbot, banner.button)
    unlock = QApplication.activeModalWidget()
    assert isinstance(unlock, UnlockDialog)
    qtbot.keyClicks(unlock.typed, "Tests")
    click(qtbot, unlock.unlock_button)
    assert not banner.isVisible()
    click(qtbot, dialog.next_button)
    qtbot.waitUntil(lambda: dialog.job.written == 2 and not dialog.job.busy, timeout=WAIT_MS)
    dialog.reject()


def test_a_stop_ends_between_chunks_and_the_account_is_true(
    dialog: ImportDialog, admin: SignedIn, write_book: WriteBook, qtbot: QtBot
) -> None:
    reach_check(qtbot, dialog, write_book(user_rows(1600)))
    click(qtbot, dialog.next_button)
    click(qtbot, dialog.next_button)
    qtbot.waitUntil(lambda: dialog.job.written > 0, timeout=WAIT_MS)
    click(qtbot, dialog.apply_page.progress.stop_button)
    qtbot.waitUntil(lambda: not dialog.job.busy, timeout=WAIT_MS)
    written = dialog.job.written
    assert written in (500, 1000, 1500)
    assert users_total(admin) == written
    assert f"{written:,} users created." in dialog.apply_page.account.text()
    dialog.reject()
    assert f"{written:,} rows are written" in question(dialog).text.text()
    click(qtbot, question(dialog).action_button)
    assert not dialog.isVisible()


def test_closing_in_the_middle_says_that_nothing_is_written(
    dialog: ImportDialog, write_book: WriteBook, qtbot: QtBot
) -> None:
    reach_check(qtbot, dialog, write_book(user_rows(2)))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert "Nothing is written" in question(dialog).text.text()
    click(qtbot, question(dialog).action_button)
    assert not dialog.isVisible()


def test_a_dropped_file_is_read(dialog: ImportDialog, write_book: WriteBook, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(write_book(user_rows(2))))])
    drop = QDropEvent(
        QPointF(QPoint(5, 5)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    dialog.file_page.drop_zone.dropEvent(drop)
    qtbot.waitUntil(lambda: dialog.file_page.sheet is not None, timeout=WAIT_MS)
    assert "2 rows, 6 columns" in dialog.file_page.summary.text()


def test_words_and_colours_follow_without_a_restart(
    dialog: ImportDialog, tools: TabTools, write_book: WriteBook, qtbot: QtBot
) -> None:
    model = reach_check(qtbot, dialog, write_book(user_rows(3, bad=(1,))))
    bad = model.index(1, FIRST_FIELD + 2)
    before = (
        dialog.next_button.text(),
        dialog.note.text(),
        model.index(1, 1).data(),
        model.headerData(1, Qt.Orientation.Horizontal),
        dialog.check_page.rows.filter.button(Verdict.INVALID).text(),
        bad.data(Qt.ItemDataRole.ForegroundRole).color().name(),
    )
    use_language("xx")
    retranslate_all()
    tools.theme.apply("dark")
    after = (
        dialog.next_button.text(),
        dialog.note.text(),
        model.index(1, 1).data(),
        model.headerData(1, Qt.Orientation.Horizontal),
        dialog.check_page.rows.filter.button(Verdict.INVALID).text(),
        bad.data(Qt.ItemDataRole.ForegroundRole).color().name(),
    )
    assert all(old != new for old, new in zip(before, after, strict=True))


def test_the_size_is_remembered(
    dialog: ImportDialog, admin: SignedIn, tools: TabTools, qtbot: QtBot
) -> None:
    dialog.resize(900, 640)
    dialog.reject()
    assert tools.state.get("import.size") == [900, 640]
