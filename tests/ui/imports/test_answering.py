"""The window answers while thousands of rows are read, checked, shown and applied.

The figure that counts is measured by the bench on a quiet machine; this finds what blocks.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop_app.api.imports import Imports
from desktop_app.api.resource import Resource
from desktop_app.core.imports import ImportRow, Judgement, RowResult, Verdict
from desktop_app.core.users import USER_FIELDS, User, check_user
from desktop_app.ui.imports.import_dialog import ImportDialog
from desktop_app.ui.tab import TabTools
from tests.fixtures.blocking import MOST_MS, LongestBlock
from tests.ui.imports.conftest import WriteBook, user_rows

ROWS = 3000
WAIT_MS = 30_000


class FarServer:
    """Stands where the API is, in no process of ours: answers each request after 50 ms."""

    name = "users"

    def judge_rows(
        self, import_id: str, file_name: str, rows: Sequence[ImportRow], **options: Any
    ) -> Judgement:
        return Judgement(results=self.import_rows(import_id, file_name, rows))

    def import_rows(
        self, import_id: str, file_name: str, rows: Sequence[ImportRow], **options: Any
    ) -> tuple[RowResult, ...]:
        threading.Event().wait(0.05)
        return tuple(
            RowResult(row=row.row, verdict=Verdict.CREATE, id=f"u{row.row}", after=row.values)
            for row in rows
        )


@pytest.fixture
def dialog(tools: TabTools, qtbot: QtBot) -> Iterator[ImportDialog]:
    dialog = ImportDialog(
        cast("Resource[User]", FarServer()),
        cast(Imports, None),
        USER_FIELDS,
        check_user,
        "Import users",
        tools,
    )
    dialog.open()
    yield dialog
    if isValid(dialog):
        dialog._close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_event_loop_is_never_blocked(
    dialog: ImportDialog, write_book: WriteBook, qtbot: QtBot
) -> None:
    path = write_book(user_rows(ROWS, bad=range(0, ROWS, 100)))
    block = LongestBlock()
    with block.noting():
        dialog.open_file(path)
        qtbot.waitUntil(lambda: dialog.file_page.sheet is not None, timeout=WAIT_MS)
        dialog.next_button.click()
        dialog.next_button.click()
        qtbot.waitUntil(lambda: dialog.job.checked and not dialog.job.busy, timeout=WAIT_MS)
        dialog.check_page.rows.filter.button(Verdict.INVALID).click()
        dialog.check_page.rows.filter.button(None).click()
        dialog.next_button.click()
        dialog.next_button.click()
        qtbot.waitUntil(lambda: not dialog.job.busy, timeout=WAIT_MS)
    assert dialog.job.written == ROWS - ROWS // 100
    assert block.ms < MOST_MS
