"""What tests of load runs play on: a real server, short scenarios, a screen of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.load.models import LoadModel, constant, open_model
from desktop_app.core.validation.report import ValidationReport
from desktop_app.services.loadtest.desk import LoadDesk
from desktop_app.ui.loadtest.screen import PLAN, LoadScreen
from desktop_app.ui.tab import TabTools
from tests.ui.validation.stage import OPERATOR

LONG_MS = 30_000
PASSWORD = "admin123!"
SHORT = open_model(constant(40, 1), 4)
LONG = open_model(constant(40, 600), 4)
HEALTH = """schema = 1
name = "상태"

[[flows]]
name = "health"

[[flows.steps]]
name = "health"
path = "/health"
expect = { status = [200] }
"""


def make_desk(
    folder: Path,
    url: str | None,
    *,
    environment: Environment = Environment.LOCAL,
) -> LoadDesk:
    """The desk of the administrator of the platform at ``url``, with a scenario of their own."""
    protected = environment is Environment.PRODUCTION
    profile = Profile(id="test", name="시험 서버", environment=environment, api_url=url or "")
    desk = LoadDesk(
        profile=profile,
        guard=WriteGuard(profile.name, protected=protected),
        by="김운영 (admin)",
        folder=folder,
        address=lambda: url,
    )
    desk.scenarios_folder.mkdir(parents=True, exist_ok=True)
    (desk.scenarios_folder / "health.toml").write_text(HEALTH, encoding="utf-8")
    return desk


def open_screen(
    qtbot: QtBot, desk: LoadDesk, tools: TabTools, last: ValidationReport | None = None
) -> LoadScreen:
    """The screen, shown, with what it found at first."""
    screen = LoadScreen(desk, lambda: last, OPERATOR, tools)
    qtbot.addWidget(screen)
    screen.resize(1280, 800)
    screen.show()
    screen.activated()
    settle(qtbot, tools)
    return screen


def settle(qtbot: QtBot, tools: TabTools) -> None:
    """Wait until nothing goes on."""
    qtbot.waitUntil(lambda: tools.runner.idle, timeout=LONG_MS)


def press(qtbot: QtBot, button: Any) -> None:
    """Click a button as a person does."""
    assert button.isVisible(), f"{button.text()} is not to be seen"
    assert button.isEnabled(), f"{button.text()} is greyed"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose_health(qtbot: QtBot, screen: LoadScreen, tools: TabTools) -> None:
    """Choose the scenario that nobody signs in for."""
    picker = screen.plan.scenario.picker
    at = picker.findText("health (own)")
    assert at >= 0
    picker.setCurrentIndex(at)
    picker.activated.emit(at)
    settle(qtbot, tools)


def plan(
    qtbot: QtBot, screen: LoadScreen, tools: TabTools, model: LoadModel, *thresholds: str
) -> None:
    """Plan a run of the small scenario."""
    screen.show_step(PLAN)
    choose_health(qtbot, screen, tools)
    screen.plan.load.show_model(model)
    screen.plan.thresholds.show_texts(thresholds)
    screen.plan.show_scenario()


def run(
    qtbot: QtBot,
    screen: LoadScreen,
    tools: TabTools,
    model: LoadModel = SHORT,
    *thresholds: str,
) -> None:
    """Run the small scenario to its end."""
    plan(qtbot, screen, tools, model, *thresholds)
    press(qtbot, screen.start_button)
    settle(qtbot, tools)
