"""Index builds as the server tells of them, and aborted: on one that can be made to pause."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from pymongo import MongoClient

from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.apply import apply
from desktop_app.db.migrations.events import Event, RunEnded, StepProgress, Stop
from desktop_app.db.migrations.lease import held_by
from desktop_app.db.migrations.run import RunOptions
from desktop_app.db.migrations.server import Target, target_of
from desktop_app.workspace.mongod import Mongod
from tests.db.migrations.databases import CORE, applied, no_hash, old_database, planned
from tests.fixtures.mongo import _QUICK
from tests.fixtures.waiting import until

OPTIONS = RunOptions(look_s=0.02, wait_s=40)
_PAUSE = "hangIndexBuildDuringCollectionScanPhaseAfterInsertion"


@pytest.fixture(scope="module")
def pausing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoClient[dict[str, Any]]]:
    """A server with MongoDB's own test commands."""
    extra = (*_QUICK.extra, "--setParameter", "enableTestCommands=1")
    folder = tmp_path_factory.mktemp("pausing")
    mongod = Mongod.start(folder, options=replace(_QUICK, extra=extra))
    try:
        with MongoClient[dict[str, Any]](mongod.uri) as client:
            yield client
    finally:
        mongod.kill()


@pytest.fixture
def target(pausing: MongoClient[dict[str, Any]], database_name: str) -> Target:
    target = target_of(pausing, database_name, "tester@here")
    old_database(target.database)
    return target


@contextmanager
def paused(client: MongoClient[dict[str, Any]]) -> Iterator[None]:
    """Builds over users stop at the fifth while the block runs."""
    match = {"fieldsToMatch": {"_id": "사용자-004"}}
    client.admin.command("configureFailPoint", _PAUSE, mode="alwaysOn", data=match)
    try:
        yield
    finally:
        client.admin.command("configureFailPoint", _PAUSE, mode="off")


def building(event: Event) -> bool:
    return isinstance(event, StepProgress) and event.step == "indexes:users" and event.done > 0


def go_on_once_aborted(client: MongoClient[dict[str, Any]]) -> None:
    """A build that is paused does not notice that it is aborted until it goes on."""
    pipeline: list[dict[str, Any]] = [
        {"$currentOp": {}},
        {"$match": {"command.dropIndexes": "users"}},
    ]
    until(lambda: bool(list(client.admin.aggregate(pipeline))), "an abort")
    client.admin.command("configureFailPoint", _PAUSE, mode="off")


def test_the_server_says_how_far_a_build_is(target: Target) -> None:
    running = apply(target, environment="local", hash_password=no_hash, steps=CORE, options=OPTIONS)
    with paused(target.client):
        progress = next(event for event in running if building(event))
    assert isinstance(progress, StepProgress)
    assert progress.phase == "scanning collection"
    assert 0 < progress.done < 25
    assert progress.total == 25
    *_rest, end = running
    assert isinstance(end, RunEnded)
    assert end.reason is Stop.DONE


def test_cancelling_aborts_a_build_on_the_server(target: Target) -> None:
    context = TaskContext()
    running = apply(
        target,
        environment="local",
        hash_password=no_hash,
        steps=CORE,
        options=OPTIONS,
        context=context,
    )
    end: Event | None = None
    with ThreadPoolExecutor(1) as pool, paused(target.client):
        for event in running:
            end = event
            if building(event):
                pool.submit(go_on_once_aborted, target.client)
                context.cancel()
    assert isinstance(end, RunEnded)
    assert end.reason is Stop.CANCELLED
    names = set(target.database["users"].index_information())
    assert names == {"_id_"} or names == {"_id_", "email_1"}
    assert held_by(target.database) is None
    assert applied(target, options=OPTIONS).reason is Stop.DONE
    assert planned(target).up_to_date
