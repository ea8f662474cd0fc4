"""Load runs without a mouse, and what a screen reader finds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.load.result import StopReason
from desktop_app.ui.loadtest.result_page import FAILURES
from desktop_app.ui.loadtest.screen import HISTORY, LIVE, PLAN, RESULT, LoadScreen
from desktop_app.ui.tab import TabTools
from tests.services.loadtest.made import run as made_run
from tests.services.loadtest.made import second
from tests.ui.loadtest.conftest import OpenScreen
from tests.ui.loadtest.stage import LONG_MS, result_of, run, settle

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
PLAIN = Qt.KeyboardModifier.NoModifier
MOST_TABS = 60


def focused() -> QWidget:
    """Where the keyboard is."""
    found = QApplication.focusWidget()
    assert found is not None, "the keyboard is nowhere"
    return found


def key(which: Qt.Key, with_: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key, wherever the keyboard is."""
    QTest.keyClick(focused(), which, with_)


def words(text: str) -> None:
    """Type letter by letter, each where the keyboard is then."""
    for letter in text:
        QTest.keyClicks(focused(), letter)


def tab_to(widget: QWidget) -> None:
    """Go on by the tabulator until ``widget`` is reached."""
    for _press in range(MOST_TABS):
        if widget.hasFocus():
            return
        key(Qt.Key.Key_Tab)
    pytest.fail(f"{widget.accessibleName() or widget} is not reached by the tabulator")


def test_a_run_is_planned_begun_marked_and_stopped_by_keys_alone(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    plan, live = screen.plan, screen.live

    tab_to(plan.scenario.picker)
    key(Qt.Key.Key_End)
    settle(qtbot, tools)
    assert plan.scenario.picker.currentText() == "health (own)"
    load = plan.load
    for field, value in ((load.rate, "40"), (load.users, "4"), (load.seconds, "600")):
        tab_to(field)
        words(value)
    tab_to(plan.thresholds.lines[0].edit)
    key(Qt.Key.Key_A, CTRL)
    words("p99 < 60 s")
    assert plan.order is not None
    assert (plan.order.model.highest_rate, plan.order.model.users) == (40, 4)
    key(Qt.Key.Key_Return, CTRL)
    assert screen.step == LIVE

    qtbot.waitUntil(live.mark.isEnabled, timeout=LONG_MS)
    tab_to(live.mark)
    words("a new index")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "a new index" in live.log.toPlainText(), timeout=LONG_MS)
    key(Qt.Key.Key_1, ALT)
    assert screen.step == PLAN
    key(Qt.Key.Key_2, ALT)
    tab_to(live.stop_button)
    key(Qt.Key.Key_Space)
    settle(qtbot, tools)

    assert screen.step == RESULT
    assert result_of(screen).stop is StopReason.STOPPED
    key(Qt.Key.Key_4, ALT)
    assert screen.step == HISTORY
    key(Qt.Key.Key_Return)
    settle(qtbot, tools)
    assert screen.step == RESULT


def reachable(widget: QWidget) -> bool:
    """Whether the tabulator is to stop at it."""
    able = widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None
    return able and widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus


def test_the_tabulator_reaches_all_of_a_page(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    kept = made_run([second(number, [5.0]) for number in range(12)])
    screen.desk.runs.keep(kept, place=screen.desk.place)
    screen.refresh()
    settle(qtbot, tools)
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    screen.show_step(HISTORY)
    assert screen.history.table.view.hasFocus()
    key(Qt.Key.Key_Return)
    settle(qtbot, tools)
    for step in (RESULT, HISTORY):
        screen.show_step(step)
        page = screen.pages.currentWidget()
        wanted = {one for one in page.findChildren(QWidget) if reachable(one)}
        assert wanted
        reached = set()
        for _press in range(MOST_TABS):
            reached.add(focused())
            key(Qt.Key.Key_Tab)
        assert wanted <= reached, [one.accessibleName() or one for one in wanted - reached]


def unnamed(screen: LoadScreen) -> list[str]:
    """What the keyboard can reach on the page in front and a screen reader has no name for."""
    found = []
    for widget in screen.findChildren(QWidget):
        reached = widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not reached or widget.focusProxy() is not None:
            continue
        told = QAccessible.queryAccessibleInterface(widget)
        if not told.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def test_all_that_the_keyboard_reaches_has_a_name(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    assert unnamed(screen) == []
    run(qtbot, screen, tools)
    for step in (PLAN, LIVE, HISTORY):
        screen.show_step(step)
        assert unnamed(screen) == [], step
    screen.show_step(PLAN)
    screen.plan.choose_preset("spike")
    screen.plan.load.workers.setValue(2)
    assert unnamed(screen) == []
    screen.show_step(RESULT)
    for tab in range(FAILURES + 2):
        screen.result.tabs.setCurrentIndex(tab)
        assert unnamed(screen) == [], tab
