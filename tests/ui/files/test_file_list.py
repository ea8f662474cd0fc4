"""The small list of files beside a score form."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop_app.services.session import SignedIn
from desktop_app.ui.files.file_list import FileList
from desktop_app.ui.files.preview_dialog import PreviewDialog
from desktop_app.ui.files.transfers import State
from desktop_app.ui.tab import TabTools
from tests.fixtures.server import RunningServer
from tests.ui.files.stage import keep
from tests.ui.records.stage import SignIn, dialog, gone

PROJECT, COMPANY = "project-1", "company-system"


@pytest.fixture
def evaluator(api_server: RunningServer, admin: SignedIn, sign_in: SignIn) -> SignedIn:
    """Somebody with a sheet for one company of a project that has files of several."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    base: dict[str, Any] = {"version": 1, "created_at": at, "updated_at": at}
    api_server.documents["projects"].insert_one(
        {**base, "_id": PROJECT, "name": "사업", "company_id": "company-test", "status": "active"}
    )
    api_server.documents["evaluations"].insert_one(
        {
            **base,
            "_id": "sheet-1",
            "project_id": PROJECT,
            "template_id": "template-basic",
            "company_id": COMPANY,
            "evaluator_id": "user-evaluator1",
            "status": "assigned",
        }
    )
    keep(admin.api, "공고문.txt", b"for all", project_id=PROJECT)
    keep(admin.api, "사업 계획서.txt", b"of this one", project_id=PROJECT, company_id=COMPANY)
    keep(admin.api, "다른 회사.txt", b"another", project_id=PROJECT, company_id="company-test")
    return sign_in("evaluator1", "test123!")


@pytest.fixture
def files(qtbot: QtBot, evaluator: SignedIn, tools: TabTools) -> FileList:
    widget = FileList(evaluator.api.files, tools)
    qtbot.addWidget(widget)
    widget.show()
    with qtbot.waitSignal(widget.loaded) as loaded:
        widget.show_for(PROJECT, COMPANY)
    assert loaded.args == [2]
    return widget


def test_files_of_the_project_and_of_the_company_are_listed(files: FileList) -> None:
    assert [file.file_name for file in files.files] == ["공고문.txt", "사업 계획서.txt"]
    assert files.list.item(1).text() == "사업 계획서.txt — Text · 11 B"


def test_enter_looks_at_the_file(qtbot: QtBot, files: FileList) -> None:
    files.list.setFocus()
    QTest.keyClick(files.list, Qt.Key.Key_Return)
    looked = dialog(qtbot, PreviewDialog)
    qtbot.waitUntil(lambda: looked.content_shown is not None)
    assert looked.file.file_name == "공고문.txt"
    looked.reject()
    gone(qtbot)


def test_button_saves_the_file(qtbot: QtBot, files: FileList, tmp_path: Path) -> None:
    files.list.setCurrentRow(1)
    QTest.mouseClick(files.download_button, Qt.MouseButton.LeftButton)
    chooser = dialog(qtbot, QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "a.txt"))
    chooser.reject()
    qtbot.waitUntil(lambda: [t.state for t in files.transfers.all] == [State.DONE])
    assert (tmp_path / "a.txt").read_bytes() == b"of this one"


def test_nothing_is_said_to_be_nothing(qtbot: QtBot, files: FileList) -> None:
    with qtbot.waitSignal(files.loaded):
        files.show_for("another project", None)
    assert files.list.isHidden()
    assert files.preview_button.isHidden()
