"""Kept runs: one laid over another, notes and tags, files to hand on."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop_app.core.load.models import constant, open_model
from desktop_app.services.loadtest.comparison import Change
from desktop_app.ui.loadtest.result_page import CHARTS, COMPARISON
from desktop_app.ui.loadtest.screen import HISTORY, RESULT, LoadScreen
from desktop_app.ui.tab import TabTools
from tests.services.loadtest.made import BEGAN, second
from tests.services.loadtest.made import run as made_run
from tests.ui.loadtest.conftest import OpenScreen
from tests.ui.loadtest.stage import press, settle
from tests.ui.records.stage import dialog, gone

SECONDS = 12
BEFORE = BEGAN - timedelta(days=1)


def keep(qtbot: QtBot, screen: LoadScreen, tools: TabTools, **latencies_ms: float) -> None:
    """Keep a run for each name, an hour apart, in which every request took so long."""
    for hour, (run_id, latency) in enumerate(latencies_ms.items()):
        seconds = [second(number, [latency] * 20) for number in range(SECONDS)]
        result = made_run(seconds, run_id, started_at=BEGAN + timedelta(hours=hour))
        screen.desk.runs.keep(result, place=screen.desk.place)
    screen.refresh()
    settle(qtbot, tools)
    screen.show_step(HISTORY)


def level(latency_ms: float) -> object:
    """A line at this height, as exactly as histograms keep it."""
    return pytest.approx([latency_ms] * SECONDS, rel=0.002)


def test_an_earlier_run_is_drawn_behind_a_later_one(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    keep(qtbot, screen, tools, oldest=5, middle=20, newest=50)
    press(qtbot, screen.history.open_button)
    settle(qtbot, tools)
    page = screen.result
    assert page.opened is not None
    assert page.opened.result.run_id == "newest"
    plot = page.board.plots["latency"]
    assert plot.behind["p95"].getData()[1] == level(20)
    page.tabs.setCurrentIndex(COMPARISON)
    page.before.setCurrentIndex(page.before.findData("oldest"))
    page.before.activated.emit(page.before.currentIndex())
    settle(qtbot, tools)
    changes = {one.figure: one.change for one in page.differences.model.items}
    assert (changes["p95"], changes["errors"]) == (Change.WORSE, Change.SAME)
    page.tabs.setCurrentIndex(CHARTS)
    qtbot.waitUntil(lambda: not page.board._turn.isActive())
    assert plot.behind["p95"].getData()[1] == level(5)
    assert plot.curves["p95"].getData()[1] == level(50)
    assert plot.told["p95"] == "p95"
    page.board.plots["users"].pointed.emit(3.0)
    assert plot.told["p95"] == "p95 50.0 ms"


def test_the_trend_is_of_runs_under_the_same_load(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    more = made_run([second(n, [90.0]) for n in range(SECONDS)], "more", started_at=BEFORE)
    more = replace(more, plan=replace(more.plan, model=open_model(constant(900, SECONDS), 90)))
    screen.desk.runs.keep(more, place=screen.desk.place)
    screen.refresh()
    settle(qtbot, tools)
    keep(qtbot, screen, tools, one=5, two=7)
    assert screen.history.table.current is not None
    assert screen.history.table.current.run_id == "two"  # the newest, where it is new
    trend = screen.history.trend
    assert trend.isVisible()
    assert [head.run_id for head in trend.heads] == ["one", "two"]
    assert "(100/s · 10 users)" in trend.plots["p95"].accessibleName()


def test_a_note_and_tags_stay_with_the_run(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    keep(qtbot, screen, tools, one=5)
    press(qtbot, screen.history.open_button)
    settle(qtbot, tools)
    qtbot.keyClicks(screen.result.note, "<b>before</b> the index")
    qtbot.keyClicks(screen.result.tags, " release , , night")
    press(qtbot, screen.result.note_button)
    settle(qtbot, tools)

    again = open_on()
    again.show_step(HISTORY)
    (head,) = again.history.table.model.items
    told = {column.key: column.shown(head) for column in again.history.table.model.columns}
    assert (told["note"], told["tags"]) == ("<b>before</b> the index", "release, night")
    qtbot.keyClick(again.history.table.view, Qt.Key.Key_Return)
    settle(qtbot, tools)
    assert again.step == RESULT
    assert again.result.note.text() == "<b>before</b> the index"
    assert again.result.tags.text() == "release, night"


def test_every_format_of_the_menu_is_written_where_it_was_asked_for(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path
) -> None:
    screen = open_on()
    assert not screen.export_button.isEnabled()
    keep(qtbot, screen, tools, one=5)
    press(qtbot, screen.history.open_button)
    settle(qtbot, tools)
    assert screen.export_button.isVisible()
    assert screen.export_button.menu() is screen.exporting.menu
    written: dict[str, Path] = {}
    for action in screen.exporting.menu.actions():
        suffix = action.data()
        action.trigger()
        chooser = dialog(qtbot, QFileDialog)
        (suggested,) = chooser.selectedFiles()
        assert Path(suggested).name.startswith("load-one-")
        assert suggested.endswith(f".{suffix}")
        chooser.selectFile(str(tmp_path / f"부하 1.{suffix}"))
        chooser.accept()
        gone(qtbot)
        settle(qtbot, tools)
        assert tools.messages.history[0].text == f"The report was written to 부하 1.{suffix}."
        written[suffix] = tmp_path / f"부하 1.{suffix}"
    assert set(written) == {"html", "pdf", "json", "md", "csv", "hlog"}
    assert "<svg" in written["html"].read_text(encoding="utf-8")
    assert written["pdf"].read_bytes().startswith(b"%PDF")
    assert json.loads(written["json"].read_text(encoding="utf-8"))["run"]["run_id"] == "one"
    with written["csv"].open(encoding="utf-8", newline="") as lines:
        assert [float(row["response_p95"]) for row in csv.DictReader(lines)] == level(5)
