"""A load run from several computers, planned in the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.load.events import Preparing
from desktop_app.core.load.models import constant, open_model
from desktop_app.core.load.scenario import Step
from desktop_app.services.loadtest.desk import LoadOrder
from desktop_app.services.loadtest.own_scenarios import open_scenario
from desktop_app.services.loadtest.scenario_files import write_scenario
from desktop_app.ui.loadtest.live_page import LivePage
from desktop_app.ui.loadtest.plan_page import PlanPage
from desktop_app.ui.tab import TabTools
from tests.load.runs import scenario


def test_workers_are_asked_for_and_told_how_to_join(
    qtbot: QtBot, tools: TabTools, tmp_path: Path
) -> None:
    file = tmp_path / "one.toml"
    write_scenario(scenario(Step(name="s", path="/fixed")), file)
    plan, live = PlanPage(tools, "admin"), LivePage(tools)
    for page in (plan, live):
        qtbot.addWidget(page)
        page.resize(1100, 900)
        page.show()
    plan.show_ready(ready=True)
    plan.scenario.show_scenario(open_scenario(file))
    plan.load.show_model(open_model(constant(40, 1), 4))
    assert _wanted(plan).distribution is None
    assert plan.load.generators.isVisible()

    plan.load.workers.setValue(2)
    assert plan.load.join_at.isVisible()
    assert not plan.load.generators.isVisible()
    plan.load.join_at.selectAll()
    qtbot.keyClicks(plan.load.join_at, "nowhere:port")
    assert "127.0.0.1:5557" in _missing(plan)
    plan.load.join_at.selectAll()
    qtbot.keyClicks(plan.load.join_at, "127.0.0.1:7001")
    assert not _missing(plan)
    wanted = _wanted(plan).distribution
    assert wanted is not None
    assert (wanted.workers, wanted.address, wanted.port) == (2, "127.0.0.1", 7001)

    live.begin(_wanted(plan))
    live.follow([Preparing(ready=0, users=4, workers=1, awaited=2, address="127.0.0.1:7001")])
    assert "1 of 2" in live.doing.text()
    assert live.warning.isVisible()
    live.follow([Preparing(ready=0, users=4, workers=0, awaited=2, address="127.0.0.1:7001")])
    assert "0 of 2" in live.doing.text(), "one that has gone again is missed"
    qtbot.mouseClick(live.warning.button, Qt.MouseButton.LeftButton)
    command = "evalconsole load-worker --master 127.0.0.1:7001"
    assert QGuiApplication.clipboard().text() == command
    live.end("")


def _wanted(plan: PlanPage) -> LoadOrder:
    order = plan.order
    assert order is not None
    return order


def _missing(plan: PlanPage) -> str:
    return plan.missing
