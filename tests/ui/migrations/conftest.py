"""A database and its screen for each test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pymongo import MongoClient
from pytestqt.qtbot import QtBot

from desktop_app.ui.migrations.screen import MigrationsScreen
from desktop_app.ui.tab import TabTools
from desktop_app.workspace.mongod import Mongod
from tests.db.migrations.databases import old_database
from tests.ui.migrations.stage import Documents, make_desk, open_screen

OpenScreen = Callable[..., MigrationsScreen]


@pytest.fixture
def database(_mongo_client: MongoClient[dict[str, Any]], database_name: str) -> Documents:
    """An empty database."""
    return _mongo_client[database_name]


@pytest.fixture
def old(database: Documents) -> Documents:
    """A database of an earlier time."""
    old_database(database)
    return database


@pytest.fixture
def open_on(
    qtbot: QtBot, tools: TabTools, mongo: Mongod, database_name: str
) -> Callable[..., MigrationsScreen]:
    """Opens the screen on the test's database; arguments go to ``make_desk``."""

    def open_(**options: Any) -> MigrationsScreen:
        uri = options.pop("uri", mongo.uri)
        return open_screen(qtbot, make_desk(tools, uri, database_name, **options), tools)

    return open_
