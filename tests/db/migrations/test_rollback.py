"""Rolling back: exactly what was before, but for what others have changed since."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from desktop_app.db.migrations.events import Outcome, RunEnded, StepProgress, Stop
from desktop_app.db.migrations.plan_data import IndexAction
from desktop_app.db.migrations.rollback import rollback, rollback_plan
from desktop_app.db.migrations.run import RunOptions
from desktop_app.db.migrations.server import Target
from desktop_app.db.setup import ensure_schema
from tests.db.migrations.databases import (
    WHOLE,
    applied,
    last,
    old_database,
    planned,
    platform_content,
    prepared,
)

Documents = Database[dict[str, Any]]


def rolled_back(target: Target, only: set[str] | None = None, **options: Any) -> RunEnded:
    return last(rollback(target, only, **options), RunEnded)


def test_everything_is_as_it_was(target: Target, database: Documents) -> None:
    old_database(database)
    database["users"].update_many({}, {"$unset": {"password": ""}})
    database.command("collMod", "users", validator={"name": {"$exists": True}})
    before = platform_content(database)
    prepared(target)
    assert platform_content(database) != before
    ended = rolled_back(target)
    assert ended.reason is Stop.DONE
    assert platform_content(database) == before
    assert applied(target).reason is Stop.DONE
    assert planned(target).up_to_date


def test_an_empty_database_is_empty_again(target: Target, database: Documents) -> None:
    prepared(target)
    assert rolled_back(target).reason is Stop.DONE
    assert platform_content(database) == {}


def test_what_cannot_be_undone_is_said_before_and_refused(
    target: Target, database: Documents
) -> None:
    old_database(database)
    prepared(target)
    lasting = [step.id for step in rollback_plan(target) if not step.reversible]
    assert lasting == ["data:0004-users-clear-passwords"]
    before = platform_content(database)
    ended = rolled_back(target)
    assert ended.reason is Stop.REFUSED
    assert "0004-users-clear-passwords" in ended.error
    assert platform_content(database) == before
    ended = rolled_back(target, skip_irreversible=True)
    assert ended.reason is Stop.DONE
    assert [step.step for step in ended.steps if step.outcome is Outcome.NOT_RUN] == lasting
    assert database["users"].find_one({"password": {"$exists": True}}) is None


def test_one_step_alone(target: Target, database: Documents) -> None:
    old_database(database)
    prepared(target)
    ended = rolled_back(target, {"indexes:users"})
    assert [step.outcome for step in ended.steps] == [Outcome.ROLLED_BACK]
    assert set(database["users"].index_information()) == {"_id_", "email_1"}
    plan = planned(target)
    assert [step.id for step in plan.pending] == ["indexes:users"]
    assert not plan.drifted


def test_documents_that_were_changed_since_are_left_alone(
    target: Target, database: Documents
) -> None:
    old_database(database)
    prepared(target)
    database["users"].update_one({"_id": "사용자-000"}, {"$set": {"is_active": False}})
    database["users"].delete_one({"_id": "사용자-001"})
    ended = rolled_back(target, {"data:0003-users-defaults"})
    (step,) = ended.steps
    assert (step.changed, step.kept) == (23, 2)
    changed = database["users"].find_one({"_id": "사용자-000"})
    assert changed is not None
    assert changed["is_active"] is False
    assert "profile" in changed
    other = database["users"].find_one({"_id": "사용자-002"})
    assert other is not None
    assert "profile" not in other


def test_initial_data_that_somebody_uses_stays(target: Target, database: Documents) -> None:
    prepared(target)
    database["users"].update_one({"login_id": "admin"}, {"$set": {"name": "홍길동"}})
    (step,) = rolled_back(target, {"seeds"}).steps
    assert (step.changed, step.kept) == (7, 1)
    assert [user["login_id"] for user in database["users"].find()] == ["admin"]


def test_a_collection_with_documents_is_not_dropped(target: Target, database: Documents) -> None:
    prepared(target)
    database["files"].insert_one({"_id": "f"}, bypass_document_validation=True)
    (step,) = rolled_back(target, {"collection:files"}).steps
    assert (step.changed, step.kept) == (0, 1)
    assert database["files"].find_one() == {"_id": "f"}


def test_what_the_migration_found_in_place_is_not_its_to_undo(
    target: Target, database: Documents
) -> None:
    ensure_schema(database)
    before = platform_content(database)
    prepared(target, steps=WHOLE)
    assert [step.id for step in rollback_plan(target)] == ["seeds"]
    rolled_back(target)
    assert platform_content(database) == before


def test_unknown_steps_are_refused(target: Target) -> None:
    prepared(target)
    assert "unknown_step" in rolled_back(target, {"data:nonsense"}).error
    rolled_back(target, {"seeds"})
    assert "not_applied" in rolled_back(target, {"seeds"}).error


def test_a_rollback_that_was_cut_short_goes_on(target: Target, database: Documents) -> None:
    old_database(database)
    database["users"].update_many({}, {"$unset": {"password": ""}})
    before = platform_content(database)
    prepared(target)
    running = rollback(target, options=RunOptions(batch=4))
    for event in running:
        if isinstance(event, StepProgress) and event.step == "data:0002-stamps-users":
            break
    running.close()  # type: ignore[attr-defined]
    assert rolled_back(target).reason is Stop.DONE
    assert platform_content(database) == before


def test_an_index_that_was_replaced_comes_back_as_it_was(
    target: Target, database: Documents
) -> None:
    database["projects"].create_index(
        [("name", "text"), ("owner", 1)], weights={"name": 5}, default_language="none"
    )
    database["users"].create_index(
        [("email", 1)], name="mail", sparse=True, expireAfterSeconds=3600
    )
    before = platform_content(database)
    plan = planned(target)
    assert [index.action for index in plan.step("indexes:projects").indexes].count(
        IndexAction.REPLACE
    ) == 1
    prepared(target)
    assert rolled_back(target).reason is Stop.DONE
    assert platform_content(database) == before
