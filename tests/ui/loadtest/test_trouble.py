"""Runs that lose what they need: told while they go, and never taken for a result afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.load.histogram import merged
from desktop_app.core.load.models import constant, open_model
from desktop_app.core.load.result import StopReason, Verdict
from desktop_app.core.load.thresholds import GateState
from desktop_app.ui.loadtest.screen import HISTORY, RESULT
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools
from tests.load.scripted import Scripted
from tests.ui.loadtest.conftest import OpenScreen
from tests.ui.loadtest.stage import LONG, LONG_MS, begin, result_of, run, settle

HELD_UP = open_model(constant(100, 2), 6)
"""Of its 200 requests more than 2 are late once its generator stood still for a moment."""
STALLED = open_model(constant(200, 2), 20)


@pytest.fixture
def server() -> Iterator[Scripted]:
    """A scripted server of this test's own, which may be stopped before the end."""
    made = Scripted()
    yield made
    if not made.over.is_set():
        made.stop()


@pytest.mark.logs("is lost")
def test_a_generator_that_is_killed_is_told_and_the_others_go_on(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    screen.plan.load.generators.setValue(2)
    killed, _other = begin(qtbot, screen, tools, LONG).generators
    psutil.Process(killed).kill()
    live = screen.live
    qtbot.waitUntil(live.warning.isVisible, timeout=LONG_MS)
    assert f"process {killed}" in live.warning.text
    assert "The run is invalid by now." in live.warning.text
    assert f"process {killed}" in live.log.toPlainText()
    before = live.board.timeline.length
    qtbot.waitUntil(lambda: live.board.timeline.length > before, timeout=LONG_MS)
    screen.stop()
    settle(qtbot, tools)
    result = result_of(screen)
    assert (result.stop, result.verdict) == (StopReason.STOPPED, Verdict.INVALID)
    assert result.adds_up
    assert f"process {killed}" in screen.result.sentence.text()
    assert screen.result.reasons.text.startswith("Find out what ended it")
    assert f"process {killed}" not in screen.result.reasons.text, "once is enough"


@pytest.mark.logs("is lost")
def test_without_a_generator_the_run_ends_and_is_no_result(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    (pid,) = begin(qtbot, screen, tools, LONG, "errors <= 0 %").generators
    qtbot.waitUntil(lambda: screen.live.board.timeline.length > 0, timeout=LONG_MS)
    psutil.Process(pid).kill()
    settle(qtbot, tools)
    assert screen.step == RESULT
    result = result_of(screen)
    assert (result.stop, result.verdict) == (StopReason.GENERATOR_LOST, Verdict.INVALID)
    assert result.adds_up
    assert f"process {pid}" in screen.result.sentence.text()
    assert "The generators died" in screen.result.about.text()
    assert screen.start_button.text() == "Plan a run"


def test_a_generator_that_was_held_up_makes_no_result(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path
) -> None:
    screen = open_on(strict=True)
    live, tick = screen.live, screen.live._tick.timeout
    (pid,) = begin(qtbot, screen, tools, HELD_UP, "errors <= 0 %", "p99 < 60 s").generators
    process = psutil.Process(pid)
    process.suspend()
    with qtbot.waitSignals([tick, tick], order="simple", timeout=LONG_MS):
        pass
    process.resume()
    qtbot.waitUntil(live.warning.isVisible, timeout=LONG_MS)
    assert "more than 10 ms late" in live.warning.text
    settle(qtbot, tools)

    # Every threshold holds, and still nothing says that it passed.
    shown, result = screen.result, result_of(screen)
    assert {gate.state for gate in result.gates} == {GateState.HOLDS}
    assert (result.stop, result.verdict) == (StopReason.DONE, Verdict.INVALID)
    assert screen.step == RESULT
    assert shown.verdict.accessibleName() == "Invalid"
    assert shown.sentence.text().startswith("Invalid: ")
    assert "left more than 10 ms late" in shown.sentence.text()
    assert "plan more generators or less load" in shown.reasons.text
    (state,) = (column for column in shown.gates.model.columns if column.key == "state")
    assert state.chip is not None
    assert {state.chip(gate).token for gate in result.gates} == {"muted"}
    assert live.doing.text() == shown.sentence.text()
    assert live.log.toPlainText().splitlines()[-1] == shown.sentence.text()
    (told,) = (one for one in tools.messages.history if "Load run of" in one.text)
    assert (told.level, told.text) == (Level.WARNING, "Load run of 상태: Invalid")
    screen.show_step(HISTORY)
    table = screen.history.table
    (verdict,) = (column for column in table.model.columns if column.key == "verdict")
    assert verdict.chip is not None
    assert verdict.chip(table.model.items[0]).text == "Invalid"
    for suffix in ("html", "md"):
        screen.exporting.write(tmp_path / f"무효.{suffix}")
        settle(qtbot, tools)
        report = (tmp_path / f"무효.{suffix}").read_text(encoding="utf-8")
        assert "Invalid: " in report
        assert "plan more generators or less load" in report
        assert "Passed" not in report

    # Nothing is compared with it unless somebody asks.
    run(qtbot, screen, tools, open_model(constant(100, 0.5), 6))
    assert screen.result.opened is not None
    assert screen.result.opened.before is None


def test_a_server_that_dies_is_measured_until_a_rule_ends_the_run(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, server: Scripted
) -> None:
    screen = open_on(url=server.url, path="/fixed")
    rule = "errors < 50 % for 1 s or abort"
    begin(qtbot, screen, tools, open_model(constant(40, 4.5), 4), rule)
    live = screen.live
    qtbot.waitUntil(lambda: live.board.timeline.length > 0, timeout=LONG_MS)
    server.stop()
    settle(qtbot, tools)
    assert "(Connection refused)" in live.log.toPlainText()
    assert live.tiles.figures["errors"].property("tone") == "danger"
    assert np.nanmax(live.board.timeline.series("failed")) > 0
    assert live.gates.chips[rule].accessibleName().startswith(f"{rule}: Broken")
    result = result_of(screen)
    assert result.stop is StopReason.ABORTED
    assert result.verdict is Verdict.FAILED
    assert result.adds_up
    assert result.total.completed > 0
    page = screen.result
    kinds = {row.name: row.value for row in page.failures.model.items}
    assert kinds["Connection refused"] > 0
    assert sum(kinds.values()) == result.total.failed
    assert page.examples.model.items[0].step == "health"
    assert "Ended by a threshold" in page.about.text()


def test_a_stall_is_seen_in_the_charts_and_in_the_response_times(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, server: Scripted
) -> None:
    """Half a second in 2 s: a quarter of the requests fell due in it and had to wait."""
    screen = open_on(url=server.url, path="/stall?after=700&ms=500")
    run(qtbot, screen, tools, STALLED)
    for board in (screen.live.board, screen.result.board):
        p99 = board.timeline.series("p99")
        assert np.nanmax(p99) >= 420
        assert np.nanmin(p99) < np.nanmax(p99) / 2, "not the whole run stood still"
        _seconds, drawn = board.plots["latency"].curves["p99"].getData()
        assert np.nanmax(drawn) == np.nanmax(p99)
    result = result_of(screen)
    assert result.total.completed == result.asked == 400
    response, service = (one.latency for one in screen.result.times.model.items)
    assert response is not None
    assert service is not None
    # Of the requests that were under way only 20 waited: a service time hides the others' waiting.
    assert response.p90 >= 250
    assert service.p90 < response.p90 / 2
    assert result.measured is not None
    late = merged([result.measured.response_log]).share_above(250)
    assert merged([result.measured.service_log]).share_above(250) < late / 2
