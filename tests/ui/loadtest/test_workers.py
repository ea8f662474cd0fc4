"""A run from several computers, begun in the window."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop_app.cli import exits
from desktop_app.core.load.result import StopReason
from desktop_app.ui.tab import TabTools
from tests.load.workers import Workers
from tests.ui.loadtest.conftest import OpenScreen
from tests.ui.loadtest.stage import LONG, LONG_MS, plan, press, result_of, settle


def test_workers_are_seen_to_join_and_leave_after_a_stop(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path
) -> None:
    screen = open_on()
    plan(qtbot, screen, tools, LONG)
    screen.plan.load.workers.setValue(2)
    screen.plan.load.join_at.selectAll()
    qtbot.keyClicks(screen.plan.load.join_at, "127.0.0.1:0")
    order = screen.plan.order
    assert order is not None
    assert order.distribution is not None
    live, workers = screen.live, Workers(tmp_path, order.distribution.code)
    press(qtbot, screen.start_button)
    try:
        qtbot.waitUntil(lambda: "joined: 0 of 2" in live.doing.text(), timeout=LONG_MS)
        assert live.state.accessibleName() == "Preparing"
        assert order.distribution.code in live.warning.text
        address = live.doing.text().rpartition(" at ")[2]
        workers.start(address)
        qtbot.waitUntil(lambda: "joined: 1 of 2" in live.doing.text(), timeout=LONG_MS)
        workers.start(address)
        qtbot.waitUntil(lambda: live.board.timeline.length > 0, timeout=LONG_MS)
        assert not live.warning.isVisible(), "nobody joins any more"
    finally:
        screen.stop()
        settle(qtbot, tools)
        workers.end()
    result = result_of(screen)
    assert result.stop is StopReason.STOPPED
    assert result.facts.generators == 2
    assert "Sent by 2 workers" in screen.result.reasons.text
    assert [process.wait() for process in workers.started] == [exits.PASSED] * 2
