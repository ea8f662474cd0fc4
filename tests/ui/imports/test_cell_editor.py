"""Correcting cells in place: a look changes nothing, a choice is written as a person would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.config.catalogues import use_language
from desktop_app.core.imports import RowResult, Verdict
from desktop_app.core.problems import Problem
from desktop_app.core.users import USER_FIELDS
from desktop_app.services.sheet import Sheet
from desktop_app.ui.imports.cell_editor import ChoiceBox
from desktop_app.ui.imports.draft import ImportDraft
from desktop_app.ui.imports.rows_model import FIRST_FIELD
from desktop_app.ui.imports.rows_page import RowsPage
from desktop_app.ui.theme.theme import Theme

ROLE = FIRST_FIELD + 1
WRONG, GOOD, EMPTY = range(3)


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> Iterator[RowsPage]:
    """Three bad rows: one whose role is none, one whose role has an alias, one without a role."""
    rows = [("kim01", "심사관장"), ("lee 01", "평가위원"), ("박01", None)]
    path = Path("users.xlsx")
    sheet = Sheet("사용자", path, ("아이디", "역할"), list(rows), "", 2)
    draft = ImportDraft(sheet, USER_FIELDS, {"login_id": 0, "role": 1})
    wrong = (("role", "choice"), ("login_id", "login_id_form"), ("login_id", "login_id_form"))
    draft.take(
        RowResult(row=row, verdict=Verdict.INVALID, problems=(Problem(field=key, code=code),))
        for row, (key, code) in enumerate(wrong, start=2)
    )
    page = RowsPage(theme)
    qtbot.addWidget(page)
    page.show_draft(draft)
    page.resize(1000, 400)
    page.show()
    yield page
    use_language("en")


def cell(page: RowsPage, row: int, column: int = ROLE) -> QModelIndex:
    assert page.model is not None
    return page.model.index(row, column)


def edit(page: RowsPage, row: int, qtbot: QtBot) -> ChoiceBox:
    """Press F2 on the role of ``row``."""
    page.table.setFocus()
    page.table.setCurrentIndex(cell(page, row))
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    box = page.table.findChild(ChoiceBox)
    assert box is not None
    return box


def test_a_choice_is_written_as_its_word(page: RowsPage, qtbot: QtBot) -> None:
    use_language("ko")
    box = edit(page, WRONG, qtbot)
    assert box.currentText() == "심사관장"
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.findChild(ChoiceBox) is None)
    assert cell(page, WRONG).data() == "매니저"


@pytest.mark.parametrize(("row", "shown"), [(WRONG, "심사관장"), (GOOD, "Evaluator"), (EMPTY, "")])
def test_a_look_at_a_cell_changes_nothing(
    page: RowsPage, row: int, shown: str, qtbot: QtBot
) -> None:
    before = cell(page, row).data()
    box = edit(page, row, qtbot)
    assert box.currentText() == shown
    page.table.setFocus()  # a click elsewhere
    qtbot.waitUntil(lambda: page.table.findChild(ChoiceBox) is None)
    assert cell(page, row).data() == before
    assert page.draft is not None
    assert page.draft.unchecked == ()


def test_what_is_picked_from_the_open_list_is_written_at_once(page: RowsPage, qtbot: QtBot) -> None:
    use_language("ko")
    box = edit(page, WRONG, qtbot)
    box.showPopup()
    view = box.view()
    index = box.model().index(box.findText("평가위원"), 0)
    assert index.isValid()
    qtbot.mouseMove(view.viewport(), view.visualRect(index).center())
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center()
    )
    qtbot.waitUntil(lambda: page.table.findChild(ChoiceBox) is None)
    assert cell(page, WRONG).data() == "평가위원"


def test_an_editor_stays_within_its_cell(page: RowsPage, qtbot: QtBot) -> None:
    page.table.setColumnWidth(ROLE, 40)
    box = edit(page, WRONG, qtbot)
    assert box.height() == page.table.rowHeight(WRONG)
    assert box.width() >= box.sizeHint().width()  # every choice can be read
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    page.table.edit(cell(page, WRONG, FIRST_FIELD))
    line = page.table.findChild(QLineEdit)
    assert line is not None
    assert line.geometry() == page.table.visualRect(cell(page, WRONG, FIRST_FIELD))
