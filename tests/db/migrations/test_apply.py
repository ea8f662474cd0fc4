"""Applying: what comes of it, beside others who use or migrate the database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database

from desktop_app.core.audit_chain import Verifier
from desktop_app.core.errors import ConsoleError
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.apply import BackupProof, apply
from desktop_app.db.migrations.events import (
    Event,
    LeaseAwaited,
    Obstacle,
    Outcome,
    RunEnded,
    RunStarted,
    SecretMade,
    StepEnded,
    StepProgress,
    StepStarted,
    Stop,
)
from desktop_app.db.migrations.journal import LEASE, Journal, success_rate
from desktop_app.db.migrations.lease import Lease, LeaseTerms, break_lease, held_by
from desktop_app.db.migrations.run import RunOptions
from desktop_app.db.migrations.server import Target, connected, target_of
from desktop_app.db.setup import ensure_schema
from desktop_app.workspace.mongod import Mongod
from tests.db.migrations.databases import (
    AT,
    CORE,
    WHOLE,
    applied,
    content,
    last,
    no_hash,
    old_database,
    planned,
    platform_content,
    prepared,
    user,
)

Documents = Database[dict[str, Any]]
QUICK = LeaseTerms(lasts_s=30, renew_s=5, look_s=0.05)


def events(target: Target, environment: str = "local", **options: Any) -> Iterator[Event]:
    return apply(target, environment=environment, hash_password=no_hash, steps=CORE, **options)


def test_an_old_database_becomes_a_new_one(target: Target, database: Documents) -> None:
    old_database(database)
    ended = applied(target)
    assert ended.reason is Stop.DONE
    assert not ended.count(Outcome.FAILED)
    first = database["users"].find_one({"_id": "사용자-000"})
    assert first == {
        "_id": "사용자-000",
        "login_id": "user000",
        "name": "김평가",
        "email": "user000@example.com",
        "role": "evaluator",
        "company_id": "c1",
        "created_at": AT,
        "updated_at": AT,
        "version": 1,
        "is_active": True,
        "login_attempts": 0,
        "session_epoch": 0,
        "must_change_password": False,
        "profile": {"phone": None, "department": None, "position": None},
    }
    assert database["users"].find_one({"_id": "사용자-001"}, {"version": 1})["version"] == 7  # type: ignore[index]
    template = database["templates"].find_one({"_id": "t1"})
    assert template is not None
    assert [(one["id"], one["max_score"]) for one in template["criteria"]] == [
        ("criterion-1", 100),
        ("criterion-2", 100),
    ]
    project = database["projects"].find_one({"_id": "p1"})
    assert project is not None
    assert project["status"] == "draft"
    assert project["candidate_ids"] == ["c1"]
    assert project["panel_ids"] == ["사용자-000", "사용자-001", "사용자-002"]
    assert [one["status"] for one in database["evaluations"].find().sort("_id", 1)] == [
        "assigned",
        "submitted",
        "submitted",
    ]
    assert database["users"].count_documents({"role": "admin"}) == 1
    assert planned(target).up_to_date


def test_it_makes_what_the_api_server_makes(target: Target, database: Documents) -> None:
    other = target.client[f"{target.name}_api"]
    try:
        ensure_schema(other)
        prepared(target, steps=WHOLE)
        ours, theirs = platform_content(database), content(other)
        for name in theirs:
            for part in ("options", "indexes"):
                wanted, got = theirs[name][part], content(database)[name][part]
                assert got == wanted, (name, part)
        assert set(ours) <= set(theirs)
    finally:
        target.client.drop_database(other.name)


def test_what_is_there_is_never_overwritten(target: Target, database: Documents) -> None:
    database["companies"].insert_one({"_id": "company-test", "name": "우리 회사"})
    database["users"].insert_one(user("user-manager1", login_id="manager1", name="진짜 관리자"))
    prepared(target)
    company = database["companies"].find_one({"_id": "company-test"})
    assert company is not None
    assert company["name"] == "우리 회사"
    manager = database["users"].find_one({"login_id": "manager1"})
    assert manager is not None
    assert manager["name"] == "진짜 관리자"


def test_progress_tells_speed_time_left_and_how_the_server_is(
    target: Target, database: Documents
) -> None:
    old_database(database)
    seen = list(events(target, options=RunOptions(batch=5)))
    batches = [
        event
        for event in seen
        if isinstance(event, StepProgress) and event.step == "data:0001-dates-users"
    ]
    assert [(event.done, event.total) for event in batches] == [(n, 25) for n in range(5, 26, 5)]
    assert all(event.per_s > 0 and event.ping_ms for event in batches)
    assert batches[-1].left_s == 0
    started = [event.step for event in seen if isinstance(event, StepStarted)]
    ended = [
        event.step
        for event in seen
        if isinstance(event, StepEnded) and event.outcome is Outcome.APPLIED
    ]
    assert set(started) == set(ended)


def test_a_second_time_there_is_nothing_to_do(target: Target, database: Documents) -> None:
    old_database(database)
    prepared(target)
    before = platform_content(database)
    ended = applied(target)
    assert {step.outcome for step in ended.steps} == {Outcome.IN_PLACE}
    assert platform_content(database) == before


def test_without_rights_nothing_is_begun(
    target: Target, database: Documents, mongo: Mongod
) -> None:
    old_database(database)
    before = content(database)
    database.command("createUser", "reader", pwd="read-only", roles=["read"])
    try:
        uri = f"mongodb://reader:read-only@127.0.0.1:{mongo.port}/?authSource={target.name}"
        with connected(uri, target.name) as reading:
            ended = applied(reading)
    finally:
        database.command("dropUser", "reader")
    assert ended.reason is Stop.BLOCKED
    assert ended.blockers[0].obstacle is Obstacle.RIGHTS
    assert content(database) == before


def test_a_wrong_password_is_said(mongo: Mongod) -> None:
    uri = f"mongodb://somebody:wrong-secret@127.0.0.1:{mongo.port}/?authSource=admin"
    with pytest.raises(ConsoleError) as raised, connected(uri, "x"):
        pass
    assert "Authentication failed" in str(raised.value)
    assert "wrong-secret" not in str(raised.value)


@pytest.mark.parametrize("name", ["has space", "a.b", "a/b", "a$b"])
def test_a_name_that_cannot_be_is_said(mongo: Mongod, name: str) -> None:
    with pytest.raises(ConsoleError, match="cannot be the name"), connected(mongo.uri, name):
        pass


def test_names_with_korean_and_odd_characters(mongo: Mongod) -> None:
    name = "평가-DB_①'%"
    with connected(mongo.uri, name, by="김철수 <kim@회사>") as target:
        try:
            target.database["한글 모음/①"].insert_one({"_id": "가'\"\\"})
            prepared(target)
            assert planned(target).up_to_date
        finally:
            target.client.drop_database(name)


# Others


def test_somebody_else_migrating_is_named(target: Target, database: Documents) -> None:
    holder = Lease(target_of(target.client, target.name, "김철수@사무실"), "r1", "apply", QUICK)
    holder.take()
    ended = applied(target)
    assert ended.reason is Stop.LEASE_HELD
    assert ended.holder is not None
    assert (ended.holder.by, ended.holder.run_id) == ("김철수@사무실", "r1")
    assert platform_content(database) == {}


def test_a_run_that_waits_goes_on_when_the_other_is_done(target: Target) -> None:
    holder = Lease(target, "r1", "apply", QUICK)
    holder.take()
    running = events(target, options=RunOptions(wait_s=30, terms=QUICK))
    first = next(running)
    assert isinstance(first, LeaseAwaited)
    assert first.holder.run_id == "r1"
    holder.give_back()
    assert last(running, RunEnded).reason is Stop.DONE


def test_two_runners_at_once_do_everything_once(target: Target, database: Documents) -> None:
    old_database(database)
    options = RunOptions(wait_s=60, terms=QUICK, batch=5)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: applied(target, options=options), range(2))
    assert (first.reason, second.reason) == (Stop.DONE, Stop.DONE)
    both = [step.step for end in (first, second) for step in end.steps if step.changed]
    assert len(both) == len(set(both)), "nothing was done twice"
    assert planned(target).up_to_date
    runs = Journal(database).runs()
    assert [run.outcome for run in runs] == [Stop.DONE, Stop.DONE]
    assert runs[1].ended_at is not None
    assert runs[1].ended_at <= runs[0].started_at


def test_a_lease_that_expired_is_taken_over(target: Target, database: Documents) -> None:
    Lease(target, "dead", "apply", QUICK).take()
    database[LEASE].update_one(
        {"_id": "lease"}, [{"$set": {"expires_at": {"$subtract": ["$$NOW", 1]}}}]
    )
    assert held_by(database) is None
    seen = list(events(target))
    (started,) = [event for event in seen if isinstance(event, RunStarted)]
    assert started.took_over is not None
    assert started.took_over.run_id == "dead"


def test_a_live_run_keeps_its_lease_alive(target: Target, database: Documents) -> None:
    old_database(database)
    terms = LeaseTerms(lasts_s=30, renew_s=0, look_s=0.05)
    running = events(target, options=RunOptions(terms=terms, batch=5))
    expiries = []
    for event in running:
        if isinstance(event, StepProgress):
            holder = held_by(database)
            assert holder is not None
            expiries.append(holder.expires_at)
    assert expiries == sorted(expiries)
    assert expiries[-1] > expiries[0]
    assert held_by(database) is None


def test_a_run_whose_lease_was_broken_stops_writing(target: Target, database: Documents) -> None:
    old_database(database)
    terms = LeaseTerms(lasts_s=30, renew_s=0, look_s=0.05)
    running = events(target, options=RunOptions(terms=terms, batch=5))
    for event in running:
        if isinstance(event, StepProgress):
            break
    holder = held_by(database)
    assert holder is not None
    break_lease(target_of(target.client, target.name, "boss@here"), holder.run_id)
    before = database["users"].count_documents({"created_at": {"$type": "date"}})
    ended = last(running, RunEnded)
    assert ended.reason is Stop.LEASE_LOST
    assert database["users"].count_documents({"created_at": {"$type": "date"}}) == before
    entry = database["audit_log"].find_one({"operation": "migrations.break_lease"})
    assert entry is not None
    assert (entry["actor"], entry["target_id"]) == ("boss@here", holder.run_id)
    assert applied(target).reason is Stop.DONE


def test_only_the_run_that_was_named_loses_its_lease(target: Target) -> None:
    Lease(target, "r1", "apply", QUICK).take()
    with pytest.raises(ConsoleError, match="does not hold"):
        break_lease(target, "another")
    assert held_by(target.database) is not None


def test_cancelling_between_batches_keeps_what_is_done(target: Target, database: Documents) -> None:
    old_database(database)
    context = TaskContext()
    seen: list[Event] = []
    for event in events(target, options=RunOptions(batch=5), context=context):
        seen.append(event)
        if isinstance(event, StepProgress):
            context.cancel()
    end = seen[-1]
    assert isinstance(end, RunEnded)
    assert end.reason is Stop.CANCELLED
    assert database["users"].count_documents({"created_at": {"$type": "date"}}) == 5
    assert held_by(database) is None
    assert applied(target).reason is Stop.DONE
    assert planned(target).up_to_date


def test_a_listener_that_goes_away_gives_the_lease_back(
    target: Target, database: Documents
) -> None:
    old_database(database)
    running = events(target)
    for event in running:
        if isinstance(event, StepStarted):
            break
    running.close()  # type: ignore[attr-defined]
    assert held_by(database) is None
    assert Journal(database).runs()[0].outcome == Stop.CANCELLED


def test_duplicates_that_come_after_the_preflight_fail_the_step(
    target: Target, database: Documents
) -> None:
    old_database(database)
    ended: RunEnded | None = None
    for event in events(target):
        if isinstance(event, StepEnded) and event.step == "collection:users":
            database["users"].insert_one(
                user("late", login_id="user000"), bypass_document_validation=True
            )
        if isinstance(event, RunEnded):
            ended = event
    assert ended is not None
    assert ended.reason is Stop.FAILED
    failed = next(step for step in ended.steps if step.outcome is Outcome.FAILED)
    assert failed.step == "indexes:users"
    assert failed.blocker is not None
    assert [offender.id for offender in failed.blocker.offenders] == ["late", "사용자-000"]
    assert ended.count(Outcome.NOT_RUN) > 0
    database["users"].delete_one({"_id": "late"})
    assert applied(target).reason is Stop.DONE


# Production


def test_production_needs_a_backup(target: Target) -> None:
    now = datetime.now(UTC)
    assert applied(target, "production").reason is Stop.REFUSED
    other = BackupProof(database="another", completed_at=now)
    assert applied(target, "production", backup=other).error == "backup_of_another"
    old = BackupProof(database=target.name, completed_at=now - timedelta(hours=25))
    assert applied(target, "production", backup=old).error == "backup_too_old"


def test_production_gets_an_administrator_with_a_password_said_once(
    target: Target, database: Documents
) -> None:
    proof = BackupProof(database=target.name, completed_at=datetime.now(UTC))
    seen = list(events(target, "production", backup=proof))
    (secret,) = [event for event in seen if isinstance(event, SecretMade)]
    assert secret.password not in repr(seen)
    (admin,) = database["users"].find()
    assert admin["password_hash"] == no_hash(secret.password)
    assert admin["must_change_password"] is True
    assert not [e for e in events(target, "production") if isinstance(e, SecretMade)]


# History


def test_every_run_is_in_the_history_and_failures_count(
    target: Target, database: Documents
) -> None:
    database["companies"].insert_many([{"_id": "a", "name": "x"}, {"_id": "b", "name": "x"}])
    assert applied(target).reason is Stop.BLOCKED
    database["companies"].delete_one({"_id": "b"})
    assert applied(target).reason is Stop.DONE
    newest, oldest = Journal(database).runs()
    assert (newest.outcome, oldest.outcome) == (Stop.DONE, Stop.BLOCKED)
    assert newest.by == "tester@here"
    assert newest.ended_at is not None
    assert newest.ended_at >= newest.started_at
    assert success_rate((newest, oldest)) == 0.5


def test_a_run_that_died_is_called_interrupted(target: Target, database: Documents) -> None:
    journal = Journal(database)
    journal.start_run({"_id": "dead", "command": "apply", "by": "x", "environment": "local"})
    (run,) = journal.runs()
    assert run.outcome == "interrupted"
    assert success_rate((run,)) == 0.0


def test_runs_are_in_the_audit_trail_which_stays_whole(target: Target, database: Documents) -> None:
    prepared(target)
    applied(target)
    entries = list(database["audit_log"].find().sort("_id", 1))
    assert [entry["operation"] for entry in entries] == ["migrations.apply"] * 2
    verifier = Verifier()
    verifier.take(entries)
    head = database["audit_head"].find_one({"_id": "head"})
    assert head is not None
    verifier.finish(head["sequence"], head["hash"], entries[-1]["_id"])
    assert verifier.broken_at is None
