"""Searching as one types, with and without an input method."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.ui.widgets.search_field import SearchField
from tests.ui.records.stage import compose


@pytest.fixture
def field(qtbot: QtBot, theme: object) -> SearchField:
    field = SearchField()
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    return field


def asked(field: SearchField) -> list[str]:
    found: list[str] = []
    field.searched.connect(found.append)
    return found


def test_several_letters_make_one_search(qtbot: QtBot, field: SearchField) -> None:
    found = asked(field)
    with qtbot.waitSignal(field.searched):
        QTest.keyClicks(field, "kim")
    assert found == ["kim"]


def test_an_unfinished_syllable_is_not_searched_for(qtbot: QtBot, field: SearchField) -> None:
    found = asked(field)
    compose(field, "ㄱ", "기", "김")
    composing = [field.composing]
    field.search_now()
    assert found == []
    compose(field, commit="김")
    assert [*composing, field.composing] == [True, False]
    with qtbot.waitSignal(field.searched):
        compose(field, "ㅊ", "처", "철", commit="철")
    assert found == ["김철"]


def test_enter_searches_at_once(qtbot: QtBot, field: SearchField) -> None:
    found = asked(field)
    QTest.keyClicks(field, "lee")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert found == ["lee"]


def test_escape_clears_and_searches_for_everything(qtbot: QtBot, field: SearchField) -> None:
    QTest.keyClicks(field, "lee")
    QTest.keyClick(field, Qt.Key.Key_Return)
    found = asked(field)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), found) == ("", [""])


def test_decomposed_hangul_is_searched_for_composed(qtbot: QtBot, field: SearchField) -> None:
    found = asked(field)
    field.setText("\u1100\u1175\u11b7 ")
    field.search_now()
    assert found == ["김"]
