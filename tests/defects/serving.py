"""A defect server on a MongoDB of its own, which goes with it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from desktop_app.backend.config import ServerConfig
from desktop_app.workspace.mongod import Mongod
from tests.defects.server import DefectServer
from tests.fixtures.server import CHEAP, SECRET
from tests.services.certificates import Authority

_DATABASE = "online_evaluation"


@contextlib.contextmanager
def fresh_server(*, secure: bool = False, quick: bool = False) -> Iterator[DefectServer]:
    """A server set up as the product's, over TLS where ``secure``; ``quick``: cheap passwords."""
    folder = Path(tempfile.mkdtemp(prefix="evalconsole-defects-"))
    try:
        mongod = Mongod.start(folder)
        try:
            with MongoClient[dict[str, Any]](mongod.uri) as client:
                config = ServerConfig(mongo_uri=mongod.uri, secret_key=SECRET, database=_DATABASE)
                if quick:
                    config = replace(config, password_cost=CHEAP)
                authority = None
                if secure:
                    authority = Authority(folder)
                    authority.server()
                    pem = authority.server_file
                    config = replace(config, tls_key=pem, tls_certificate=pem)
                server = DefectServer(config, _DATABASE, client[_DATABASE], authority=authority)
                server.start()
                try:
                    yield server
                finally:
                    server.stop()
        finally:
            mongod.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
