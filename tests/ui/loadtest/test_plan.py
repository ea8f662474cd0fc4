"""The plan: scenarios as text and out of recordings, loads in stages, thresholds."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.load.models import ModelKind, Spacing, spike
from desktop_app.core.load.presets import PRESETS
from desktop_app.ui.loadtest.load_form import STAGES
from desktop_app.ui.loadtest.scenario_editor import ScenarioEditor
from desktop_app.ui.tab import TabTools
from tests.ui.loadtest.conftest import OpenScreen
from tests.ui.loadtest.stage import choose_health, press, settle
from tests.ui.records.stage import dialog, gone


def test_a_scenario_is_checked_as_it_is_typed_and_kept(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path
) -> None:
    screen = open_on()
    choose_health(qtbot, screen, tools)
    press(qtbot, screen.plan.scenario.edit_button)
    editor = dialog(qtbot, ScenarioEditor)
    sound = editor.text.toPlainText()
    for wrong, line, word in (
        (sound.replace("[[flows.steps]]", "[[flows.steps"), 7, "understood"),
        (sound.replace('path = "/health"', 'path = "health"'), 9, "begins with /"),
        (sound.replace('name = "health"', 'nam = "health"'), 5, "nam"),
        (sound.replace("/health", "/${nobody}"), 9, "nobody"),
    ):
        editor.text.setPlainText(wrong)
        assert not editor.save_button.isEnabled()
        qtbot.waitUntil(lambda: not editor.waiting)
        told = editor.problems.item(0).text()
        assert told.startswith(f"Line {line}:"), told
        assert word in told
        assert not editor.save_button.isEnabled()
    editor.problems.setCurrentRow(0)
    editor.go_to_problem()
    assert editor.text.textCursor().blockNumber() == 8
    editor.text.setPlainText(sound.replace('name = "health"', 'name = "상태 확인"', 1))
    qtbot.waitUntil(editor.save_button.isEnabled)
    editor.name.setText("내 시나리오")
    press(qtbot, editor.save_button)
    settle(qtbot, tools)
    gone(qtbot)
    assert (tmp_path / "부하" / "scenarios" / "내 시나리오.toml").is_file()
    assert screen.plan.scenario.picker.currentText() == "내 시나리오 (own)"
    assert screen.plan.order is not None
    assert screen.plan.order.scenario.flows[0].name == "상태 확인"


def test_a_recording_becomes_a_scenario(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path
) -> None:
    screen = open_on()
    entries = [
        {
            "request": {"method": "GET", "url": f"http://host.example{path}", "headers": []},
            "response": {"status": status, "content": {}},
        }
        for path, status in (("/health", 200), ("/logo.png", 200), ("/nowhere", 404))
    ]
    path = tmp_path / "기록.har"
    path.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    screen.plan.scenario.imported.emit(path)
    settle(qtbot, tools)
    editor = dialog(qtbot, ScenarioEditor)
    assert "2 requests were left out" in editor.notice.text
    press(qtbot, editor.save_button)
    settle(qtbot, tools)
    gone(qtbot)
    assert screen.plan.order is not None
    assert [step.path for _flow, step in screen.plan.order.scenario.steps()] == ["/health"]

    path.write_text("{}", encoding="utf-8")
    screen.plan.scenario.imported.emit(path)
    settle(qtbot, tools)
    assert "no HAR file" in screen.banner.text


def test_without_a_validation_run_there_is_nothing_to_take(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    screen.plan.scenario.actions_by["validation"].trigger()
    settle(qtbot, tools)
    assert "No validation run" in screen.banner.text


def test_presets_and_stages_are_put_into_the_form(qtbot: QtBot, open_on: OpenScreen) -> None:
    screen = open_on()
    load = screen.plan.load
    for one in PRESETS:
        screen.plan.choose_preset(one.id)
        assert load.model == one.model
        assert screen.plan.preset.currentData() == one.id
    screen.plan.choose_preset("spike")
    assert load.shape.currentData() == STAGES
    assert load.stages.isVisible()
    qtbot.mouseClick(load.stages.add_button, Qt.MouseButton.LeftButton)
    assert len(load.model.stages) == 4
    assert screen.plan.preset.currentData() == ""
    load.spacing.setCurrentIndex(0)
    assert load.model.spacing is Spacing.EVEN
    load.kinds[ModelKind.CLOSED].click()
    assert not load.model.is_open
    assert load.model.users == 1000
    assert load.model.stages[:3] == spike(200, 1000, before_s=30, peak_s=30, after_s=60)


def test_scrolling_the_plan_changes_no_number_of_it(qtbot: QtBot, open_on: OpenScreen) -> None:
    screen = open_on()
    load = screen.plan.load
    screen.plan.choose_preset("spike")
    before = load.model
    fields = (load.users, load.spacing, load.stages.rows[0][1], screen.plan.preset)
    for field in fields:
        wheel(field)
    assert load.model == before
    assert screen.plan.preset.currentData() == "spike"
    load.users.setFocus()
    wheel(load.users)
    assert load.model.users == before.users + 1


def wheel(widget: QWidget) -> None:
    """Turn the wheel over it, one notch away."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_thresholds_are_checked_as_they_are_typed(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    choose_health(qtbot, screen, tools)
    thresholds = screen.plan.thresholds
    thresholds.show_texts(())
    thresholds.add("")
    (line,) = thresholds.lines
    qtbot.keyClicks(line.edit, "p95 < 300 apples")
    assert "is not understood" in line.problem.text()
    assert not screen.start_button.isEnabled()
    line.edit.clear()
    qtbot.keyClicks(line.edit, "p95[heath] < 300 ms")
    assert "no step “heath”" in line.problem.text()
    line.edit.clear()
    qtbot.keyClicks(line.edit, "p95[health] < 300 ms for 10 s")
    assert line.problem.text() == ""
    assert screen.start_button.isEnabled()
    qtbot.waitUntil(line.remove.isVisible)
    press(qtbot, line.remove)
    assert thresholds.thresholds == ()


def test_pages_keep_what_was_entered(qtbot: QtBot, tools: TabTools, open_on: OpenScreen) -> None:
    screen = open_on()
    choose_health(qtbot, screen, tools)
    screen.plan.load.rate.setValue(77)
    screen.plan.thresholds.show_texts(("p99 < 1 s",))
    for button in screen.steps.buttons:
        button.click()
    screen.refresh()
    settle(qtbot, tools)
    order = screen.plan.order
    assert order is not None
    assert order.scenario.name == "상태"
    assert order.model.highest_rate == 77
    assert [str(one) for one in order.thresholds] == ["p99 < 1000 ms"]
