"""The schema as SYSTEM.md §2 lists it, put in place and kept by a real MongoDB."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, WriteError

from desktop_app.db.schema import ALL_COLLECTIONS, COLLECTIONS
from desktop_app.db.setup import ensure_schema

DOCUMENTED = """
users idx_users_login_id login_id:1 unique
users idx_users_email email:1 unique
users idx_users_role_company role:1,company_id:1
users idx_users_created_at created_at:-1
companies idx_companies_name name:1 unique
companies idx_companies_created_at created_at:-1
projects idx_projects_company_name company_id:1,name:1
projects idx_projects_status_created status:1,created_at:-1
projects idx_projects_manager manager_id:1
projects idx_projects_text_search name:text,description:text
templates idx_templates_company_name company_id:1,name:1
templates idx_templates_category_active category:1,is_active:1
templates idx_templates_created_by_date created_by:1,created_at:-1
templates idx_templates_text_search name:text,description:text
evaluations idx_evaluations_project_evaluator project_id:1,evaluator_id:1
evaluations idx_evaluations_status_submitted status:1,submitted_at:-1
evaluations idx_evaluations_company_created company_id:1,created_at:-1
evaluations idx_evaluations_total_score total_score:-1
evaluations idx_evaluations_assignment project_id:1,company_id:1,evaluator_id:1,template_id:1 unique
files idx_files_company_type company_id:1,file_type:1
files idx_files_uploaded_by_date uploaded_by:1,uploaded_at:-1
files idx_files_hash file_hash:1 unique
""".strip().splitlines()


@pytest.fixture
def database(
    _mongo_client: MongoClient[dict[str, Any]], database_name: str
) -> Database[dict[str, Any]]:
    database = _mongo_client[database_name]
    ensure_schema(database)
    return database


def test_declared_indexes_are_the_22_of_the_document() -> None:
    declared = [
        f"{c.name} {i.name} {','.join(f'{k}:{d}' for k, d in i.keys)}{' unique' * i.unique}"
        for c in COLLECTIONS
        for i in c.indexes
    ]
    assert declared == DOCUMENTED
    assert len(declared) == 22


def test_database_holds_exactly_the_declared_indexes(database: Database[dict[str, Any]]) -> None:
    assert set(database.list_collection_names()) == {c.name for c in ALL_COLLECTIONS}
    for collection in ALL_COLLECTIONS:
        found = database[collection.name].index_information()
        assert set(found) == {"_id_", *(index.name for index in collection.indexes)}
        for index in collection.indexes:
            assert found[index.name].get("unique", False) == index.unique


def test_set_up_again_changes_nothing_and_mends_a_lost_validator(
    database: Database[dict[str, Any]],
) -> None:
    before = sorted(database.list_collections(), key=lambda c: str(c["name"]))
    database.command("collMod", "users", validator={})
    database["users"].drop_index("idx_users_created_at")
    ensure_schema(database)
    ensure_schema(database)
    after = sorted(database.list_collections(), key=lambda c: str(c["name"]))
    assert before == after
    assert "idx_users_created_at" in database["users"].index_information()


def company(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    whole = {
        "_id": "c1",
        "name": "회사",
        "business_number": "123-45-67891",
        "is_active": True,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not ...}


@pytest.mark.parametrize(
    "changes",
    [
        {"_id": 5},
        {"name": ""},
        {"name": ...},
        {"business_number": "1234567891"},
        {"is_active": "yes"},
        {"version": 0},
        {"created_at": "2026-01-01"},
        {"settings": {"max_users": -1}},
    ],
)
def test_document_against_the_validator_is_refused(
    database: Database[dict[str, Any]], changes: dict[str, Any]
) -> None:
    with pytest.raises(WriteError, match="failed validation"):
        database["companies"].insert_one(company(**changes))


def test_unique_indexes_hold(database: Database[dict[str, Any]]) -> None:
    database["companies"].insert_one(company())
    with pytest.raises(DuplicateKeyError):
        database["companies"].insert_one(company(_id="c2"))
