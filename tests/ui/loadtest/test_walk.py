"""Load runs as operations go through them: plan, dry run, live, result, compare, export."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.config.catalogues import use_language
from desktop_app.core.load.models import constant, open_model
from desktop_app.core.load.result import StopReason, Verdict
from desktop_app.services.loadtest.without_secrets import without_secrets
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.loadtest.rehearsal_dialog import RehearsalDialog
from desktop_app.ui.loadtest.result_page import COMPARISON
from desktop_app.ui.loadtest.screen import HISTORY, LIVE, PLAN, RESULT
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.load import LoadTab
from desktop_app.ui.texts import retranslate_all
from tests.fixtures.blocking import MOST_MS, LongestBlock
from tests.fixtures.server import RunningServer
from tests.services.loadtest.made import BEGAN, second
from tests.services.loadtest.made import run as made_run
from tests.ui.loadtest.conftest import OpenScreen
from tests.ui.loadtest.stage import PASSWORD, make_desk, press, run, settle
from tests.ui.records.stage import dialog, gone
from tests.ui.validation.stage import OPERATOR

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def test_the_whole_walk(qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path) -> None:
    screen = open_on()
    plan = screen.plan
    assert plan.scenario.picker.currentText() == "standard"
    assert "sign" in plan.state.accessibleName()
    assert not screen.start_button.isEnabled()

    # One round first: the sign-in and each step with what came back.
    qtbot.keyClicks(plan.accounts.password.edit, PASSWORD)
    assert plan.state.accessibleName() == "Ready to start"
    press(qtbot, screen.rehearse_button)
    settle(qtbot, tools)
    shown = dialog(qtbot, RehearsalDialog)
    assert "came out as expected" in shown.state.accessibleName()
    shown.table.choose("/sign in")
    assert "200 OK" in shown.exchanges.response.toPlainText()
    assert PASSWORD not in shown.exchanges.request.toPlainText()
    shown.reject()
    gone(qtbot)

    # The run, begun by the keyboard, followed live.
    plan.load.show_model(open_model(constant(40, 1), 2))
    plan.thresholds.show_texts(("errors <= 0 %", "p95 < 1 ms"))
    plan.show_scenario()
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    qtbot.keyClick(plan.accounts.password.edit, Qt.Key.Key_Return, CTRL)
    assert screen.step == LIVE
    screen.begin()  # nothing begins beside it
    assert len(tools.runner.running) == 1
    settle(qtbot, tools)
    assert screen.step == RESULT
    opened = screen.result.opened
    assert opened is not None
    result = opened.result
    assert result.stop is StopReason.DONE
    assert result.adds_up
    assert result.verdict is Verdict.FAILED
    assert "p95 < 1 ms" in screen.result.sentence.text()
    assert screen.live.board.timeline.length >= 1
    assert "40" in screen.live.tiles.figures["asked"].text()
    assert "Run " in screen.live.log.toPlainText()
    assert screen.live.gates.chips["p95 < 1 ms"].accessibleName().startswith("p95 < 1 ms: Broken")
    (told,) = (one for one in tools.messages.history if "Load run of standard" in one.text)
    assert told.seen  # it was watched to its end: no message covers the result
    names = {row.name: row.text for row in screen.result.accounts.model.items}
    assert names["Sent"] == f"{result.total.sent:,}"
    assert len(screen.result.steps.model.items) == len(result.steps) - 1  # without the sign-in
    kept = (tmp_path / "부하").rglob("*")
    assert not [one for one in kept if one.is_file() and PASSWORD.encode() in one.read_bytes()]

    # A note, a second run, the comparison, the history.
    qtbot.keyClicks(screen.result.note, "before the index")
    qtbot.keyClick(screen.result.note, Qt.Key.Key_Return)
    settle(qtbot, tools)
    assert not screen.result.note_button.isEnabled()
    screen.show_step(PLAN)
    press(qtbot, screen.start_button)
    settle(qtbot, tools)
    assert screen.result.opened is not None
    assert screen.result.opened.before == without_secrets(result)
    assert len(screen.result.differences.model.items) == 5
    assert screen.result.note.text() == ""
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    qtbot.keyClick(screen.result.tabs, Qt.Key.Key_4, ALT)
    assert screen.step == HISTORY
    history = screen.history
    assert [one.note for one in history.table.model.items] == ["", "before the index"]
    assert len(history.trend.heads) == 2
    history.table.view.selectAll()
    press(qtbot, history.compare_button)
    settle(qtbot, tools)
    assert screen.step == RESULT
    assert screen.result.tabs.currentIndex() == COMPARISON

    for suffix in ("html", "pdf", "json", "csv", "md"):
        screen.exporting.write(tmp_path / f"부하.{suffix}")
        settle(qtbot, tools)
        assert (tmp_path / f"부하.{suffix}").stat().st_size > 200
    told = json.loads((tmp_path / "부하.json").read_text(encoding="utf-8"))
    assert told["comparison"]["before"] == result.run_id


def test_runs_are_pinned_and_deleted(qtbot: QtBot, tools: TabTools, open_on: OpenScreen) -> None:
    screen = open_on()
    run(qtbot, screen, tools)
    screen.show_step(HISTORY)
    history = screen.history
    press(qtbot, history.pin_button)
    settle(qtbot, tools)
    assert history.table.model.items[0].pinned
    assert history.pin_button.text() == "Unpin"
    press(qtbot, history.remove_button)
    asked = dialog(qtbot, ConfirmDialog)
    press(qtbot, asked.action_button)
    gone(qtbot)
    settle(qtbot, tools)
    assert history.empty.isVisible()


def test_everything_is_said_in_korean_at_once(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    run(qtbot, screen, tools)
    use_language("ko")
    retranslate_all()
    assert screen.steps.buttons[PLAN].text() == "1. 계획"
    assert screen.result.verdict.accessibleName() == "통과"
    screen.show_step(PLAN)
    assert screen.start_button.text() == "시작"


def test_the_tab_loads_its_screen_in_the_background(
    qtbot: QtBot, tools: TabTools, api_server: RunningServer, tmp_path: Path
) -> None:
    tab = LoadTab(
        desk=lambda: make_desk(tmp_path, api_server.url),
        last_validation=lambda: None,
        user=OPERATOR,
        tools=tools,
    )
    qtbot.addWidget(tab)
    tab.show()
    tab.activated()
    tab.activated()
    assert not tab.offers()
    qtbot.waitUntil(lambda: tab.shown is not None)
    settle(qtbot, tools)
    assert "Load runs: Result" in {offer.english for offer in tab.offers()}


def test_an_hour_is_opened_without_a_stop(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    one = second(0, [5.0, 7.0])
    for run_id in ("hour1", "hour2"):
        hour = [replace(one, number=number) for number in range(3600)]
        at = BEGAN + timedelta(hours=int(run_id[-1]))
        screen.desk.runs.keep(made_run(hour, run_id, started_at=at), place=screen.desk.place)
    screen.refresh()
    settle(qtbot, tools)
    screen.show_step(HISTORY)
    block = LongestBlock()
    press(qtbot, screen.history.open_button)
    with block.noting():
        settle(qtbot, tools)
        qtbot.waitUntil(lambda: not screen.result.board._turn.isActive())
        qtbot.waitUntil(lambda: block.beats > 0)
    assert screen.result.board.timeline.length == 3600
    assert screen.result.opened is not None
    assert screen.result.opened.before_timeline is not None
    assert block.ms < MOST_MS
