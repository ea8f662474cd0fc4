"""Runs that are cut short, by SIGKILL or by their server: the next one ends as if nothing were."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from desktop_app.db.migrations.apply import apply
from desktop_app.db.migrations.events import (
    ConnectionLost,
    Event,
    RunEnded,
    StepEnded,
    StepProgress,
    StepStarted,
    Stop,
)
from desktop_app.db.migrations.journal import UNDO, Journal, State
from desktop_app.db.migrations.rollback import rollback
from desktop_app.db.migrations.run import RunOptions
from desktop_app.db.migrations.server import Target, target_of
from desktop_app.workspace.mongod import Mongod
from tests.db.migrations.databases import (
    CORE,
    applied,
    last,
    no_hash,
    old_database,
    planned,
    platform_content,
)
from tests.db.migrations.nursery import SHORT, SMALL
from tests.fixtures.mongo import _QUICK
from tests.workspace.serving import ROOT, environment

Documents = Database[dict[str, Any]]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are tried where forks are")

SHARES = 4
"""The moments are shared out among so many tests."""


class Nursery:
    """Runs on demand, each in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, uri: str, name: str, place: int = 0) -> dict[str, Any]:
        """A run that is killed at ``place``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{uri} {name} {place}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.db.migrations.nursery"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        env=environment(PYTHONPATH=str(ROOT)),
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


def fill(database: Documents) -> None:
    database.client.drop_database(database.name)
    old_database(database, users=6)


def seen(database: Documents) -> dict[str, Any]:
    """What a run leaves: documents, journal, kept values; moments of today are all alike."""
    records = {
        id_: (record.state, record.changed, record.checksum)
        for id_, record in Journal(database).records().items()
    }
    kept = list(database[UNDO].find().sort("_id", 1))
    whole = {"platform": platform_content(database), "records": records, "kept": kept}
    alike: dict[str, Any] = _alike(whole)
    return alike


def _alike(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "…" if key == "digest" else _alike(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_alike(item) for item in value]
    if isinstance(value, datetime) and datetime.now(UTC) - value < timedelta(days=1):
        return "today"
    return value


@pytest.fixture(scope="module", autouse=True)
def short_transactions(_mongo_client: MongoClient[dict[str, Any]]) -> Iterator[None]:
    """A transaction that was left open by who died in it is ended by the server after a minute."""
    admin = _mongo_client.admin
    before = admin.command("getParameter", transactionLifetimeLimitSeconds=1)
    admin.command("setParameter", transactionLifetimeLimitSeconds=1)
    yield
    limit = before["transactionLifetimeLimitSeconds"]
    admin.command("setParameter", transactionLifetimeLimitSeconds=limit)


@pytest.fixture(scope="module")
def undisturbed(
    mongo: Mongod, _mongo_client: MongoClient[dict[str, Any]], nursery: Nursery
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """What a run leaves that nobody disturbs, and its moments."""
    database = target_of(_mongo_client, f"test_undisturbed_{os.getpid()}", "tester@here").database
    fill(database)
    answer = nursery.run(mongo.uri, database.name)
    assert answer["status"] == 0
    yield seen(database), answer["moments"]
    _mongo_client.drop_database(database.name)


@pytest.mark.parametrize("share", range(SHARES))
def test_killed_at_any_moment_the_next_run_ends_alike(
    mongo: Mongod,
    target: Target,
    database: Documents,
    nursery: Nursery,
    undisturbed: tuple[dict[str, Any], list[str]],
    share: int,
) -> None:
    result, moments = undisturbed
    places = _worthwhile(moments)
    assert len(places) > 25
    for place in places[share::SHARES]:
        fill(database)
        assert nursery.run(mongo.uri, target.name, place)["killed"], place
        ended = applied(target, steps=SMALL, options=SHORT)
        assert ended.reason is Stop.DONE, (place, moments[:place], ended)
        assert seen(database) == result, (place, moments[:place])


def _worthwhile(moments: list[str]) -> list[int]:
    """Before every write: the boundaries of steps, and both sides of each write in the batches
    (after one is before the next).

    Left out: renewals of the lease, which change nothing that matters; of the initial documents
    all but the first of a collection; all but one moment of the transaction that ends a run.
    """
    places: list[int] = []
    alike: set[str] = set()
    for place, moment in enumerate(moments, start=1):
        if moment == "answered" or "schema_migration_lease" in moment:
            continue
        repeats = moment.startswith("insert") or "undo" in moment or "transaction" in moment
        kind = "transaction" if "transaction" in moment else moment
        if repeats and kind in alike:
            continue
        alike.add(kind)
        places.append(place)
    return places


def test_a_killed_run_is_in_the_history_as_interrupted(
    mongo: Mongod, target: Target, database: Documents, nursery: Nursery
) -> None:
    fill(database)
    nursery.run(mongo.uri, target.name, 20)
    applied(target, steps=SMALL, options=SHORT)
    newest, oldest = Journal(database).runs()
    assert (newest.outcome, oldest.outcome) == (Stop.DONE, "interrupted")


def test_what_goes_on_where_it_was_says_so(target: Target, database: Documents) -> None:
    fill(database)
    running = apply(target, environment="local", hash_password=no_hash, steps=SMALL, options=SHORT)
    for event in running:
        if isinstance(event, StepProgress):
            break
    del running  # nobody listens any more
    record = Journal(database).record("data:0002-stamps-users")
    assert record is not None
    assert (record.state, record.changed) == (State.RUNNING, 4)
    again = apply(target, environment="local", hash_password=no_hash, steps=SMALL, options=SHORT)
    events = list(again)
    first = next(event for event in events if isinstance(event, StepStarted))
    assert (first.step, first.resumed) == ("data:0002-stamps-users", True)
    batches = [e.done for e in events if isinstance(e, StepProgress) and e.step == first.step]
    assert batches == [2]
    done = next(e for e in events if isinstance(e, StepEnded) and e.step == first.step)
    assert done.changed == 6


# The server goes away


@pytest.fixture
def frail(tmp_path: Path) -> Iterator[Frail]:
    """A MongoDB of its own, to be killed and started again."""
    frail = Frail(tmp_path / "mongo")
    yield frail
    frail.end()


class Frail:
    """A mongod that comes back on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mongod = Mongod.start(folder, options=_QUICK)
        self.client: MongoClient[dict[str, Any]] = MongoClient(
            self._mongod.uri, serverSelectionTimeoutMS=300, heartbeatFrequencyMS=500
        )
        self.target = target_of(self.client, "online_evaluation", "tester@here")

    def kill(self) -> None:
        self._mongod.kill()

    def come_back(self) -> None:
        port = self._mongod.port
        self._mongod = Mongod.start(self._folder, port=port, options=_QUICK)
        assert self._mongod.port == port

    def step_down(self) -> None:
        """Have the primary be none for a second."""
        self.client.admin.command("replSetStepDown", 1, secondaryCatchUpPeriodSecs=0, force=True)

    def end(self) -> None:
        self.client.close()
        self._mongod.kill()


def test_a_server_that_is_killed_and_comes_back(frail: Frail) -> None:
    old_database(frail.target.database)
    killed_in: set[str] = set()
    lost = 0
    end: Event | None = None
    options = RunOptions(batch=5, patience_s=60)
    for event in apply(
        frail.target, environment="local", hash_password=no_hash, steps=CORE, options=options
    ):
        end = event
        step = getattr(event, "step", "")
        # Once inside a batch, once when indexes are about to be built.
        if step in ("data:0002-stamps-users", "indexes:users") and step not in killed_in:
            killed_in.add(step)
            frail.kill()
            away = True
        if isinstance(event, ConnectionLost):
            lost += 1
            if away:
                frail.come_back()
                away = False
    assert isinstance(end, RunEnded)
    assert end.reason is Stop.DONE, end
    assert len(killed_in) == 2
    assert lost
    assert planned(frail.target).up_to_date
    users = frail.target.database["users"]
    assert users.count_documents({"version": {"$exists": True}}) == users.count_documents({})


def test_a_change_of_the_primary(frail: Frail) -> None:
    old_database(frail.target.database)
    stepped = False
    end: Event | None = None
    for event in apply(
        frail.target,
        environment="local",
        hash_password=no_hash,
        steps=CORE,
        options=RunOptions(batch=5, patience_s=60),
    ):
        end = event
        if isinstance(event, StepProgress) and not stepped:
            stepped = True
            frail.step_down()
    assert isinstance(end, RunEnded)
    assert end.reason is Stop.DONE, end
    assert planned(frail.target).up_to_date


def test_a_server_that_stays_away_ends_the_run_which_can_be_resumed(frail: Frail) -> None:
    old_database(frail.target.database)
    end: Event | None = None
    for event in apply(
        frail.target,
        environment="local",
        hash_password=no_hash,
        steps=CORE,
        options=RunOptions(batch=5, patience_s=0.5, terms=SHORT.terms),
    ):
        if isinstance(event, StepProgress) and end is None:
            frail.kill()
        end = event if isinstance(event, RunEnded | StepProgress) else end
    assert isinstance(end, RunEnded)
    assert end.reason is Stop.UNREACHABLE
    assert "does not answer" in end.error
    frail.come_back()
    assert applied(frail.target, options=RunOptions(wait_s=60)).reason is Stop.DONE
    ended = last(rollback(frail.target, skip_irreversible=True), RunEnded)
    assert ended.reason is Stop.DONE
