"""The charts of a run: follow, pause, zoom together, values under the crosshair, bounded memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.load.second import Second
from desktop_app.ui.loadtest.chart_board import ChartBoard
from desktop_app.ui.loadtest.timeline import KEPT, Timeline
from desktop_app.ui.tab import TabTools
from tests.services.loadtest.made import second


def open_board(qtbot: QtBot, tools: TabTools) -> ChartBoard:
    """Empty charts, shown."""
    made = ChartBoard(tools.theme)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.begin()
    return made


def drawn(qtbot: QtBot, board: ChartBoard) -> None:
    """Wait until every chart is drawn."""
    qtbot.waitUntil(lambda: not board._turn.isActive())


def span_of(board: ChartBoard, name: str) -> tuple[float, float]:
    (left, right), _y = board.plots[name].view.viewRange()
    return left, right


def test_the_newest_is_followed_until_somebody_looks_closer(qtbot: QtBot, tools: TabTools) -> None:
    board = open_board(qtbot, tools)
    board.add([second(n, [5.0]) for n in range(100)])
    drawn(qtbot, board)
    assert span_of(board, "latency")[1] == pytest.approx(99)
    latency = board.plots["latency"]
    latency.view.setXRange(20, 40, padding=0)
    latency.moved.emit()
    assert {tuple(round(x) for x in span_of(board, name)) for name in board.plots} == {(20, 40)}
    board.add([second(100, [5.0])])
    drawn(qtbot, board)
    assert span_of(board, "users")[1] == pytest.approx(40)
    board.follow_button.click()
    drawn(qtbot, board)
    assert span_of(board, "users")[1] == pytest.approx(100)
    board.span.setCurrentIndex(0)
    drawn(qtbot, board)
    assert span_of(board, "errors") == pytest.approx((40, 100))


def test_paused_charts_keep_still(qtbot: QtBot, tools: TabTools) -> None:
    board = open_board(qtbot, tools)
    board.add([second(0, [5.0])])
    drawn(qtbot, board)
    board.pause_button.click()
    board.add([second(n, [5.0]) for n in range(1, 90)])
    assert len(board.plots["throughput"].curves["done"].getData()[0]) == 1
    board.pause_button.click()
    drawn(qtbot, board)
    assert len(board.plots["throughput"].curves["done"].getData()[0]) == 90


def test_the_crosshair_tells_what_was_measured(qtbot: QtBot, tools: TabTools) -> None:
    board = open_board(qtbot, tools)
    board.add([second(n, [float(n + 1)] * 10, failed=n) for n in range(50)])
    drawn(qtbot, board)
    board.plots["users"].pointed.emit(7.2)
    assert board.plots["latency"].told["p50"].startswith("p50 8.0")
    assert board.plots["errors"].told["failed"] == "failed 7/s"
    assert board.plots["throughput"].told["done"] == "done 10/s"
    board.plots["users"].pointed.emit(float("nan"))
    assert board.plots["errors"].told["failed"] == "failed 49/s"


def test_a_long_legend_asks_for_no_room(qtbot: QtBot, tools: TabTools) -> None:
    board = open_board(qtbot, tools)
    plot = board.plots["latency"]
    least = board.minimumSizeHint()
    board.add([second(n, [1234.5]) for n in range(40)])
    drawn(qtbot, board)
    for width in range(1200, 640, -20):  # with names of series, and without where they have no room
        board.resize(width, 500)
        QCoreApplication.processEvents()
        assert board.minimumSizeHint() == least
        assert plot.width() <= width


def test_an_hour_is_kept_and_no_more() -> None:
    line = Timeline()
    one = second(0, [5.0])
    size = line._numbers.nbytes
    for number in range(0, 3 * KEPT, 500):
        line.add(_numbered(one, number, 500))
    assert line._numbers.nbytes == size
    assert len(line.times) == KEPT
    assert line.times[-1] == 10_999
    assert np.all(np.diff(line.times) == 1)


def _numbered(one: Second, start: int, count: int) -> list[Second]:
    return [replace(one, number=start + at) for at in range(count)]
