"""Migrations in the whole window: reached by the role, wired to the other tabs, and closed upon."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from PySide6.QtTest import QTest

from desktop_app.app.console import Console
from desktop_app.db.migrations.events import Event, StepProgress
from desktop_app.services.migrations.standing import Situation
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.migrations.apply_dialog import ApplyDialog
from desktop_app.ui.migrations.screen import MigrationsScreen
from desktop_app.ui.migrations.target_dialog import TargetDialog
from desktop_app.ui.records.record_tab import RecordTab
from desktop_app.ui.tabs.migrations import MigrationsTab
from desktop_app.workspace.mongod import Mongod
from tests.db.migrations.databases import old_database
from tests.ui.shell.conftest import Person

PASSWORD = "operations-1"


@pytest.fixture
def operator_uri(
    _mongo_client: MongoClient[dict[str, Any]], mongo: Mongod, database_name: str
) -> Iterator[str]:
    """The address with the name of a database's user who may migrate."""
    name = f"ops-{uuid.uuid4().hex[:6]}"
    roles = [{"role": role, "db": database_name} for role in ("readWrite", "dbAdmin")]
    _mongo_client.admin.command("createUser", name, pwd=PASSWORD, roles=roles)
    yield f"mongodb://{name}@127.0.0.1:{mongo.port}/?authSource=admin"
    _mongo_client.admin.command("dropUser", name)


def open_database(person: Person, uri: str, database: str) -> MigrationsScreen:
    """Sign in, go to the tab, and choose the database there by its address."""
    page = person.sign_in().page
    page.open_tab("migrations")
    tab = page.tabs["migrations"]
    assert isinstance(tab, MigrationsTab)
    person.wait(lambda: tab.shown is not None and not tab.shown.work.busy)
    screen = tab.shown
    assert screen is not None
    person.click(screen.empty.button)
    choosing = person.dialog(TargetDialog)
    QTest.keyClicks(choosing.uri, uri)
    QTest.keyClicks(choosing.password.edit, PASSWORD)
    choosing.database.setText(database)
    person.click(choosing.action_button)
    person.wait(lambda: screen.status is not None)
    return screen


def test_the_window_asks_before_it_closes_on_a_migration_which_can_be_resumed(
    person: Person,
    console: Console,
    operator_uri: str,
    _mongo_client: MongoClient[dict[str, Any]],  # noqa: PT019 - the test looks into the database
    database_name: str,
) -> None:
    database = _mongo_client[database_name]
    old_database(database, users=40_000)
    screen = open_database(person, operator_uri, database_name)
    assert screen.bar.situation is Situation.PENDING
    asked: list[Event] = []

    def ask(event: Event) -> None:
        if isinstance(event, StepProgress) and not asked:
            asked.append(event)
            console.close()

    screen.work.told.connect(ask)
    person.click(screen.apply_button)
    order = person.dialog(ApplyDialog)
    order.without.click()
    person.click(order.action_button)
    question = person.dialog(ConfirmDialog)
    assert f"Applying to {database_name}: the next run goes on from there" in [
        task.title for task in console.parts.runner.running
    ]
    person.click(question.action_button)
    person.wait(lambda: not console.parts.window.isVisible())
    (run,) = database["schema_migration_runs"].find()
    assert run["outcome"] == "cancelled"
    assert not database["schema_migration_lease"].count_documents({})


def test_a_document_opens_in_its_tab_narrowed_to_it(
    person: Person, operator_uri: str, database_name: str
) -> None:
    screen = open_database(person, operator_uri, database_name)
    page = person.working.page
    screen.open_requested.emit("users", {"id": "user-manager1"})
    users = page.current
    assert isinstance(users, RecordTab)
    assert users.key == "users"
    person.wait(lambda: [one.id for one in users.table.model.items] == ["user-manager1"])


def test_nobody_but_an_administrator_has_the_tab(person: Person) -> None:
    page = person.sign_in("manager1", "test123!").page
    assert "migrations" not in page.navigation.keys
