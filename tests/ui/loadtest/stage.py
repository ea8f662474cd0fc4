"""What tests of load runs play on: a real server, short scenarios, a screen of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.load.events import RunStarted
from desktop_app.core.load.models import LoadModel, constant, open_model
from desktop_app.core.load.plan import GeneratorLimits, Order
from desktop_app.core.load.result import LoadResult
from desktop_app.core.validation.report import ValidationReport
from desktop_app.services.loadtest.desk import LoadDesk, LoadOrder
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


class _LenientDesk(LoadDesk):
    """Lets generators be late."""

    def order(self, wanted: LoadOrder) -> Order:
        order = super().order(wanted)
        return replace(order, plan=replace(order.plan, limits=GeneratorLimits(late_ms=60_000)))


def make_desk(
    folder: Path,
    url: str | None,
    *,
    environment: Environment = Environment.LOCAL,
    path: str = "/health",
    strict: bool = False,
) -> LoadDesk:
    """The desk of the administrator of the platform at ``url``, with a scenario of their own.

    Its one step asks for ``path``. Unless ``strict``, a generator that other tests keep from its
    work does not make a run invalid: 1 % of few requests is one that was late.
    """
    protected = environment is Environment.PRODUCTION
    profile = Profile(id="test", name="시험 서버", environment=environment, api_url=url or "")
    desk = (LoadDesk if strict else _LenientDesk)(
        profile=profile,
        guard=WriteGuard(profile.name, protected=protected),
        by="김운영 (admin)",
        folder=folder,
        address=lambda: url,
    )
    desk.scenarios_folder.mkdir(parents=True, exist_ok=True)
    scenario = HEALTH.replace("/health", path)
    (desk.scenarios_folder / "health.toml").write_text(scenario, encoding="utf-8")
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


def begin(
    qtbot: QtBot, screen: LoadScreen, tools: TabTools, model: LoadModel, *thresholds: str
) -> RunStarted:
    """Begin a run of the small scenario, and wait until its clock runs."""
    plan(qtbot, screen, tools, model, *thresholds)
    told: list[object] = []
    screen.acts.work.told.connect(told.extend)
    press(qtbot, screen.start_button)

    def begun() -> list[RunStarted]:
        return [event for event in told if isinstance(event, RunStarted)]

    qtbot.waitUntil(lambda: bool(begun()), timeout=LONG_MS)
    return begun()[0]


def result_of(screen: LoadScreen) -> LoadResult:
    """The run that is open."""
    assert screen.result.opened is not None
    return screen.result.opened.result


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
