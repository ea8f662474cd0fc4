"""One defect server for all tests of a module."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from pymongo import MongoClient

from desktop_app.backend.config import Lifetimes, RateLimits
from desktop_app.workspace.mongod import Mongod
from tests.defects.server import DefectServer
from tests.fixtures.server import quick_config
from tests.services.certificates import Authority


@pytest.fixture(scope="module")
def defect_server(
    mongo: Mongod, _mongo_client: MongoClient[dict[str, Any]]
) -> Iterator[DefectServer]:
    """The sound server with the limits of the product, cheap passwords, and the switch."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    config = replace(quick_config(mongo, name), rate_limits=RateLimits(), lifetimes=Lifetimes())
    with _running(DefectServer(config, name, _mongo_client[name])) as server:
        yield server


@pytest.fixture(scope="module")
def secure_defect_server(
    mongo: Mongod,
    _mongo_client: MongoClient[dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[DefectServer]:
    """The same over TLS."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    authority = Authority(tmp_path_factory.mktemp("authority"))
    authority.server()
    pem = authority.server_file
    config = replace(
        quick_config(mongo, name),
        rate_limits=RateLimits(),
        lifetimes=Lifetimes(),
        tls_key=pem,
        tls_certificate=pem,
    )
    server = DefectServer(config, name, _mongo_client[name], authority=authority)
    with _running(server):
        yield server


@contextmanager
def _running(server: DefectServer) -> Iterator[DefectServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.documents.client.drop_database(server.database)
