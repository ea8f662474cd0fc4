"""Editors of single fields, typed into and pasted into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.core.business_number import formatted
from desktop_app.core.fields import Field, Kind
from desktop_app.ui.forms.business_number_editor import BusinessNumberEditor, reformatted
from desktop_app.ui.forms.editors import LineEditor, NumberEditor

NUMBER = Field(key="business_number", kind=Kind.BUSINESS_NUMBER, label="Number")
NAME = Field(key="name", kind=Kind.TEXT, label="Name", max_length=10)
COUNT = Field(key="count", kind=Kind.INTEGER, label="Count", minimum=1, maximum=3)


@pytest.fixture
def number(qtbot: QtBot, theme: object) -> BusinessNumberEditor:
    editor = BusinessNumberEditor(NUMBER)
    qtbot.addWidget(editor)
    editor.show()
    return editor


def test_dashes_come_as_the_number_is_typed(qtbot: QtBot, number: BusinessNumberEditor) -> None:
    QTest.keyClicks(number.line, "1234567891")
    assert number.value() == "123-45-67891"


def test_the_caret_stays_behind_a_digit_typed_in_the_middle(
    qtbot: QtBot, number: BusinessNumberEditor
) -> None:
    number.set_value("123-45-678")
    number.line.setCursorPosition(2)
    QTest.keyClicks(number.line, "9")
    assert (number.line.text(), number.line.cursorPosition()) == ("129-34-5678", 3)


def test_backspace_after_a_dash_takes_the_digit_before_it(
    qtbot: QtBot, number: BusinessNumberEditor
) -> None:
    number.set_value("123-45-678")
    number.line.setCursorPosition(4)
    QTest.keyClick(number.line, Qt.Key.Key_Backspace)
    assert (number.line.text(), number.line.cursorPosition()) == ("124-56-78", 2)


@given(st.text("0123456789- ０９", max_size=16), st.integers(0, 16))
def test_reformatting_keeps_the_caret_behind_the_same_digits(text: str, caret: int) -> None:
    shown, place = reformatted(text, min(caret, len(text)))
    digits = sum(c.isdigit() for c in text[:caret])
    assert shown == formatted(shown)
    assert sum(c.isdigit() for c in shown[:place]) == min(digits, 10)


def test_pasted_line_breaks_and_control_characters_do_not_get_in(
    qtbot: QtBot, theme: object
) -> None:
    editor = LineEditor(NAME)
    qtbot.addWidget(editor)
    QGuiApplication.clipboard().setText("\ufeff김\t철수\r\n\x07")
    editor.line.paste()
    assert editor.value() == "김 철수"
    QGuiApplication.clipboard().clear()


def test_a_long_paste_is_kept_whole_for_the_rules_to_judge(qtbot: QtBot, theme: object) -> None:
    editor = LineEditor(NAME)
    qtbot.addWidget(editor)
    QGuiApplication.clipboard().setText("x" * 5000)
    editor.line.paste()
    assert len(editor.value()) == 5000
    QGuiApplication.clipboard().clear()


def test_a_number_that_is_none_is_told_not_swallowed(qtbot: QtBot, theme: object) -> None:
    editor = NumberEditor(COUNT)
    qtbot.addWidget(editor)
    QTest.keyClicks(editor.line, "1,2x")
    assert editor.value() == "12x"


def test_up_and_down_count_within_the_bounds(qtbot: QtBot, theme: object) -> None:
    editor = NumberEditor(COUNT)
    qtbot.addWidget(editor)
    editor.set_value(2)
    for _ in range(3):
        QTest.keyClick(editor.line, Qt.Key.Key_Up)
    assert editor.value() == 3
    for _ in range(5):
        QTest.keyClick(editor.line, Qt.Key.Key_Down)
    assert editor.value() == 1
