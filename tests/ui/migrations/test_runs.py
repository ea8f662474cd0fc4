"""Runs on screen: stopped and resumed, beside others, while the server goes, on production."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment
from desktop_app.core.errors import ProductionLocked
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations import server
from desktop_app.db.migrations.events import Event, RunEnded, StepProgress, StepStarted
from desktop_app.db.migrations.lease import Lease, LeaseTerms
from desktop_app.db.migrations.run import RunOptions
from desktop_app.db.migrations.server import target_of
from desktop_app.services.migrations.desk import ApplyOrder
from desktop_app.services.migrations.standing import Situation
from desktop_app.services.migrations.telling import Telling
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.secret_dialog import SecretDialog
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.migrations.apply_dialog import ApplyDialog
from desktop_app.ui.migrations.screen import MigrationsScreen
from desktop_app.ui.tab import TabTools
from desktop_app.workspace.mongod import Mongod, MongodOptions
from tests.db.migrations.databases import old_database
from tests.fixtures.blocking import MOST_MS, LongestBlock
from tests.ui.migrations.conftest import OpenScreen
from tests.ui.migrations.stage import (
    LONG_MS,
    Documents,
    make_desk,
    open_screen,
    press,
    settle,
    situation,
)
from tests.ui.records.stage import dialog

SLOW = RunOptions(batch=50, terms=LeaseTerms(lasts_s=2.0, renew_s=0.3, look_s=0.1))
"""Small batches: there is time to stop between two of them."""
"""Far above what is measured: other work may share the machine."""


@pytest.fixture
def large(database: Documents) -> Documents:
    """A database of an earlier time whose conversion takes some seconds."""
    old_database(database, users=1_500)
    return database


def apply_without_backup(qtbot: QtBot, screen: MigrationsScreen) -> None:
    press(qtbot, screen.apply_button)
    order = dialog(qtbot, ApplyDialog)
    order.without.click()
    press(qtbot, order.action_button)


def when(screen: MigrationsScreen, kind: type[Event], act: Callable[[], object]) -> None:
    """Do ``act`` at the first event of this kind."""
    acted: list[Event] = []

    def look(event: Event) -> None:
        if isinstance(event, kind) and not acted:
            acted.append(event)
            act()

    screen.work.told.connect(look)


def test_a_run_is_stopped_between_steps_and_resumed(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, large: Documents
) -> None:
    screen = open_on(options=SLOW)
    when(screen, StepProgress, lambda: press(qtbot, screen.run.stop_button))
    apply_without_backup(qtbot, screen)
    qtbot.waitUntil(lambda: any(t.title.startswith("Applying to") for t in tools.runner.running))
    settle(qtbot, screen, tools)

    assert screen.run.state.accessibleName() == "Stopped"
    assert situation(screen) is Situation.INTERRUPTED
    assert large["users"].count_documents({"version": {"$exists": False}})

    press(qtbot, screen.bar.resume_button)
    order = dialog(qtbot, ApplyDialog)
    order.without.click()
    press(qtbot, order.action_button)
    settle(qtbot, screen, tools)
    assert situation(screen) is Situation.UP_TO_DATE
    assert not large["users"].count_documents({"version": {"$exists": False}})
    assert screen.history.rate.text() == "Runs that succeeded: 50.0% (1 of 2)."


def test_what_closing_the_window_stops_can_be_resumed(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, large: Documents
) -> None:
    screen = open_on(options=SLOW)
    when(screen, StepProgress, tools.runner.stop_all)
    apply_without_backup(qtbot, screen)
    settle(qtbot, screen, tools)
    assert screen.status is not None
    assert screen.status.runs[0].outcome == "cancelled"
    assert screen.status.holder is None
    assert situation(screen) is Situation.INTERRUPTED


def test_the_window_answers_while_a_migration_runs(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, large: Documents
) -> None:
    screen = open_on(options=SLOW)
    block = LongestBlock()
    progress: list[Event] = []
    screen.work.told.connect(progress.append)
    press(qtbot, screen.apply_button)
    order = dialog(qtbot, ApplyDialog)
    order.without.click()
    with block.noting():
        press(qtbot, order.action_button)
        settle(qtbot, screen, tools)
    assert block.ms < MOST_MS
    assert any(isinstance(event, StepProgress) for event in progress)
    assert any(isinstance(event, RunEnded) for event in progress)
    assert situation(screen) is Situation.UP_TO_DATE


def test_a_second_click_begins_nothing(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, old: Documents
) -> None:
    screen = open_on()
    begun: list[str] = []
    screen.deeds.begun.connect(begun.append)
    press(qtbot, screen.apply_button)
    order = dialog(qtbot, ApplyDialog)
    order.without.click()
    press(qtbot, order.action_button)
    order.order()
    screen.deeds.verify()
    screen._ask_apply()
    assert not isinstance(QApplication.activeModalWidget(), ApplyDialog)
    settle(qtbot, screen, tools)
    assert len(begun) == 1
    assert old["schema_migration_runs"].count_documents({}) == 1


def test_anothers_lease_is_shown_with_its_age_and_broken_only_after_asking(
    qtbot: QtBot,
    tools: TabTools,
    open_on: OpenScreen,
    old: Documents,
) -> None:
    other = target_of(old.client, old.name, "박동료@pc-7")
    Lease(other, "0ther", "apply", LeaseTerms(lasts_s=600)).take()
    screen = open_on()
    assert situation(screen) is Situation.BUSY
    assert "박동료@pc-7 has been at it for" in screen.bar.detail.text()

    apply_without_backup(qtbot, screen)
    settle(qtbot, screen, tools)
    assert "Somebody else is migrating this database" in screen.banner.text
    assert not old["schema_migrations"].count_documents({})

    press(qtbot, screen.bar.break_button)
    question = dialog(qtbot, ConfirmDialog)
    assert "박동료@pc-7" in question.text.text()
    press(qtbot, question.cancel_button)
    assert old["schema_migration_lease"].count_documents({}) == 1
    press(qtbot, screen.bar.break_button)
    press(qtbot, dialog(qtbot, ConfirmDialog).action_button)
    settle(qtbot, screen, tools)
    assert situation(screen) is Situation.PENDING
    (entry,) = old["audit_log"].find({"operation": "migrations.break_lease"})
    assert (entry["actor_name"], entry["target_id"]) == ("김운영 (admin)", "0ther")


def test_the_end_of_anothers_run_shows_by_itself(
    qtbot: QtBot,
    tools: TabTools,
    open_on: OpenScreen,
    old: Documents,
) -> None:
    lease = Lease(target_of(old.client, old.name, "other"), "r", "apply", LeaseTerms())
    lease.take()
    screen = open_on()
    assert situation(screen) is Situation.BUSY
    lease.give_back()
    qtbot.waitUntil(lambda: situation(screen) is Situation.PENDING, timeout=LONG_MS)


# Production


def test_production_is_unlocked_backed_up_and_its_administrators_password_shown_once(
    qtbot: QtBot,
    tools: TabTools,
    open_on: OpenScreen,
    old: Documents,
    tmp_path: Path,
) -> None:
    guard = WriteGuard("prod", protected=True)
    screen = open_on(environment=Environment.PRODUCTION, guard=guard)
    assert situation(screen) is Situation.PENDING
    press(qtbot, screen.apply_button)
    order = dialog(qtbot, ApplyDialog)
    assert not order.without.isEnabled()
    assert not order.action_button.isEnabled()
    press(qtbot, order.banner.button)
    unlock = dialog(qtbot, UnlockDialog)
    qtbot.keyClicks(unlock.typed, "prod")
    press(qtbot, unlock.unlock_button)
    qtbot.waitUntil(order.action_button.isEnabled)
    order.new_folder.line.setText(str(tmp_path / "b"))
    press(qtbot, order.action_button)
    secret = dialog(qtbot, SecretDialog)
    password = secret.field.text()
    assert len(password) > 12
    press(qtbot, secret.copy_button)
    press(qtbot, secret.close_button)
    settle(qtbot, screen, tools)
    assert situation(screen) is Situation.UP_TO_DATE
    assert (tmp_path / "b" / "manifest.json").is_file()
    assert password not in screen.run.log.toPlainText()
    assert not old["users"].count_documents({"login_id": "evaluator1"})


def test_the_lock_holds_below_the_window(
    tools: TabTools, mongo: Mongod, old: Documents, tmp_path: Path
) -> None:
    guard = WriteGuard("prod", protected=True)
    desk = make_desk(tools, mongo.uri, old.name, environment=Environment.PRODUCTION, guard=guard)
    telling = Telling(TaskContext(), lambda _event: None)
    for write in (
        lambda: desk.apply(desk.own(), ApplyOrder(), telling),
        lambda: desk.rollback(desk.own(), frozenset({"seeds"}), telling),
        lambda: desk.restore(desk.own(), tmp_path, telling),
        lambda: desk.break_lease(desk.own(), "run"),
    ):
        with pytest.raises(ProductionLocked):
            write()
    assert not {name for name in old.list_collection_names() if name.startswith("schema_")}


def test_a_failed_run_lowers_the_success_rate(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, old: Documents
) -> None:
    screen = open_on(environment=Environment.PRODUCTION)
    screen.deeds.apply(ApplyOrder())  # as one that slipped past the dialog would
    settle(qtbot, screen, tools)
    assert "only with a backup" in screen.banner.text
    assert screen.history.rate.text() == "Runs that succeeded: 0.0% (0 of 1)."


# The server goes away


@pytest.fixture
def frail(tmp_path: Path) -> Iterator[Frail]:
    frail = Frail(tmp_path / "mongo")
    yield frail
    frail.mongod.kill()


class Frail:
    """A mongod of the test's own, that comes back on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        options = MongodOptions(oplog_mb=64, extra=("--setParameter", "ttlMonitorEnabled=false"))
        self.options = options
        self.mongod = Mongod.start(folder, options=options)

    def come_back(self) -> None:
        port = self.mongod.port
        self.mongod = Mongod.start(self.folder, port=port, options=self.options)


def test_a_server_that_goes_mid_way_leaves_what_can_be_resumed(
    qtbot: QtBot, tools: TabTools, frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SELECT_S", 0.5)  # each connection to what is not there waits
    with MongoClient[dict[str, Any]](frail.mongod.uri) as client:
        old_database(client["online_evaluation"], users=1_500)
    options = RunOptions(batch=50, patience_s=0.5, terms=SLOW.terms)
    desk = make_desk(tools, frail.mongod.uri, "online_evaluation", options=options)
    screen = open_screen(qtbot, desk, tools)
    when(screen, StepProgress, frail.mongod.kill)
    apply_without_backup(qtbot, screen)
    settle(qtbot, screen, tools)
    assert screen.run.state.accessibleName() == "The server does not answer"
    assert "does not answer" in screen.banner.text

    frail.come_back()
    press(qtbot, screen.banner.findChild(QPushButton))
    qtbot.waitUntil(lambda: situation(screen) is Situation.INTERRUPTED, timeout=LONG_MS)
    assert not screen.banner.isVisible()
    press(qtbot, screen.bar.resume_button)
    order = dialog(qtbot, ApplyDialog)
    order.without.click()
    press(qtbot, order.action_button)
    settle(qtbot, screen, tools)
    assert situation(screen) is Situation.UP_TO_DATE
    assert any(row.resumed for row in screen.run.rows)


def test_live_steps_show_how_far_they_are(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, large: Documents
) -> None:
    screen = open_on(options=SLOW)
    shown: list[str] = []

    def note(event: Event) -> None:
        if isinstance(event, StepProgress):
            row = next(row for row in screen.run.rows if row.step == event.step)
            shown.append(f"{row.amount()} {row.state().text}")

    screen.work.told.connect(note)
    started: list[Event] = []
    screen.work.told.connect(lambda e: started.append(e) if isinstance(e, StepStarted) else None)
    apply_without_backup(qtbot, screen)
    settle(qtbot, screen, tools)
    assert any("/ 1,500 Running" in text for text in shown), shown[:3]
    assert started
    log = screen.run.log.toPlainText()
    assert "users: Every document gets version, created_at and updated_at" in log
    assert screen.run.bar.value() == screen.run.bar.maximum()
    qtbot.keyClick(screen.run.table.view, Qt.Key.Key_Home)
