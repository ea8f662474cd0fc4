"""One defect server for all tests of a module."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pymongo import MongoClient

from desktop_app.backend.config import Lifetimes, RateLimits
from desktop_app.workspace.mongod import Mongod
from tests.defects.server import DefectServer
from tests.fixtures.server import quick_config


@pytest.fixture(scope="module")
def defect_server(
    mongo: Mongod, _mongo_client: MongoClient[dict[str, Any]]
) -> Iterator[DefectServer]:
    """The sound server with the limits of the product, cheap passwords, and the switch."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    config = replace(quick_config(mongo, name), rate_limits=RateLimits(), lifetimes=Lifetimes())
    server = DefectServer(config, name, _mongo_client[name])
    server.start()
    try:
        yield server
    finally:
        server.stop()
        _mongo_client.drop_database(name)
