"""Exporting a list, from the choice of rows to the file."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.paging import Page, PageQuery
from desktop_app.core.users import User
from desktop_app.services.session import SignedIn
from desktop_app.ui.exports.export_dialog import ExportDialog, start_export
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import Column
from tests.fixtures.server import RunningServer

WAIT_MS = 15_000
COLUMNS: tuple[Column[User], ...] = (
    Column(key="login_id", title="Sign-in name", value=lambda user: user.login_id),
    Column(key="name", title="Name", value=lambda user: user.name),
    Column(key="email", title="E-mail", value=lambda user: user.email, visible=False),
)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def save_to(dialog: ExportDialog[Any], path: Path, qtbot: QtBot) -> None:
    """Press "Export…" and choose ``path`` in the file dialog."""
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    chooser = dialog.findChild(QFileDialog)
    assert chooser is not None
    chooser.fileSelected.emit(str(path))


def last_message(tools: TabTools) -> tuple[Level, str]:
    message = tools.messages.history[0]
    return message.level, message.text


def test_all_pages_of_the_query_go_into_a_workbook(
    admin: SignedIn,
    api_server: RunningServer,
    window: QWidget,
    tools: TabTools,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    api_server.insert_users(450)
    query = PageQuery(page=2, page_size=25, filters={"company_id": "company-test"})
    dialog = start_export(window, COLUMNS, admin.api.users.page, query, "users", tools, total=453)
    assert dialog.all_rows.text() == "All 453 rows found, on all pages"
    assert not dialog.selected_rows.isVisible()
    path = tmp_path / "out.xlsx"
    save_to(dialog, path, qtbot)
    qtbot.waitUntil(lambda: bool(tools.messages.history), timeout=WAIT_MS)
    assert last_message(tools) == (Level.OK, "453 rows exported to out.xlsx.")
    action = tools.messages.history[0].action
    assert action is not None
    assert action[0] == "Open folder"
    book = openpyxl.load_workbook(path, read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    assert rows[0] == ("Sign-in name", "Name")
    assert len(rows) == 454


def test_only_the_selected_rows_and_all_columns_as_text(
    admin: SignedIn, window: QWidget, tools: TabTools, tmp_path: Path, qtbot: QtBot
) -> None:
    users = admin.api.users.page(PageQuery(sort="login_id")).items[:2]
    dialog = start_export(
        window, COLUMNS, admin.api.users.page, PageQuery(), "users", tools, selected=users
    )
    assert dialog.selected_rows.isChecked()
    dialog.all_columns.click()
    dialog.format.setCurrentIndex(1)
    path = tmp_path / "two.csv"
    save_to(dialog, path, qtbot)
    qtbot.waitUntil(lambda: bool(tools.messages.history), timeout=WAIT_MS)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Sign-in name", "Name", "E-mail"]
    assert [row[0] for row in rows[1:]] == [user.login_id for user in users]


def test_the_name_suggested_has_the_day_and_the_suffix_of_the_format(
    admin: SignedIn, window: QWidget, tools: TabTools, qtbot: QtBot
) -> None:
    dialog = start_export(window, COLUMNS, admin.api.users.page, PageQuery(), "users", tools)
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    chooser = dialog.findChild(QFileDialog)
    assert chooser is not None
    assert Path(chooser.selectedFiles()[0]).name == f"users-{datetime.now():%Y-%m-%d}.xlsx"
    chooser.reject()
    dialog.reject()


@pytest.mark.logs("desktop_app.*")
def test_a_file_that_cannot_be_written_is_told_with_a_way_to_try_again(
    admin: SignedIn, window: QWidget, tools: TabTools, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = start_export(window, COLUMNS, admin.api.users.page, PageQuery(), "users", tools)
    path = tmp_path / "gone" / "out.csv"
    save_to(dialog, path, qtbot)
    qtbot.waitUntil(lambda: bool(tools.messages.history), timeout=WAIT_MS)
    level, text = last_message(tools)
    assert level is Level.DANGER
    assert "out.csv was not written" in text
    action = tools.messages.history[0].action
    assert action is not None
    path.parent.mkdir()
    action[1]()
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: last_message(tools)[0] is Level.OK, timeout=WAIT_MS)


def test_a_stopped_export_leaves_no_file(
    window: QWidget, tools: TabTools, tmp_path: Path, qtbot: QtBot
) -> None:
    def endless(query: PageQuery) -> Page[User]:
        user = User(id="u", login_id="kim", name="김", email="k@example.com", role="admin")  # type: ignore[arg-type]
        return Page(items=(user,) * 10, total=10**9, page=query.page, page_size=10)

    dialog = start_export(window, COLUMNS, endless, PageQuery(), "users", tools)
    path = tmp_path / "out.csv"
    save_to(dialog, path, qtbot)
    qtbot.waitUntil(lambda: any(task.progress.done for task in tools.runner.running))
    tools.runner.running[0].cancel()
    qtbot.waitUntil(lambda: bool(tools.messages.history), timeout=WAIT_MS)
    assert last_message(tools) == (
        Level.INFO,
        "Export to out.csv stopped; no file was written.",
    )
    assert list(tmp_path.glob("*out*")) == []
