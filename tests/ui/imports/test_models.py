"""The models behind the import's tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop_app.core.imports import RowResult, Verdict
from desktop_app.core.problems import Problem
from desktop_app.core.users import USER_FIELDS
from desktop_app.services.sheet import Sheet
from desktop_app.ui.imports.draft import ImportDraft
from desktop_app.ui.imports.preview_model import PREVIEW_ROWS, PreviewModel
from desktop_app.ui.imports.rows_model import FIRST_FIELD, PROBLEMS, ROW, VERDICT, RowsModel
from desktop_app.ui.imports.words import UNCHECKED, column_letter
from desktop_app.ui.theme.theme import Theme

MAPPING = {"login_id": 0, "name": 1, "email": 2}
NAME, EMAIL = FIRST_FIELD + 1, FIRST_FIELD + 2
Role = Qt.ItemDataRole


@pytest.fixture
def draft() -> ImportDraft:
    """Four rows with an empty one between them: new, changed, bad, the same."""
    sheet = Sheet(
        name="사용자",
        path=Path("users.xlsx"),
        columns=("아이디", "이름", "이메일"),
        rows=[
            ("kim01", "김영희", "kim01@example.com"),
            ("lee01", "이철수", "lee01@example.com"),
            (None, None, None),
            ("park01", "박지민", "wrong"),
            ("choi01", "최수아", "choi01@example.com"),
        ],
        encoding="",
        first_row_number=2,
    )
    draft = ImportDraft(sheet, USER_FIELDS, MAPPING)
    draft.take(
        (
            RowResult(row=2, verdict=Verdict.CREATE, after={"name": "김영희"}),
            RowResult(
                row=3, verdict=Verdict.UPDATE, before={"name": "이영수"}, after={"name": "이철수"}
            ),
            RowResult(
                row=5,
                verdict=Verdict.INVALID,
                problems=(Problem(field="email", code="email_form"),),
            ),
            RowResult(row=6, verdict=Verdict.UNCHANGED),
        )
    )
    return draft


@pytest.fixture
def model(draft: ImportDraft, theme: Theme, qtbot: QtBot) -> RowsModel:
    return RowsModel(draft, theme)


def texts(model: RowsModel, column: int) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_rows_model_keeps_qts_rules(model: RowsModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)
    model.show_only(Verdict.INVALID)
    qtmodeltester.check(model)


def test_preview_model_keeps_qts_rules_and_shows_only_the_first_rows(
    qtmodeltester: ModelTester, qtbot: QtBot
) -> None:
    model = PreviewModel()
    model.show(("A", ""), [("1", None)] * 300, 2)
    qtmodeltester.check(model)
    assert model.rowCount() == PREVIEW_ROWS
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Column B"
    assert model.headerData(0, Qt.Orientation.Vertical) == "2"


def test_empty_rows_have_no_line_and_numbers_stay_those_of_the_file(model: RowsModel) -> None:
    assert texts(model, ROW) == ["2", "3", "5", "6"]
    assert texts(model, VERDICT) == ["New", "Update", "Problem", "Unchanged"]


def test_an_update_shows_old_and_new(model: RowsModel) -> None:
    assert texts(model, NAME) == ["김영희", "이영수 → 이철수", "박지민", "최수아"]


def test_only_cells_of_bad_rows_are_editable(model: RowsModel) -> None:
    editable = [
        bool(model.index(row, NAME).flags() & Qt.ItemFlag.ItemIsEditable) for row in range(4)
    ]
    assert editable == [False, False, True, False]
    assert not model.index(2, PROBLEMS).flags() & Qt.ItemFlag.ItemIsEditable


def test_a_correction_leaves_the_row_unchecked_and_goes_into_the_sheet(
    model: RowsModel, draft: ImportDraft, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(model.corrected):
        assert model.setData(model.index(2, EMAIL), "park01@example.com")
    assert draft.state(2) == UNCHECKED
    assert draft.unchecked == (2,)
    assert draft.corrected_sheet().rows[3] == ("park01", "박지민", "park01@example.com")
    assert draft.sheet.rows[3][2] == "wrong"
    assert texts(model, PROBLEMS)[2] == ""


def test_the_same_text_again_is_no_correction(model: RowsModel, draft: ImportDraft) -> None:
    assert not model.setData(model.index(2, EMAIL), "wrong")
    assert draft.unchecked == ()


def test_a_filter_shows_one_verdict(model: RowsModel) -> None:
    model.show_only(Verdict.UPDATE)
    assert texts(model, ROW) == ["3"]
    model.show_only(None)
    assert model.rowCount() == 4


def test_bad_cells_say_why_and_how_to_mend_them(model: RowsModel) -> None:
    tip = model.index(2, EMAIL).data(Role.ToolTipRole)
    assert "This is not an e-mail address" in tip
    assert "F2" in tip
    assert model.index(2, EMAIL).data(Role.BackgroundRole) is not None
    assert model.index(0, EMAIL).data(Role.BackgroundRole) is None


def test_after_writing_rows_without_word_count_as_not_written(draft: ImportDraft) -> None:
    draft.take_written((RowResult(row=2, verdict=Verdict.CREATE, id="u1"),))
    assert draft.counts() == {Verdict.CREATE: 1, UNCHECKED: 2, Verdict.INVALID: 1}


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_are_named_as_spreadsheets_do(place: int, letter: str) -> None:
    assert column_letter(place) == letter
