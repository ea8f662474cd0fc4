"""The window answers while a matrix of 500 companies × 100 evaluators loads, scrolls and changes.

The figure that counts is measured by the bench on a quiet machine; this finds what blocks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.core.assignment import plan
from desktop_app.services.session import SignedIn
from desktop_app.ui.assignment.bulk_dialog import BulkDialog
from desktop_app.ui.assignment.cells import CellState
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.evaluations import EvaluationsTab
from tests.fixtures.blocking import MOST_MS, LongestBlock
from tests.fixtures.server import RunningServer
from tests.ui.assignment.floor import Floor, build, cell, go_to, loaded
from tests.ui.records.stage import SignIn, dialog, gone

COMPANIES, EVALUATORS, EACH = 500, 100, 7


@pytest.fixture
def hall(api_server: RunningServer, admin: SignedIn, sign_in: SignIn) -> Floor:
    floor = build(api_server, admin, sign_in, COMPANIES, EVALUATORS)
    made = plan(floor.companies, floor.evaluators, per_company=EACH, seed=1)
    now = datetime.now(UTC)
    api_server.documents["evaluations"].insert_many(
        [_sheet(n, floor.project_id, pair, now) for n, pair in enumerate(made.pairs)]
    )
    return floor


def _sheet(number: int, project_id: str, pair: Any, now: datetime) -> dict[str, Any]:
    status = ("assigned", "in_progress", "submitted", "confirmed")[number % 4]
    return {
        "_id": f"sheet-{number:05}",
        "project_id": project_id,
        "template_id": "template-ai-model",
        "template_revision": 1,
        "company_id": pair.company_id,
        "evaluator_id": pair.evaluator_id,
        "status": status,
        "scores": [{"criterion_id": "accuracy", "score": 50, "comment": None}],
        "history": [],
        "version": 1,
        "submitted_at": now if number % 4 > 1 else None,
        "total_score": 20.0,
        "created_at": now - timedelta(days=1),
        "updated_at": now,
    }


def turned(qtbot: QtBot) -> None:
    """Let the event loop turn until all that was asked for is drawn."""
    drawn: list[bool] = []
    QTimer.singleShot(0, lambda: QTimer.singleShot(0, lambda: drawn.append(True)))
    qtbot.waitUntil(lambda: bool(drawn))


def test_the_event_loop_is_not_blocked(qtbot: QtBot, hall: Floor, tools: TabTools) -> None:
    blocks: dict[str, LongestBlock] = {}
    tab = EvaluationsTab(api=hall.admin.api, role=hall.admin.user.role, tools=tools)
    qtbot.addWidget(tab)
    tab.resize(1600, 900)
    tab.show()
    blocks["load"] = LongestBlock()
    with blocks["load"].noting():
        tab.show_filtered({"project_id": hall.project_id})
        tab.activated()
        loaded(qtbot, tab, tools)
    assert len(tab.assignment.model.rows) == COMPANIES
    view = tab.assignment.view
    blocks["scroll"] = LongestBlock()
    with blocks["scroll"].noting():
        for _ in range(30):
            bar = view.verticalScrollBar()
            bar.setValue(bar.value() + 200)
            across = view.horizontalScrollBar()
            across.setValue(across.value() + 150)
            turned(qtbot)
    blocks["select"] = LongestBlock()
    with blocks["select"].noting():
        view.selectAll()
        turned(qtbot)
        view.selectRow(3)
        turned(qtbot)
        view.selectColumn(3)
        turned(qtbot)
    blocks["assign"] = LongestBlock()
    row = next(n for n in range(COMPANIES) if cell(tab, n, 5).state is CellState.NONE)
    with blocks["assign"].noting():
        go_to(tab, row, 5)
        QTest.keyClick(view, Qt.Key.Key_Space)
        loaded(qtbot, tab, tools)
    assert cell(tab, row, 5).state is CellState.ASSIGNED
    blocks["search"] = LongestBlock()
    with blocks["search"].noting():
        tab.assignment.tools.search.setText("기업 1")
        tab.assignment.tools.search.search_now()
        turned(qtbot)
        tab.assignment.tools.clear()
        turned(qtbot)
    blocks["plan"] = LongestBlock()
    with blocks["plan"].noting():
        tab.assignment.assign_many()
        shown = dialog(qtbot, BulkDialog)
        qtbot.waitUntil(lambda: shown.plan is not None, timeout=20_000)
        shown.form.put({"per_company": 9, "per_evaluator": 40})
        qtbot.waitUntil(lambda: shown.plan is not None, timeout=20_000)
    assert shown.plan is not None
    assert len(shown.plan.shortfalls) == COMPANIES
    blocks["apply"] = LongestBlock()
    shown.form.put({"per_evaluator": None})
    qtbot.waitUntil(lambda: shown.plan is not None, timeout=20_000)
    assert shown.plan is not None
    assert shown.plan.shortfalls == ()
    with blocks["apply"].noting():
        QTest.mouseClick(shown.apply_button, Qt.MouseButton.LeftButton)
        gone(qtbot)
        loaded(qtbot, tab, tools)
    assert tab.assignment.tools.sums.text().startswith(f"1,750 of {9 * COMPANIES:,} sheets")
    worst = {name: round(block.ms, 1) for name, block in blocks.items()}
    assert max(worst.values()) < MOST_MS, worst
