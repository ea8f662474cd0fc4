"""Runs in trouble: stopped, refused, of servers and sign-ins that do not work."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.config.profiles import Environment
from desktop_app.core.load.result import StopReason
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.loadtest.screen import LIVE, PLAN, RESULT, LoadScreen
from desktop_app.ui.tab import TabTools
from tests.ui.loadtest.conftest import OpenScreen
from tests.ui.loadtest.stage import (
    LONG,
    LONG_MS,
    SHORT,
    begin,
    choose_health,
    plan,
    press,
    result_of,
    run,
    settle,
)
from tests.ui.records.stage import dialog, gone

CLICK = Qt.MouseButton.LeftButton


def begin_long(qtbot: QtBot, screen: LoadScreen, tools: TabTools) -> None:
    """Begin a run of ten minutes, and wait for its first second."""
    begin(qtbot, screen, tools, LONG)
    qtbot.waitUntil(lambda: screen.live.board.timeline.length > 0, timeout=LONG_MS)


def test_stopping_is_graceful_and_marks_are_kept(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    begin_long(qtbot, screen, tools)
    assert [task.title for task in tools.runner.running] == ["Load run: 상태"]
    qtbot.keyClicks(screen.live.mark, "a new index")
    qtbot.keyClick(screen.live.mark, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "a new index" in screen.live.log.toPlainText(), timeout=LONG_MS)
    stop = screen.live.stop_button
    QTest.mouseClick(stop, CLICK)
    QTest.mouseDClick(stop, CLICK)  # the second click of a double click is none
    assert screen.acts.control is not None
    assert not screen.acts.control.at_once
    settle(qtbot, tools)
    assert screen.step == RESULT
    result = result_of(screen)
    assert result.stop is StopReason.STOPPED
    assert result.adds_up
    assert [mark.text for mark in result.marks] == ["a new index"]


def test_a_second_press_stops_at_once(qtbot: QtBot, tools: TabTools, open_on: OpenScreen) -> None:
    screen = open_on()
    begin_long(qtbot, screen, tools)
    screen.stop()
    assert screen.live.stop_button.text() == "Stop at once"
    screen.stop()
    assert screen.live.stop_button.text() == "Stopping…"
    assert not screen.live.stop_button.isEnabled()
    settle(qtbot, tools)
    assert result_of(screen).stop in (StopReason.STOPPED, StopReason.STOPPED_AT_ONCE)


def test_a_run_goes_on_out_of_sight_and_is_stopped_from_the_list(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    begin_long(qtbot, screen, tools)
    screen.show_step(PLAN)
    assert not screen.start_button.isEnabled()
    tools.runner.running[0].cancel()
    settle(qtbot, tools)
    assert result_of(screen).stop is StopReason.STOPPED_AT_ONCE
    assert screen.step == PLAN, "nobody is pulled away from what they do"


def test_a_wrong_password_measures_nothing(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    screen.plan.load.show_model(SHORT)
    qtbot.keyClicks(screen.plan.accounts.password.edit, "wrong")
    press(qtbot, screen.start_button)
    settle(qtbot, tools)
    assert result_of(screen).stop is StopReason.NOT_PREPARED
    assert screen.result.verdict.accessibleName() == "Not measured"
    assert screen.result.gates.isVisible()


def test_a_pool_of_accounts_is_read_from_a_file(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path
) -> None:
    screen = open_on()
    accounts = screen.plan.accounts
    accounts.many.click()
    path = tmp_path / "계정.csv"
    path.write_text("login_id,secret\nadmin,x\n", encoding="utf-8")
    accounts.read(path)
    settle(qtbot, tools)
    assert "login_id and password" in accounts.problem.text
    path.write_text("login_id,password\nadmin,x\nmanager1,y\n", encoding="cp949")
    accounts.read(path)
    settle(qtbot, tools)
    assert [one.login_id for one in accounts.accounts] == ["admin", "manager1"]
    assert accounts.pool.text() == "2 accounts of 계정.csv"


def test_a_closed_port_measures_nothing(qtbot: QtBot, tools: TabTools, open_on: OpenScreen) -> None:
    screen = open_on(url="http://127.0.0.1:1")
    plan(qtbot, screen, tools, SHORT)
    press(qtbot, screen.rehearse_button)
    settle(qtbot, tools)
    assert screen.banner.isVisible()
    run(qtbot, screen, tools)
    assert result_of(screen).stop is StopReason.UNREACHABLE


def test_there_is_nothing_to_run_while_the_workspace_is_not_ready(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on(url=None)
    choose_health(qtbot, screen, tools)
    assert "not ready" in screen.plan.target.problem.accessibleName()
    assert screen.plan.state.accessibleName() == "There is no server yet."
    assert not screen.start_button.isEnabled()
    assert not screen.rehearse_button.isEnabled()


def test_another_computer_needs_its_name_typed(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on(url="http://load.invalid:8000", environment=Environment.STAGING)
    plan(qtbot, screen, tools, SHORT)
    assert "another computer" in screen.plan.state.accessibleName()
    assert not screen.start_button.isEnabled()
    qtbot.keyClicks(screen.plan.permission.typed, "load.valid")
    assert not screen.start_button.isEnabled()
    screen.plan.permission.typed.clear()
    qtbot.keyClicks(screen.plan.permission.typed, "load.invalid")
    assert screen.start_button.isEnabled()


def test_production_needs_its_lock_open_and_has_a_ceiling(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on(environment=Environment.PRODUCTION)
    plan(qtbot, screen, tools, SHORT)
    assert "locked" in screen.plan.state.accessibleName()
    press(qtbot, screen.plan.permission.banner.button)
    unlocking = dialog(qtbot, UnlockDialog)
    unlocking.typed.setText("시험 서버")
    press(qtbot, unlocking.unlock_button)
    gone(qtbot)
    qtbot.waitUntil(screen.start_button.isEnabled)
    screen.plan.choose_preset("target")
    assert "At most 200 requests per second" in screen.plan.state.accessibleName()
    assert not screen.start_button.isEnabled()
    assert screen.step != LIVE
