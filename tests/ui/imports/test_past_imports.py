"""The list of past imports."""

from __future__ import annotations

import uuid

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.imports import ImportRow
from desktop_app.core.paging import PageQuery
from desktop_app.services.session import SignedIn
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.imports.past_imports import PastImportsDialog
from desktop_app.ui.tab import TabTools

WAIT_MS = 10_000


def test_a_past_import_is_undone_from_the_list(
    admin: SignedIn, tools: TabTools, qtbot: QtBot
) -> None:
    rows = [
        ImportRow(
            row=2,
            values={"name": "가나다 회사", "business_number": "123-45-67891"},
        )
    ]
    admin.api.companies.import_rows(
        str(uuid.uuid4()), "회사.xlsx", rows, dry_run=False, update_existing=False
    )
    changes: list[Change] = []
    tools.changes.changed.connect(changes.append)
    dialog = PastImportsDialog(admin.api.imports, tools)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.table.model.rowCount() == 1, timeout=WAIT_MS)
    assert not dialog.undo_button.isEnabled()
    dialog.table.view.selectRow(0)
    qtbot.mouseClick(dialog.undo_button, Qt.MouseButton.LeftButton)
    asked = QApplication.activeModalWidget()
    assert isinstance(asked, ConfirmDialog)
    assert "회사.xlsx" in asked.text.text()
    qtbot.mouseClick(asked.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.banner.isVisible(), timeout=WAIT_MS)
    assert "1 company deleted" in dialog.banner.text
    assert changes == [Change("companies")]
    qtbot.waitUntil(lambda: not dialog.table.busy, timeout=WAIT_MS)
    assert dialog.table.model.items[0].undone_at is not None
    assert not dialog.undo_button.isEnabled()
    assert admin.api.companies.page(PageQuery(q="가나다")).total == 0
