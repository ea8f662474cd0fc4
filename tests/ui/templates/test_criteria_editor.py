"""The criteria editor, typed into, dragged and pasted into as people do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.problems import Problem
from desktop_app.core.templates import Criterion
from desktop_app.ui.templates.criteria_editor import CriteriaEditor
from desktop_app.ui.templates.criteria_model import COLUMN_OF, HANDLE
from desktop_app.ui.theme.theme import Theme
from tests.ui.records.stage import compose

NONE, ALT, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> Iterator[CriteriaEditor]:
    """The criteria 가, 나, 다 with weights 50, 30, 20, between two other fields."""
    page = QWidget()
    page.resize(900, 560)
    column = QVBoxLayout(page)
    made = CriteriaEditor(theme)
    for widget in (QLineEdit(), made, QLineEdit()):
        column.addWidget(widget)
    made.set_criteria(
        Criterion(id=id_, name=name, weight=weight)
        for id_, name, weight in (("a", "가", 50), ("b", "나", 30), ("c", "다", 20))
    )
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(page.isActiveWindow)
    yield made  # noqa: PT022 - which keeps the page alive


def names(editor: CriteriaEditor) -> str:
    return "".join(row.name for row in editor.draft.rows)


def weights(editor: CriteriaEditor) -> list[object]:
    return [row.weight for row in editor.draft.rows]


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def line() -> QLineEdit:
    """The editor of the cell under the cursor."""
    found = QApplication.focusWidget()
    assert isinstance(found, QLineEdit)
    return found


def click(editor: CriteriaEditor, row: int, key: str) -> None:
    index = editor.model.index(row, COLUMN_OF[key])
    place = editor.view.visualRect(index).center()
    QTest.mouseClick(editor.view.viewport(), Qt.MouseButton.LeftButton, NONE, place)


def retype(text: str) -> None:
    line().selectAll()
    QTest.keyClicks(line(), text)


def said(editor: CriteriaEditor) -> str:
    return editor.bar.sum.accessibleName()


def test_a_click_into_a_cell_lets_it_be_typed_into_and_the_sum_follows_each_key(
    editor: CriteriaEditor,
) -> None:
    assert said(editor) == "Sum 100 %"
    click(editor, 1, "weight")
    retype("25.")
    assert said(editor) == "Sum 95 %: 5 missing"
    QTest.keyClicks(line(), "5")
    assert line().text() == "25.5"
    assert said(editor) == "Sum 95.5 %: 4.5 missing"
    retype("45")
    assert said(editor) == "Sum 115 %: 15 too much"
    retype("x")
    assert said(editor) == "Sum 70 %, 1 weight missing"


def test_tab_walks_through_a_row_then_into_the_next_one(editor: CriteriaEditor) -> None:
    click(editor, 0, "name")
    visited = []
    for _step in range(6):
        visited.append(editor._place())
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    keys = ["name", "weight", "max_score", "step", "description", "guide"]
    assert visited == [(0, key) for key in keys]
    assert editor._place() == (1, "name")
    QTest.keyClick(focused(), Qt.Key.Key_Backtab, SHIFT)
    assert editor._place() == (0, "guide")
    QTest.keyClick(focused(), Qt.Key.Key_Backtab, SHIFT)
    QTest.keyClick(focused(), Qt.Key.Key_Backtab, SHIFT)
    assert editor._place() == (0, "step")


def test_tab_leaves_at_both_ends(editor: CriteriaEditor) -> None:
    _before, after = editor.window().findChildren(
        QLineEdit, options=Qt.FindChildOption.FindDirectChildrenOnly
    )
    editor.view.go(2, "name")
    editor.texts.focus("guide")
    QTest.keyClick(focused(), Qt.Key.Key_Tab)
    assert after.hasFocus()
    QTest.keyClick(after, Qt.Key.Key_Backtab, SHIFT)
    assert editor.texts.editors["guide"].hasFocus()
    click(editor, 0, "name")
    QTest.keyClick(line(), Qt.Key.Key_Backtab, SHIFT)
    assert editor.bar.even_out.hasFocus()
    QTest.keyClick(editor.bar.even_out, Qt.Key.Key_Tab)
    assert editor._place() == (0, "name")
    assert line().hasFocus()


def test_enter_goes_down_the_column_and_adds_a_row_at_the_end(editor: CriteriaEditor) -> None:
    click(editor, 1, "weight")
    QTest.keyClick(line(), Qt.Key.Key_Return)
    assert editor._place() == (2, "weight")
    QTest.keyClick(line(), Qt.Key.Key_Return)
    assert editor._place() == (3, "name")
    assert len(editor.draft.rows) == 4
    QTest.keyClick(line(), Qt.Key.Key_Return)  # an empty one is enough
    assert len(editor.draft.rows) == 4
    QTest.keyClick(line(), Qt.Key.Key_Up)
    assert editor._place() == (2, "name")


def test_hangul_is_taken_syllable_by_syllable_and_never_half(editor: CriteriaEditor) -> None:
    click(editor, 0, "name")
    line().selectAll()
    compose(line(), "ㅎ", "하", "한", commit="한")
    assert editor.draft.rows[0].name == "한"
    compose(line(), "ㄱ", "그")
    assert editor.draft.rows[0].name == "한"
    compose(line(), "글", commit="글")
    assert editor.draft.rows[0].name == "한글"
    editor.texts.focus("guide")
    guide = editor.texts.editors["guide"]
    compose(guide, "ㄱ", "기", commit="기준")
    assert editor.draft.rows[0].guide == "기준"


def test_alt_with_arrows_moves_the_row_and_the_cursor_with_it(editor: CriteriaEditor) -> None:
    click(editor, 0, "weight")
    QTest.keyClick(line(), Qt.Key.Key_Down, ALT)
    assert names(editor) == "나가다"
    assert editor._place() == (1, "weight")
    retype("55")
    assert editor.draft.rows[1].weight == 55
    QTest.keyClick(line(), Qt.Key.Key_Up, ALT)
    QTest.keyClick(line(), Qt.Key.Key_Up, ALT)
    assert names(editor) == "가나다"


def drag(editor: CriteriaEditor, at: int, to_y: int, *steps: int) -> QWidget:
    """Press on the handle of a row and move to a height, not let go yet."""
    port = editor.view.viewport()
    x = editor.view.columnViewportPosition(HANDLE) + 12
    start = QPoint(x, editor.view.rowViewportPosition(at) + 10)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, NONE, start)
    for y in (*steps, to_y):
        QTest.mouseMove(port, QPoint(x, y))
    return port


@pytest.mark.parametrize(
    ("at", "row", "share", "expected"),
    [
        (0, 2, 0.8, "나다가"),
        (2, 0, 0.2, "다가나"),
        (0, 1, 0.8, "나가다"),
        (1, 1, 0.8, "가나다"),
        (0, 1, 0.2, "가나다"),
    ],
)
def test_a_row_is_dragged_by_its_handle_to_between_two_others(
    editor: CriteriaEditor, at: int, row: int, share: float, expected: str
) -> None:
    y = editor.view.rowViewportPosition(row) + int(32 * share)
    port = drag(editor, at, y, 40)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, QPoint(12, y))
    assert names(editor) == expected
    assert not editor.view.dragging


def test_a_drag_below_the_last_row_goes_to_the_end_and_escape_gives_it_up(
    editor: CriteriaEditor,
) -> None:
    port = drag(editor, 0, 150)
    assert editor.view.dragging
    QTest.keyClick(editor.view, Qt.Key.Key_Escape)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, QPoint(12, 150))
    assert names(editor) == "가나다"
    port = drag(editor, 0, 150)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, QPoint(12, 150))
    assert names(editor) == "나다가"


def test_a_row_held_at_the_edge_scrolls_to_where_it_is_dropped(
    qtbot: QtBot, editor: CriteriaEditor
) -> None:
    editor.set_criteria(Criterion(id=str(n), name=chr(97 + n), weight=5) for n in range(20))
    bar = editor.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bottom = editor.view.viewport().height() - 6
    port = drag(editor, 0, bottom, 40)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, QPoint(12, bottom))
    assert names(editor) == "bcdefghijklmnopqrsta"


def test_a_row_removed_is_named_and_comes_back_by_the_button(editor: CriteriaEditor) -> None:
    click(editor, 1, "name")
    QTest.mouseClick(editor.bar.buttons["remove"], Qt.MouseButton.LeftButton)
    assert names(editor) == "가다"
    assert editor._notice_row.isVisible()
    assert editor._notice.text() == "“나” was removed."
    QTest.mouseClick(editor._undo, Qt.MouseButton.LeftButton)
    assert names(editor) == "가나다"
    assert editor._place() == (1, "name")
    assert not editor._notice_row.isVisible()


def test_undo_takes_back_cell_by_cell_from_within_a_cell(editor: CriteriaEditor) -> None:
    click(editor, 0, "weight")
    retype("10")
    QTest.keyClick(line(), Qt.Key.Key_Tab)
    retype("5")
    QTest.keyClick(line(), Qt.Key.Key_Z, CONTROL)
    assert (editor.draft.rows[0].weight, editor.draft.rows[0].max_score) == (10, 100)
    assert line().text() == "100"
    QTest.keyClick(line(), Qt.Key.Key_Z, CONTROL)
    assert editor.draft.rows[0].weight == 50


def test_a_copy_and_a_new_row_come_below_the_cursor_and_are_ready_to_type(
    editor: CriteriaEditor,
) -> None:
    click(editor, 0, "name")
    QTest.keyClick(line(), Qt.Key.Key_D, CONTROL)
    assert names(editor) == "가가나다"
    QTest.mouseClick(editor.bar.buttons["add"], Qt.MouseButton.LeftButton)
    QTest.keyClicks(line(), "new")
    assert names(editor) == "가가new나다"


def test_weights_are_evened_out_and_scaled_to_exactly_100(editor: CriteriaEditor) -> None:
    editor.bar.actions_of_weights["distribute"].trigger()
    assert weights(editor) == [33.34, 33.33, 33.33]
    assert said(editor) == "Sum 100 %"
    click(editor, 0, "weight")
    retype("10")
    editor.bar.actions_of_weights["scale"].trigger()
    assert said(editor) == "Sum 100 %"
    assert weights(editor) == [13.04, 43.48, 43.48]
    retype("heavy")
    assert not editor.bar.actions_of_weights["scale"].isEnabled()


def test_a_wrong_cell_is_told_once_it_is_left_and_no_more_once_mended(
    editor: CriteriaEditor,
) -> None:
    click(editor, 1, "max_score")
    retype("1O")
    assert editor.shown_problem(1, "max_score") == ""
    QTest.keyClick(line(), Qt.Key.Key_Tab)
    assert editor.shown_problem(1, "max_score") == "This is not the kind of value expected here."
    assert "2. 나, Highest score:" in editor.problem_label.text()
    QTest.keyClick(line(), Qt.Key.Key_Backtab, SHIFT)
    retype("10")
    assert editor.shown_problem(1, "max_score") == ""
    assert not editor.problem_label.isVisible()


def test_what_the_server_refuses_is_told_at_its_cell_until_that_is_edited(
    editor: CriteriaEditor,
) -> None:
    editor.show_problems(
        (
            Problem(field="criteria.2.weight", code="too_large", params={"maximum": 10}),
            Problem(field="criteria.1.guide", code="control_characters"),
        )
    )
    assert editor._place() == (2, "weight")
    assert editor.shown_problem(2, "weight") == "At most 10."
    click(editor, 0, "name")
    retype("elsewhere")
    assert editor.shown_problem(2, "weight") == "At most 10."
    click(editor, 2, "weight")
    retype("9")
    assert editor.shown_problem(2, "weight") == ""
    assert editor.shown_problem(1, "guide")


def test_rows_of_a_spreadsheet_are_pasted_from_the_cursor_on(editor: CriteriaEditor) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setText('라\t15\t10\n"마\n바"\t5\t10\n사\t10%\t10\n')
    click(editor, 2, "name")
    QTest.keyClick(line(), Qt.Key.Key_V, CONTROL)
    rows = editor.draft.rows
    assert [row.name for row in rows] == ["가", "나", "라", "마\n바", "사"]
    assert [row.weight for row in rows] == [50, 30, 15, 5, 10]
    assert said(editor) == "Sum 110 %: 10 too much"
    QTest.keyClick(line(), Qt.Key.Key_Z, CONTROL)
    assert names(editor) == "가나다"
    clipboard.setText("40\n40\n20")
    click(editor, 0, "weight")
    QTest.keyClick(line(), Qt.Key.Key_V, CONTROL)
    assert weights(editor) == [40, 40, 20]
    clipboard.clear()


def test_pasted_rows_with_a_heading_are_new_ones_in_the_columns_it_names(
    editor: CriteriaEditor,
) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("배점\t평가 항목\t가중치\n10\t라\t15\n20\t마\t5\n")
    click(editor, 0, "name")
    QTest.keyClick(line(), Qt.Key.Key_V, CONTROL)
    assert names(editor) == "가라마나다"
    assert [(r.max_score, r.weight) for r in editor.draft.rows[1:3]] == [(10, 15), (20, 5)]
    clipboard.clear()


def test_one_copied_cell_is_pasted_as_text_on_one_line(editor: CriteriaEditor) -> None:
    QGuiApplication.clipboard().setText("정확도\r\n")
    click(editor, 0, "name")
    line().selectAll()
    QTest.keyClick(line(), Qt.Key.Key_V, CONTROL)
    assert editor.draft.rows[0].plain()["name"] == "정확도"
    QGuiApplication.clipboard().clear()


def test_long_texts_follow_the_row_and_keep_their_lines(editor: CriteriaEditor) -> None:
    click(editor, 1, "guide")
    guide = editor.texts.editors["guide"]
    assert guide.hasFocus()
    QTest.keyClicks(guide, "one")
    QTest.keyClick(guide, Qt.Key.Key_Return)
    QTest.keyClicks(guide, "two")
    assert editor.draft.rows[1].guide == "one\ntwo"
    click(editor, 0, "guide")
    assert guide.toPlainText() == ""
    click(editor, 1, "name")
    assert guide.toPlainText() == "one\ntwo"


def test_read_only_criteria_are_read_but_not_changed(editor: CriteriaEditor) -> None:
    editor.set_read_only(True)
    click(editor, 0, "name")
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    QTest.keyClick(editor.view, Qt.Key.Key_Down, ALT)
    QTest.keyClick(editor.view, Qt.Key.Key_Delete, ALT)
    assert names(editor) == "가나다"
    assert not editor.bar.buttons["add"].isVisible()
    click(editor, 1, "guide")
    assert isinstance(QApplication.focusWidget(), QPlainTextEdit)
    assert editor.texts.editors["guide"].isReadOnly()


def test_two_hundred_criteria_are_typed_into_without_delay(editor: CriteriaEditor) -> None:
    editor.set_criteria(
        Criterion(id=str(n), name=f"항목 {n}", weight=0.5, guide="기준 " * 50) for n in range(200)
    )
    click(editor, 3, "name")
    retype("x" * 20)
    assert editor.draft.rows[3].name == "x" * 20


def test_a_cell_left_for_elsewhere_is_typed_into_again_after_a_click(
    editor: CriteriaEditor,
) -> None:
    click(editor, 1, "weight")
    editor.bar.even_out.setFocus()
    click(editor, 1, "weight")
    retype("7")
    assert weights(editor) == [50, 7, 20]


def test_a_clipboard_without_rows_is_told(editor: CriteriaEditor) -> None:
    QGuiApplication.clipboard().clear()
    QTest.mouseClick(editor.bar.buttons["paste"], Qt.MouseButton.LeftButton)
    assert editor._notice.text() == "The clipboard holds no rows of a table."
    assert not editor._undo.isVisible()
    assert names(editor) == "가나다"


def test_the_last_criterion_may_go_and_another_come(editor: CriteriaEditor) -> None:
    click(editor, 0, "name")
    for left in ("나다", "다", ""):
        QTest.keyClick(focused(), Qt.Key.Key_Delete, ALT)
        assert names(editor) == left
    assert not editor.texts.editors["guide"].isEnabled()
    QTest.mouseClick(editor.bar.buttons["add"], Qt.MouseButton.LeftButton)
    QTest.keyClicks(line(), "new")
    assert names(editor) == "new"
