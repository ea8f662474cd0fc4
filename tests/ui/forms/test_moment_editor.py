"""Moments are entered in the time zone chosen and kept in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt, QTimeZone
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.core.fields import Field, Kind
from desktop_app.ui.forms.moment_editor import MomentEditor, moment_text

DEADLINE = Field(key="deadline", kind=Kind.DATETIME, label="Deadline")
SEOUL = QTimeZone(b"Asia/Seoul")


def test_a_value_is_shown_in_the_zone_and_comes_back_unchanged(qtbot: QtBot, theme: object) -> None:
    editor = MomentEditor(DEADLINE, SEOUL)
    qtbot.addWidget(editor)
    editor.set_value(datetime(2026, 11, 30, 9, 0, 42, tzinfo=UTC))
    assert editor.moment.text() == "2026-11-30 18:00"
    assert editor.value() == "2026-11-30T09:00:42Z"  # the seconds that it does not show


def test_keys_change_the_part_they_are_in(qtbot: QtBot, theme: object) -> None:
    editor = MomentEditor(DEADLINE, SEOUL)
    qtbot.addWidget(editor)
    editor.set_value("2026-11-30T09:00:42Z")
    editor.moment.setCurrentSection(editor.moment.Section.HourSection)
    QTest.keyClick(editor.moment, Qt.Key.Key_Up)
    assert editor.moment.text() == "2026-11-30 19:00"
    assert editor.value() == "2026-11-30T10:00:42Z"


def test_a_click_selects_the_part_it_is_in_for_typing(qtbot: QtBot, theme: object) -> None:
    editor = MomentEditor(DEADLINE, SEOUL)
    qtbot.addWidget(editor)
    editor.set_value("2026-11-30T09:00:00Z")
    editor.show()
    line = editor.moment.lineEdit()
    line.setCursorPosition(1)
    at = line.cursorRect().center()
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: line.selectedText() == "2026")
    QTest.keyClicks(editor.moment, "202712010905")
    assert editor.moment.text() == "2027-12-01 09:05"


def test_an_empty_one_offers_the_coming_evening(qtbot: QtBot, theme: object) -> None:
    editor = MomentEditor(DEADLINE, SEOUL)
    qtbot.addWidget(editor)
    editor.set_value(None)
    assert editor.value() is None
    assert not editor.moment.isEnabled()
    editor.given.click()
    entered = datetime.fromisoformat(editor.value())
    assert entered.hour == 9  # six in the evening in Seoul
    assert timedelta(0) < entered - datetime.now(UTC) < timedelta(days=2)


def test_what_is_no_moment_stays_as_it_is() -> None:
    assert moment_text("soon") == "soon"
    assert moment_text(None) is None
    assert moment_text("2026-11-30T18:00:00+09:00") == "2026-11-30T09:00:00Z"
