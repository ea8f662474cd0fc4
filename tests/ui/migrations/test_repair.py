"""An old database in three kinds of trouble, brought to order as operations would."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.db.migrations.journal import INTERRUPTED
from desktop_app.services.migrations.standing import Situation
from desktop_app.services.session import SignedIn
from desktop_app.ui.dialogs.edit_dialog import EditDialog
from desktop_app.ui.migrations.apply_dialog import ApplyDialog
from desktop_app.ui.migrations.backup_dialog import BackupDialog
from desktop_app.ui.migrations.restore_dialog import RestoreDialog
from desktop_app.ui.migrations.rollback_dialog import RollbackDialog
from desktop_app.ui.migrations.screen import MigrationsScreen
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.users import UsersTab
from tests.db.migrations.databases import platform_content, user
from tests.fixtures.server import RunningServer
from tests.ui.migrations.stage import Documents, make_desk, open_screen, press, settle, situation
from tests.ui.records.stage import admin as admin
from tests.ui.records.stage import dialog, gone, sign_in, users_tab
from tests.ui.records.stage import settle as loaded

__all__ = ["sign_in"]


@pytest.fixture
def troubled(api_server: RunningServer) -> Documents:
    """Two users with one address, a validator taken away with a company that breaks it, an index
    that somebody dropped."""
    documents = api_server.documents
    documents["users"].drop_index("idx_users_email")
    documents["users"].insert_one(user("twin", name="쌍둥이", email="admin@example.com"))
    documents["users"].update_one({"_id": "user-admin"}, {"$set": {"email": "admin@example.com"}})
    documents.command("collMod", "companies", validator={})
    whole = documents["companies"].find_one({"_id": "company-test"})
    assert whole is not None
    documents["companies"].insert_one({**whole, "_id": "nameless", "name": ""})
    documents["projects"].drop_index("idx_projects_manager")
    return documents


@pytest.fixture
def copy_name(_mongo_client: MongoClient[dict[str, Any]]) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield name
    _mongo_client.drop_database(name)


@pytest.fixture
def screen(
    qtbot: QtBot, tools: TabTools, api_server: RunningServer, troubled: Documents
) -> MigrationsScreen:
    desk = make_desk(tools, api_server.config.mongo_uri, api_server.database)
    return open_screen(qtbot, desk, tools)


def test_planned_backed_up_repaired_applied_verified_rolled_back_restored(
    qtbot: QtBot,
    tools: TabTools,
    screen: MigrationsScreen,
    troubled: Documents,
    admin: SignedIn,
    copy_name: str,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "백업"
    asked: list[tuple[str, dict[str, str]]] = []
    screen.open_requested.connect(lambda key, filters: asked.append((key, filters)))

    # Planned: what is in the way is told with its documents, and nothing can be applied.
    assert situation(screen) is Situation.BLOCKED
    assert not screen.apply_button.isEnabled()
    assert {step.id for step in screen.plan.plan.pending} == {  # type: ignore[union-attr]
        "collection:companies",
        "indexes:users",
        "indexes:projects",
    }
    before = platform_content(troubled)

    # Backed up.
    press(qtbot, screen.backup_button)
    backup = dialog(qtbot, BackupDialog)
    backup.folder.line.setText(str(folder))
    qtbot.keyClick(backup, Qt.Key.Key_Return)
    settle(qtbot, screen, tools)
    assert (folder / "manifest.json").is_file()

    # Repaired: the document opens where it can be edited.
    choose(screen, "users/twin")
    qtbot.keyClick(screen.plan.tree, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [("users", {"id": "twin"})]
    tab = users_tab(qtbot, admin, tools)
    repair(qtbot, tab, asked[0][1])
    assert troubled["users"].find_one({"_id": "twin"})["email"] == "twin@example.com"  # type: ignore[index]
    screen.refresh()
    settle(qtbot, screen, tools)
    assert situation(screen) is Situation.PENDING

    # Applied, with the backup that is there.
    press(qtbot, screen.apply_button)
    order = dialog(qtbot, ApplyDialog)
    order.existing.click()
    assert not order.action_button.isEnabled()
    order.existing_folder.line.setText(str(folder))
    press(qtbot, order.action_button)
    settle(qtbot, screen, tools)
    assert situation(screen) is Situation.UP_TO_DATE
    assert {row.step for row in screen.run.rows if row.done} == {
        "collection:companies",
        "indexes:users",
        "indexes:projects",
    }
    assert "idx_users_email" in troubled["users"].index_information()

    # Verified: the nameless company is found, and opens where it belongs.
    press(qtbot, screen.verify_button)
    settle(qtbot, screen, tools)
    assert screen.pages.currentWidget() is screen.verification
    failed = screen.verification.checks.current
    assert failed is not None
    assert (failed.check, failed.state, failed.count) == ("violations:companies", "fail", 1)
    screen.verification.offenders.setFocus()
    qtbot.keyClick(screen.verification.offenders.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked[1] == ("companies", {"id": "nameless"})
    troubled["companies"].update_one({"_id": "nameless"}, {"$set": {"name": "이름 찾은 회사"}})
    press(qtbot, screen.verify_button)
    settle(qtbot, screen, tools)
    assert screen.verification.ended is not None
    assert screen.verification.ended.passed

    # Rolled back.
    screen.rollback_action.trigger()
    undo = dialog(qtbot, RollbackDialog)
    assert len(undo.chosen()) == 3
    press(qtbot, undo.action_button)
    settle(qtbot, screen, tools)
    assert situation(screen) is Situation.PENDING
    assert "idx_users_email" not in troubled["users"].index_information()

    # Restored beside it, as it was when it was backed up.
    screen.restore_action.trigger()
    restore = dialog(qtbot, RestoreDialog)
    restore.folder.line.setText(str(folder))
    restore.database.setText(copy_name)
    qtbot.waitUntil(restore.action_button.isEnabled)
    press(qtbot, restore.check_button)
    qtbot.waitUntil(lambda: "it is whole" in restore.verdict.text)
    press(qtbot, restore.action_button)
    settle(qtbot, screen, tools)
    assert platform_content(troubled.client[copy_name]) == before

    # All of it is in the history, by whom.
    runs = screen.history.runs.model.items
    assert [run.command for run in runs] == ["rollback", "apply"]
    assert {run.by for run in runs} == {"김운영 (admin)"}
    assert INTERRUPTED not in {run.outcome for run in runs}


def choose(screen: MigrationsScreen, document: str) -> None:
    """Put the keyboard on a document in the plan."""
    indexes = screen.plan.model.indexes()
    (index,) = [
        one
        for one in indexes
        if screen.plan.model.node_at(one).key.endswith(f"/{document}")  # type: ignore[union-attr]
    ]
    screen.plan.tree.setCurrentIndex(index)
    screen.plan.tree.setFocus()
    assert screen.plan.open_button.isEnabled()


def repair(qtbot: QtBot, tab: UsersTab, filters: dict[str, str]) -> None:
    """Give the user that the tab was narrowed to an address of their own."""
    tab.show_filtered(filters)
    loaded(qtbot, tab.table)
    assert [one.id for one in tab.table.model.items] == ["twin"]
    tab.table.view.selectRow(0)
    qtbot.keyClick(tab.table.view, Qt.Key.Key_Return)
    edit = dialog(qtbot, EditDialog)
    qtbot.waitUntil(edit.form.isEnabled)
    edit.form.put({"email": "twin@example.com"})
    edit.save()
    gone(qtbot)
