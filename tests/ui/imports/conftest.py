"""Files to import, the dialog on them, and a person signed in on a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop_app.core.paging import PageQuery
from desktop_app.core.users import USER_FIELDS, check_user
from desktop_app.services.session import SignedIn
from desktop_app.ui.imports.import_dialog import ImportDialog
from desktop_app.ui.tab import TabTools
from tests.fixtures.server import RunningServer
from tests.ui.imports.console import signed_in_as

HEADINGS = ("아이디", "이름", "이메일", "역할", "회사", "전화번호")
Rows = Sequence[Sequence[object]]
WriteBook = Callable[..., Path]


def user_rows(count: int, bad: Sequence[int] = ()) -> list[list[object]]:
    """Rows of users; those whose place is in ``bad`` have no proper e-mail address."""
    return [
        [
            f"person{place:05}",
            f"김철수{place}",
            f"wrong-{place}" if place in bad else f"person{place:05}@example.com",
            "evaluator",
            "테스트 회사",
            f"010-1234-{place % 10_000:04}",
        ]
        for place in range(count)
    ]


@pytest.fixture
def write_book(tmp_path: Path) -> WriteBook:
    """Writes an xlsx with these rows, on one sheet or several."""

    def write(
        rows: Rows,
        headings: Sequence[str] = HEADINGS,
        name: str = "사용자 명단.xlsx",
        sheets: Sequence[str] = ("사용자",),
    ) -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path)) as book:
            for title in sheets:
                sheet = book.add_worksheet(title)
                sheet.write_row(0, 0, headings)
                for at, row in enumerate(rows, start=1):
                    sheet.write_row(at, 0, row)
        return path

    return write


@pytest.fixture
def admin(api_server: RunningServer) -> Iterator[SignedIn]:
    """The administrator, signed in; 테스트 회사 takes as many users as the tests bring."""
    for signed_in in signed_in_as(api_server, *api_server.admin):
        companies = signed_in.api.companies
        [company] = companies.page(PageQuery(q="테스트 회사")).items
        companies.change(company.id, {"settings.max_users": 100_000}, version=company.version)
        yield signed_in


@pytest.fixture
def dialog(admin: SignedIn, tools: TabTools, qtbot: QtBot) -> Iterator[ImportDialog]:
    """The import of users, open at its first step."""
    dialog = ImportDialog(
        admin.api.users, admin.api.imports, USER_FIELDS, check_user, "Import users", tools
    )
    dialog.open()
    yield dialog
    if isValid(dialog):
        dialog.job.stop()
        qtbot.waitUntil(lambda: not dialog.job.busy)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        dialog._close()
        dialog.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
