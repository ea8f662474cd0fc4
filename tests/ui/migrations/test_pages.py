"""What the pages say: kinds of drift, differences, evidence, reports, both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtPdf import QPdfDocument
from pytestqt.qtbot import QtBot

from desktop_app.config.catalogues import use_language
from desktop_app.db.migrations.manifest import read_manifest
from desktop_app.db.migrations.server import target_of
from desktop_app.services.migrations.plan_tree import Node
from desktop_app.services.migrations.standing import Situation
from desktop_app.ui.migrations.restore_dialog import RestoreDialog
from desktop_app.ui.migrations.rollback_dialog import RollbackDialog
from desktop_app.ui.migrations.screen import MigrationsScreen
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import retranslate_all
from tests.db.migrations.databases import WHOLE, prepared
from tests.ui.migrations.conftest import OpenScreen
from tests.ui.migrations.stage import Documents, press, settle, situation
from tests.ui.records.stage import dialog


def child(screen: MigrationsScreen, *keys: str) -> Node:
    """The first node whose key ends so, from the root on."""
    nodes = screen.plan.model.roots
    for key in keys:
        (node,) = [one for one in nodes if one.key.endswith(key)]
        nodes = node.children
    return node


@pytest.fixture
def complete(database: Documents) -> Documents:
    """A database as this version wants it."""
    prepared(target_of(database.client, database.name, "tester@here"), steps=WHOLE)
    return database


def test_what_was_altered_by_hand_is_told_from_what_is_pending(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, complete: Documents
) -> None:
    complete["users"].drop_index("idx_users_email")
    complete["users"].drop_index("idx_users_created_at")
    complete["users"].create_index([("created_at", 1)], name="idx_users_created_at")
    complete["users"].create_index([("role", 1)], name="by_role")
    complete.command("collMod", "companies", validationLevel="off")
    screen = open_on()
    assert situation(screen) is Situation.DRIFTED

    users = child(screen, "indexes", "indexes:users")
    states = {node.title.partition(" ")[0]: node.state for node in users.children}
    assert states == {
        "idx_users_email": "Dropped by hand",
        "idx_users_created_at": "Different",
        "by_role": "Redundant",
    }
    different = child(screen, "indexes", "indexes:users", "/idx_users_created_at")
    assert "→" in different.children[0].does
    companies = child(screen, "collections", "collection:companies")
    assert companies.state == "Altered by hand"
    assert companies.children[0].does == "off → strict"


def test_violating_documents_are_under_their_collection(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, old: Documents
) -> None:
    old["companies"].insert_one({"_id": "nameless", "name": ""})
    screen = open_on()
    found = child(screen, "collections", "collection:companies", "/violations")
    assert found.state == "1 document"
    (document,) = found.children
    assert document.offender is not None
    assert document.offender.id == "nameless"
    seeds = child(screen, "seeds", "seeds")
    assert any("admin" in node.title for node in seeds.children)


def test_a_complete_database_says_that_there_is_nothing_to_do(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, complete: Documents
) -> None:
    screen = open_on()
    assert situation(screen) is Situation.UP_TO_DATE
    assert screen.plan.nothing.isVisible()
    assert not screen.apply_button.isEnabled()
    press(qtbot, screen.plan.nothing.button)
    assert screen.plan.tree.isVisible()
    assert child(screen, "indexes", "indexes:users").children


def test_rollback_says_first_what_cannot_be_undone(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, old: Documents
) -> None:
    prepared(target_of(old.client, old.name, "tester@here"), steps=WHOLE)
    screen = open_on()
    screen.rollback_action.trigger()
    asking = dialog(qtbot, RollbackDialog)
    assert "data:0004-users-clear-passwords" not in asking.chosen()
    assert "data:0003-users-defaults" in asking.chosen()
    press(qtbot, asking.none_button)
    assert not asking.action_button.isEnabled()
    press(qtbot, asking.all_button)
    assert asking.action_button.text() == f"Undo {len(asking.chosen())} steps"
    asking.reject()


def test_a_damaged_backup_is_refused_with_what_is_damaged(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, old: Documents, tmp_path: Path
) -> None:
    screen = open_on()
    folder = tmp_path / "b"
    screen.deeds.backup(folder)
    settle(qtbot, screen, tools)
    kept = {one.name: one.file for one in read_manifest(folder).collections}
    users = folder / kept["users"]
    content = bytearray(users.read_bytes())
    content[100] ^= 1
    users.write_bytes(content)
    screen.restore_action.trigger()
    asking = dialog(qtbot, RestoreDialog)
    asking.folder.line.setText(str(folder))
    qtbot.waitUntil(asking.action_button.isEnabled)
    press(qtbot, asking.check_button)
    qtbot.waitUntil(lambda: not asking.action_button.isEnabled())
    assert users.name in asking.verdict.text
    asking.reject()


def test_restoring_over_something_is_refused_and_says_why(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, old: Documents, tmp_path: Path
) -> None:
    screen = open_on()
    screen.deeds.backup(tmp_path / "b")
    settle(qtbot, screen, tools)
    before = old["users"].count_documents({})
    screen.deeds.restore(screen.choice, tmp_path / "b")
    settle(qtbot, screen, tools)
    assert "The database is not empty" in screen.banner.text
    assert old["users"].count_documents({}) == before


def test_each_page_can_be_handed_on(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, old: Documents, tmp_path: Path
) -> None:
    screen = open_on()
    password = "evalconsole"
    screen.deeds.verify()
    settle(qtbot, screen, tools)
    for page in (screen.plan, screen.verification, screen.history):
        screen.pages.setCurrentWidget(page)
        for suffix in ("html", "json", "pdf"):
            path = tmp_path / f"{screen.pages.currentIndex()}.{suffix}"
            screen.exporting.write(path)
            settle(qtbot, screen, tools)
            assert path.stat().st_size > 200
    plan = json.loads((tmp_path / "0.json").read_text(encoding="utf-8"))
    assert plan["database"] == old.name
    assert password not in plan["server"]["address"].partition("@")[2]
    assert "<h1>Migration plan" in (tmp_path / "0.html").read_text(encoding="utf-8")
    document = QPdfDocument()
    assert document.load(str(tmp_path / "2.pdf")) is QPdfDocument.Error.None_
    text = "".join(document.getAllText(at).text() for at in range(document.pageCount()))
    document.close()
    assert "Totals of submitted sheets agree with their scores" in text
    assert "Offending documents" in text


def test_everything_is_said_in_korean_at_once(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, old: Documents
) -> None:
    screen = open_on()
    screen.deeds.verify()
    settle(qtbot, screen, tools)
    use_language("ko")
    retranslate_all()
    assert screen.apply_button.text() == "적용…"
    assert screen.plan.model.roots[0].title == "변환할 문서"
    assert screen.verification.verdict.accessibleName() == "통과하지 못함"
    assert screen.pages.tabText(3) == "이력"
