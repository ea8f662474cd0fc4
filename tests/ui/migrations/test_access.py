"""Getting at a database: by address, with a wrong password, without rights, of which platform."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pymongo import MongoClient
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.config.profiles import Environment
from desktop_app.db.migrations.events import Offender
from desktop_app.services.migrations.choice import DatabaseChoice
from desktop_app.services.migrations.standing import Situation
from desktop_app.ui.migrations.document_dialog import DocumentDialog
from desktop_app.ui.migrations.screen import MigrationsScreen
from desktop_app.ui.migrations.target_dialog import TargetDialog
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.migrations import MigrationsTab
from desktop_app.workspace.mongod import Mongod
from tests.ui.migrations.conftest import OpenScreen
from tests.ui.migrations.stage import (
    Documents,
    Keyring,
    make_desk,
    open_screen,
    press,
    settle,
    situation,
)
from tests.ui.records.stage import dialog, gone


@pytest.fixture
def reader(
    _mongo_client: MongoClient[dict[str, Any]], mongo: Mongod, database_name: str
) -> Iterator[tuple[str, str]]:
    """Somebody who may only read: the address with their name, and their password."""
    name, password = f"reader-{uuid.uuid4().hex[:6]}", "읽기 only/1"
    roles = [{"role": "read", "db": database_name}]
    _mongo_client.admin.command("createUser", name, pwd=password, roles=roles)
    yield f"mongodb://{name}@127.0.0.1:{mongo.port}/?authSource=admin", password
    _mongo_client.admin.command("dropUser", name)


def test_another_database_by_its_address_with_a_wrong_and_the_right_password(
    qtbot: QtBot, tools: TabTools, old: Documents, reader: tuple[str, str]
) -> None:
    uri, password = reader
    keyring = Keyring()
    desk = make_desk(tools, None, "elsewhere", keyring=lambda: keyring)
    screen = open_screen(qtbot, desk, tools)
    assert screen.empty.heading == "Choose a database"
    press(qtbot, screen.empty.button)
    choosing = dialog(qtbot, TargetDialog)
    assert choosing.other.isChecked()
    qtbot.keyClicks(choosing.uri, uri)
    assert choosing.environment.currentData() == Environment.LOCAL
    choosing.database.setText(old.name)
    qtbot.keyClicks(choosing.password.edit, "wrong")
    qtbot.keyClick(choosing.password.edit, Qt.Key.Key_Return)
    choosing.try_it()  # a second click while it tries
    qtbot.waitUntil(lambda: choosing.banner.isVisible())
    assert "Authentication failed" in choosing.banner.text
    assert keyring.kept == {}

    choosing.password.edit.setText(password)
    press(qtbot, choosing.action_button)
    gone(qtbot)
    settle(qtbot, screen, tools)
    assert list(keyring.kept.values()) == [password]
    assert screen.choice == DatabaseChoice(
        uri=uri, database=old.name, environment=Environment.LOCAL
    )
    kept = str(tools.state.get("migrations.database"))
    assert old.name in kept
    assert password not in kept

    # Without rights to write: everything is planned, and nothing can be applied.
    assert situation(screen) is Situation.BLOCKED
    node = screen.plan.model.roots[0].children[0]
    assert "lacks rights" in node.title
    assert "readWrite" in node.does
    assert not screen.apply_button.isEnabled()
    assert not [name for name in old.list_collection_names() if name.startswith("schema_")]

    # The next time it is there again, and needs no password.
    again = open_screen(qtbot, desk, tools)
    assert again.choice.database == old.name
    assert situation(again) is Situation.BLOCKED


def test_a_kept_database_whose_password_is_gone_asks_for_it(
    qtbot: QtBot, tools: TabTools, old: Documents, reader: tuple[str, str]
) -> None:
    kept = DatabaseChoice(uri=reader[0], database=old.name, environment=Environment.STAGING)
    tools.state.set("migrations.database", kept.kept())
    screen = open_screen(qtbot, make_desk(tools, None, "elsewhere"), tools)
    assert screen.empty.heading == "A password is needed"
    assert not screen.verify_button.isEnabled()


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("db.example.org", "mongodb://host.example"),
        ("mongodb://me:secret@db.example.org", "password"),
        ("", "Type an address."),
    ],
)
def test_addresses_are_checked_under_their_field(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, typed: str, problem: str
) -> None:
    screen = open_on()
    press(qtbot, screen.bar.choose_button)
    choosing = dialog(qtbot, TargetDialog)
    choosing.other.click()
    qtbot.keyClicks(choosing.uri, typed)
    press(qtbot, choosing.action_button)
    assert problem in choosing._problems["uri"].text()
    assert tools.runner.idle
    choosing.reject()


def test_an_address_that_a_production_connection_names_stays_production(
    qtbot: QtBot, tools: TabTools, mongo: Mongod, old: Documents
) -> None:
    desk = make_desk(tools, mongo.uri, old.name, environment=Environment.PRODUCTION)
    typed = DatabaseChoice(
        uri=f"mongodb://localhost:{mongo.port}", database="x", environment=Environment.LOCAL
    )
    assert desk.settled(typed).environment is Environment.PRODUCTION
    assert desk.guard_of(typed) is tools.guard
    screen = open_screen(qtbot, desk, tools)
    press(qtbot, screen.bar.choose_button)
    choosing = dialog(qtbot, TargetDialog)
    choosing.other.click()
    qtbot.keyClicks(choosing.uri, typed.uri)
    assert choosing.environment.currentData() == Environment.PRODUCTION
    assert not choosing.environment.isEnabled()
    choosing.reject()


def test_a_production_server_by_address_has_a_lock_of_its_own(
    tools: TabTools, mongo: Mongod
) -> None:
    desk = make_desk(tools, mongo.uri, "x")
    far = DatabaseChoice(
        uri="mongodb://db.example.org", database="a", environment=Environment.PRODUCTION
    )
    guard = desk.guard_of(far)
    assert guard.locked
    assert guard.name == "db.example.org:27017"
    guard.unlock("db.example.org:27017", 5)
    assert not desk.guard_of(replace(far, database="b")).locked
    other = replace(far, uri="mongodb://db2.example.org")
    assert desk.guard_of(other).locked


def test_a_server_that_is_not_there_says_so(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on(uri="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300")
    assert screen.empty.heading == "The database cannot be looked at"
    assert screen.empty.button.text() == "Try again"


def test_a_document_of_another_platform_is_shown_as_it_is_without_secrets(
    qtbot: QtBot, tools: TabTools, mongo: Mongod, old: Documents
) -> None:
    old["users"].update_one({"_id": "사용자-005"}, {"$set": {"password_hash": "$argon2$x"}})
    desk = make_desk(tools, mongo.uri, "platform")
    tools.state.set(
        "migrations.database",
        DatabaseChoice(database=old.name, environment=Environment.LOCAL).kept(),
    )
    screen = open_screen(qtbot, desk, tools)
    wrong = {"email": "missing"}
    screen.open_document(Offender(collection="users", id="사용자-005", detail=wrong))
    shown = dialog(qtbot, DocumentDialog)
    assert '"login_id": "user005"' in shown.text.toPlainText()
    assert "argon2" not in shown.text.toPlainText()
    shown.reject()
    screen.open_document(Offender(collection="users", id="nobody"))
    qtbot.waitUntil(lambda: "not there any more" in screen.banner.text)


@pytest.mark.parametrize(
    ("offender", "place"),
    [
        (("projects", "p1"), ("projects", {"id": "p1"})),
        (("templates", "t1"), ("templates", {"id": "t1"})),
        (("template_revisions", "t1:3"), ("templates", {"id": "t1"})),
        (("files", "f1"), ("files", {"id": "f1"})),
        (("evaluations", "e1"), ("evaluations", {"project_id": "p1", "id": "e1"})),
    ],
)
def test_documents_open_in_the_tab_that_shows_them(
    qtbot: QtBot,
    tools: TabTools,
    open_on: OpenScreen,
    old: Documents,
    offender: tuple[str, str],
    place: tuple[str, dict[str, str]],
) -> None:
    screen = open_on()
    asked: list[tuple[str, dict[str, str]]] = []
    screen.open_requested.connect(lambda key, filters: asked.append((key, filters)))
    screen.open_document(Offender(collection=offender[0], id=offender[1]))
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [place]


def test_the_tab_loads_its_screen_in_the_background(
    qtbot: QtBot, tools: TabTools, mongo: Mongod, old: Documents
) -> None:
    tab = MigrationsTab(desk=lambda: make_desk(tools, mongo.uri, old.name), tools=tools)
    qtbot.addWidget(tab)
    tab.show()
    tab.activated()
    tab.activated()
    assert not tab.offers()
    qtbot.waitUntil(lambda: tab.shown is not None)
    screen = tab.shown
    assert isinstance(screen, MigrationsScreen)
    settle(qtbot, screen, tools)
    assert situation(screen) is Situation.PENDING
    assert {"Apply", "Verify", "Back up"} <= {offer.english for offer in tab.offers()}
