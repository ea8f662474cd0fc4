"""The model of recent activity."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop_app.core.analytics import Activity
from desktop_app.core.audit import AuditEntry
from desktop_app.ui.dashboard.activity_model import WHAT, WHEN, ActivityModel


def entry(sequence: int) -> Activity:
    record = AuditEntry(
        sequence=sequence,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        actor="admin",
        actor_name="admin",
        operation="users.create",
        resource="users",
        target_name=f"u{sequence}",
        previous_hash="",
        hash="",
    )
    return Activity(entry=record)


def model_of(*sequences: int) -> ActivityModel:
    model = ActivityModel(relative=lambda _at: "just now", exact=lambda _at: "2026-01-01")
    model.show([entry(n) for n in sequences])
    return model


def shown(model: ActivityModel) -> list[str]:
    return [model.index(row, WHAT).data() for row in range(model.rowCount())]


def test_keeps_qts_rules(qtmodeltester: ModelTester, qtbot: QtBot) -> None:
    qtmodeltester.check(model_of(3, 2, 1))


def test_new_entries_come_in_on_top_without_a_reset(
    qtmodeltester: ModelTester, qtbot: QtBot
) -> None:
    model = model_of(3, 2, 1)
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    qtmodeltester.check(model)
    model.show([entry(5), entry(4), entry(3)])
    assert shown(model)[0].endswith("u5")
    assert model.rowCount() == 3
    assert not resets


def test_an_unrelated_list_replaces_the_old_one(qtbot: QtBot) -> None:
    model = model_of(3, 2, 1)
    model.show([entry(9)])
    assert model.rowCount() == 1


def test_the_exact_time_is_the_tooltip(qtbot: QtBot) -> None:
    model = model_of(1)
    assert model.index(0, WHEN).data() == "just now"
    assert model.index(0, WHEN).data(Qt.ItemDataRole.ToolTipRole) == "2026-01-01"
