"""A database of its own for each test, as the engines take it."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from desktop_app.db.migrations.server import Target, target_of


@pytest.fixture
def target(_mongo_client: MongoClient[dict[str, Any]], database_name: str) -> Target:
    """An empty database on the test run's server."""
    return target_of(_mongo_client, database_name, "tester@here")


@pytest.fixture
def database(target: Target) -> Database[dict[str, Any]]:
    """Its documents."""
    return target.database
