"""A standalone server: no transactions, no snapshots; everything works but for what it cannot."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from desktop_app.db.migrations.backup import BackupEnded, backup
from desktop_app.db.migrations.events import RunEnded, Stop
from desktop_app.db.migrations.journal import Journal
from desktop_app.db.migrations.lease import Lease, LeaseTerms, break_lease, held_by
from desktop_app.db.migrations.restore import RestoreEnded, restore
from desktop_app.db.migrations.rollback import rollback
from desktop_app.db.migrations.server import Target, Topology, target_of
from desktop_app.workspace.child import spawn
from desktop_app.workspace.mongod_binary import find_mongod
from desktop_app.workspace.ports import HOST, free_port
from tests.db.migrations.databases import (
    applied,
    last,
    old_database,
    planned,
    platform_content,
    verified,
)


@pytest.fixture(scope="module")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoClient[dict[str, Any]]]:
    folder, port = tmp_path_factory.mktemp("standalone"), free_port()
    process: subprocess.Popen[bytes] = spawn(
        [
            find_mongod(),
            *("--dbpath", folder, "--port", str(port), "--bind_ip", HOST, "--quiet"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            *("--setParameter", "ttlMonitorEnabled=false", "--wiredTigerCacheSizeGB", "0.25"),
        ]
    )
    try:
        with MongoClient[dict[str, Any]](HOST, port, serverSelectionTimeoutMS=20_000) as client:
            yield client
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def alone(standalone: MongoClient[dict[str, Any]]) -> Iterator[Target]:
    """An empty database on it."""
    target = target_of(standalone, "online_evaluation", "tester@here")
    yield target
    standalone.drop_database(target.name)


def test_everything_works_that_needs_no_transaction(alone: Target, tmp_path: Path) -> None:
    old_database(alone.database)
    alone.database["users"].update_many({}, {"$unset": {"password": ""}})
    before = platform_content(alone.database)
    plan = planned(alone)
    assert plan.server.topology is Topology.STANDALONE
    assert not plan.server.transactions
    saved = last(backup(alone, tmp_path / "b"), BackupEnded)
    assert saved.manifest is not None
    assert not saved.manifest.consistent
    assert applied(alone).reason is Stop.DONE
    assert planned(alone).up_to_date
    assert verified(alone).reason is Stop.DONE
    assert last(rollback(alone), RunEnded).reason is Stop.DONE
    assert platform_content(alone.database) == before
    assert [run.outcome for run in Journal(alone.database).runs()] == [Stop.DONE, Stop.DONE]
    other = target_of(alone.client, "restored", "tester@here")
    assert last(restore(other, tmp_path / "b"), RestoreEnded).reason is Stop.DONE
    assert platform_content(other.database) == before
    alone.client.drop_database("restored")


def test_a_lease_can_be_broken_and_the_history_says_by_whom(alone: Target) -> None:
    journal = Journal(alone.database)
    journal.start_run({"_id": "r1", "command": "apply", "by": "x", "environment": "local"})
    Lease(alone, "r1", "apply", LeaseTerms()).take()
    assert break_lease(alone, "r1").run_id == "r1"
    assert held_by(alone.database) is None
    run = alone.database["schema_migration_runs"].find_one({"_id": "r1"})
    assert run is not None
    assert run["broken_by"] == "tester@here"
