"""Planning: complete, exact, and without a trace in the database."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.database import Database

from desktop_app.db.definitions import index_model
from desktop_app.db.migrations.counting import LISTED
from desktop_app.db.migrations.events import Obstacle
from desktop_app.db.migrations.journal import STEPS
from desktop_app.db.migrations.plan_data import IndexAction
from desktop_app.db.migrations.server import Target, connected
from desktop_app.db.migrations.steps import Kind, Standing
from desktop_app.db.schema import ALL_COLLECTIONS, COLLECTIONS, Collection, Index
from desktop_app.db.setup import ensure_schema
from desktop_app.workspace.mongod import Mongod
from tests.db.migrations.databases import (
    AT,
    WHOLE,
    applied,
    content,
    old_database,
    planned,
    prepared,
    project,
    sheet,
    user,
)

Documents = Database[dict[str, Any]]
UNIQUE = [(schema, index) for schema in ALL_COLLECTIONS for index in schema.indexes if index.unique]


def test_an_empty_database_lacks_everything(target: Target) -> None:
    plan = planned(target, steps=WHOLE)
    assert {step.collection for step in plan.pending if step.kind is Kind.COLLECTION} == {
        schema.name for schema in ALL_COLLECTIONS
    }
    created = [
        index.name
        for step in plan.pending
        for index in step.indexes
        if index.action is IndexAction.CREATE
    ]
    assert len([name for name in created if name in _core_indexes()]) == 22
    assert [seed.name for seed in plan.step("seeds").seeds] == [
        "시스템 회사",
        "테스트 회사",
        "기본 평가 템플릿",
        "AI 모델 평가 템플릿",
        "manager1",
        "evaluator1",
        "secretary1",
        "admin",
    ]
    assert not plan.blockers
    assert plan.estimate_s > 0
    assert not [step for step in plan.pending if step.kind is Kind.DATA]


def _core_indexes() -> set[str]:
    return {index.name for schema in COLLECTIONS for index in schema.indexes}


def test_production_gets_no_test_users(target: Target) -> None:
    names = [seed.name for seed in planned(target, "production").step("seeds").seeds]
    assert names[-1] == "admin"
    assert not {"manager1", "evaluator1", "secretary1"} & set(names)


def test_what_the_api_server_sets_up_is_up_to_date(target: Target, database: Documents) -> None:
    ensure_schema(database)
    plan = planned(target, steps=WHOLE)
    assert [step.id for step in plan.pending] == ["seeds"]
    assert not plan.drifted


def test_what_was_applied_is_up_to_date(target: Target) -> None:
    prepared(target, steps=WHOLE)
    plan = planned(target, steps=WHOLE)
    assert plan.up_to_date
    assert not plan.drifted
    assert plan.step("indexes:users").applied_by == "tester@here"


def test_planning_takes_the_right_to_read_and_leaves_no_trace(
    target: Target, database: Documents, mongo: Mongod
) -> None:
    old_database(database)
    before = content(database), target.client.list_database_names()
    database.command("createUser", "reader", pwd="read-only", roles=["read"])
    try:
        uri = f"mongodb://reader:read-only@127.0.0.1:{mongo.port}/?authSource={target.name}"
        with connected(uri, target.name, by="reader") as reading:
            plan = planned(reading)
    finally:
        database.command("dropUser", "reader")
    assert (content(database), target.client.list_database_names()) == before
    assert plan.step("data:0001-dates-users").documents == 25
    (blocker,) = plan.blockers
    assert blocker.obstacle is Obstacle.RIGHTS
    assert "insert" in blocker.missing
    assert "find" not in blocker.missing


def test_data_steps_are_counted(target: Target, database: Documents) -> None:
    old_database(database)
    counts = {
        step.id.removeprefix("data:"): step.documents
        for step in planned(target).pending
        if step.kind is Kind.DATA
    }
    assert counts == {
        "0001-dates-users": 25,
        "0002-stamps-users": 25,
        "0002-stamps-companies": 1,
        "0002-stamps-projects": 1,
        "0002-stamps-templates": 1,
        "0002-stamps-evaluations": 3,
        "0003-users-defaults": 25,
        "0004-users-clear-passwords": 3,
        "0005-companies-defaults": 1,
        "0006-templates-defaults": 1,
        "0007-templates-criteria": 1,
        "0008-projects-defaults": 1,
        "0009-evaluations-defaults": 3,
        "0011-projects-candidate": 1,
        "0011-projects-panel": 1,
    }
    assert not planned(target).step("data:0004-users-clear-passwords").reversible


@pytest.mark.parametrize(
    ("alter", "step", "shown"),
    [
        ("drop_index", "indexes:users", "idx_users_email"),
        ("change_index", "indexes:users", "idx_users_created_at"),
        ("weaken_validator", "collection:companies", "validationLevel"),
        ("remove_validator", "collection:companies", "validator.$jsonSchema"),
        ("drop_collection", "collection:files", ""),
    ],
)
def test_what_somebody_altered_is_drift_and_not_pending(
    target: Target, database: Documents, alter: str, step: str, shown: str
) -> None:
    prepared(target)
    if alter == "drop_index":
        database["users"].drop_index("idx_users_email")
    elif alter == "change_index":
        database["users"].drop_index("idx_users_created_at")
        database["users"].create_index([("created_at", 1)], name="idx_users_created_at")
    elif alter == "weaken_validator":
        database.command("collMod", "companies", validationLevel="moderate")
    elif alter == "remove_validator":
        database.command("collMod", "companies", validator={})
    else:
        database.drop_collection("files")
    plan = planned(target)
    assert step in [one.id for one in plan.drifted]
    drifted = plan.step(step)
    places = [one.path for one in drifted.differences]
    places += [one.name for one in drifted.indexes if one.standing is Standing.DRIFTED]
    assert not shown or any(place.startswith(shown) for place in places)
    assert applied(target).reason == "done"
    assert planned(target).up_to_date


def test_documents_of_the_old_kind_that_came_since_are_drift(
    target: Target, database: Documents
) -> None:
    prepared(target)
    old = {key: value for key, value in user("late").items() if key != "version"}
    database["users"].insert_one(old, bypass_document_validation=True)
    plan = planned(target)
    assert [step.id for step in plan.drifted] == ["data:0002-stamps-users"]
    assert plan.step("data:0002-stamps-users").documents == 1


def test_a_data_step_that_reads_otherwise_now_is_refused_with_the_difference(
    target: Target, database: Documents
) -> None:
    prepared(target)
    changed = {"checksum": "0" * 64, "definition": '{"where":{"is_active":null}}'}
    database[STEPS].update_one({"_id": "data:0003-users-defaults"}, {"$set": changed})
    (blocker,) = planned(target).blockers
    assert blocker.obstacle is Obstacle.CHANGED_STEP
    assert blocker.step == "data:0003-users-defaults"
    assert "where.is_active" in [difference.path for difference in blocker.differences]
    ended = applied(target)
    assert ended.reason == "blocked"
    assert ended.blockers == (blocker,)


def test_a_database_of_a_newer_version_is_refused(target: Target, database: Documents) -> None:
    prepared(target)
    newer = database[STEPS].find_one({"_id": "data:0003-users-defaults"})
    assert newer is not None
    database[STEPS].insert_one({**newer, "_id": "data:9999-from-the-future"})
    (blocker,) = planned(target).blockers
    assert blocker.obstacle is Obstacle.NEWER
    assert applied(target).reason == "blocked"


@pytest.mark.parametrize(("schema", "index"), UNIQUE, ids=lambda one: one.name)
def test_duplicates_that_a_unique_index_would_refuse_are_named(
    target: Target, database: Documents, schema: Collection, index: Index
) -> None:
    unique = [key for one in schema.indexes if one.unique for key, _direction in one.keys]
    same = dict.fromkeys((key for key, _direction in index.keys), "같은 값")
    documents = [{"_id": f"d{n}", **{key: f"{key}-{n}" for key in unique}} for n in range(4)]
    database[schema.name].insert_many([{**one, **same} for one in documents[:3]] + documents[3:])
    (blocker,) = planned(target, steps=WHOLE).blockers
    assert (blocker.obstacle, blocker.index) == (Obstacle.DUPLICATES, index.name)
    assert blocker.count == 1
    assert [offender.id for offender in blocker.offenders] == ["d0", "d1", "d2"]
    assert blocker.offenders[0].detail["also"] == ["d1", "d2"]
    before = content(database)
    ended = applied(target, steps=WHOLE)
    assert ended.reason == "blocked"
    assert ended.blockers == (blocker,)
    ours = content(database)
    assert {name: ours[name] for name in before} == before


def test_what_a_unique_index_holds_as_null_is_a_duplicate_too(
    target: Target, database: Documents
) -> None:
    database["companies"].insert_many([{"_id": "a"}, {"_id": "b", "name": None}])
    (blocker,) = planned(target).blockers
    assert [offender.id for offender in blocker.offenders] == ["a", "b"]


VIOLATING: dict[str, dict[str, Any]] = {
    "users": user("bad", email="no address"),
    "companies": {"_id": "bad", "name": ""},
    "projects": project("bad", status="unknown"),
    "templates": {"_id": "bad", "name": "n", "criteria": []},
    "evaluations": sheet("bad", total_score=100.5),
    "files": {"_id": "bad", "file_name": "n", "size": -1, "file_hash": "x"},
}


@pytest.mark.parametrize("schema", ALL_COLLECTIONS, ids=lambda one: one.name)
def test_documents_that_would_violate_a_validator_are_counted_and_named(
    target: Target, database: Documents, schema: Collection
) -> None:
    database[schema.name].insert_one(VIOLATING.get(schema.name, {"_id": "bad", "user_id": 5}))
    step = planned(target, steps=WHOLE).step(f"collection:{schema.name}")
    assert step.action == "change"
    assert step.violations is not None
    assert step.violations.count == 1
    (offender,) = step.violations.offenders
    assert offender.id == "bad"
    assert offender.detail


def test_violations_are_those_that_remain_after_the_data_steps(
    target: Target, database: Documents
) -> None:
    old_database(database)
    plan = planned(target)
    assert plan.violations == 0
    database["users"].update_one({"_id": "사용자-001"}, {"$set": {"role": "boss"}})
    (offender,) = planned(target).step("collection:users").violations.offenders  # type: ignore[union-attr]
    assert (offender.id, offender.detail) == ("사용자-001", {"role": "boss"})


def test_more_than_a_hundred_offenders_are_all_counted(target: Target, database: Documents) -> None:
    database["users"].insert_many([user(f"u{n:03}", role="boss") for n in range(LISTED + 20)])
    violations = planned(target).step("collection:users").violations
    assert violations is not None
    assert (violations.count, len(violations.offenders)) == (LISTED + 20, LISTED)


def test_indexes_of_others_stay_and_are_told_of(target: Target, database: Documents) -> None:
    prepared(target)
    database["users"].create_index([("role", 1)], name="by_role")
    database["users"].create_index([("name", 1)], name="by_name")
    plan = planned(target)
    others = {
        index.name: index.redundant_to
        for index in plan.step("indexes:users").indexes
        if index.action is IndexAction.LEAVE
    }
    assert others == {"by_role": "idx_users_role_company", "by_name": ""}
    assert plan.up_to_date


@pytest.mark.parametrize(
    ("keys", "options", "index"),
    [
        ([("login_id", 1)], {}, "idx_users_login_id"),
        ([("email", 1)], {"unique": True, "name": "mail"}, "idx_users_email"),
        ([("created_at", 1)], {"name": "idx_users_created_at"}, "idx_users_created_at"),
    ],
)
def test_an_index_in_the_way_is_replaced(
    target: Target, database: Documents, keys: Any, options: dict[str, Any], index: str
) -> None:
    name = database["users"].create_index(keys, **options)
    (plan,) = [one for one in planned(target).step("indexes:users").indexes if one.name == index]
    assert (plan.action, plan.replaces) == (IndexAction.REPLACE, (name,))
    prepared(target)
    assert planned(target).up_to_date


def test_another_text_index_is_in_the_way(target: Target, database: Documents) -> None:
    database["projects"].create_index([("name", "text")], default_language="none")
    plan = planned(target).step("indexes:projects")
    (text,) = [one for one in plan.indexes if one.name == "idx_projects_text_search"]
    assert text.replaces == ("name_text",)
    prepared(target)
    assert planned(target).up_to_date


def test_an_index_that_an_old_shell_wrote_is_as_declared(
    target: Target, database: Documents
) -> None:
    model = index_model(COLLECTIONS[0].indexes[3])
    database.command(
        "createIndexes",
        "users",
        indexes=[{"key": {"created_at": -1.0}, "name": model.document["name"]}],
    )
    (plan,) = [
        one
        for one in planned(target).step("indexes:users").indexes
        if one.name == "idx_users_created_at"
    ]
    assert plan.action is IndexAction.NONE


def test_a_view_in_the_place_of_a_collection_blocks(target: Target, database: Documents) -> None:
    database.create_collection("files", viewOn="users", pipeline=[])
    (blocker,) = planned(target).blockers
    assert (blocker.obstacle, blocker.collection) == (Obstacle.NO_COLLECTION, "files")


def test_without_time_to_count_it_says_what_is_not_counted(
    target: Target, database: Documents
) -> None:
    old_database(database)
    plan = planned(target, budget_s=0.0)
    assert "data:users" in plan.uncounted
    assert "duplicates:users:idx_users_email" in plan.uncounted
    step = plan.step("data:0002-stamps-users")
    assert (step.action, step.documents_exact) == ("convert", False)
    assert not planned(target).uncounted


def test_collections_of_others_are_told_of(target: Target, database: Documents) -> None:
    database["남의 것/x.y -1"].insert_one({"_id": 1})
    database["fs.files"].insert_one({"_id": 1})
    assert planned(target).other_collections == ("남의 것/x.y -1",)


def test_dates_are_the_servers(target: Target) -> None:
    plan = planned(target)
    assert plan.at > AT
    assert plan.server.transactions
    assert plan.server.snapshots
    assert "evalconsole_admin" not in plan.server.address
