"""The initial data: complete, never over what is there, and careful in production."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from desktop_app.core.business_number import problem_code
from desktop_app.db.seeds import seed
from desktop_app.db.setup import ensure_schema

Documents = Database[dict[str, Any]]


def plain(password: str) -> str:
    return f"hash of {password}"


@pytest.fixture
def database(_mongo_client: MongoClient[dict[str, Any]], database_name: str) -> Documents:
    database = _mongo_client[database_name]
    ensure_schema(database)
    return database


def test_local_data_is_that_of_the_document(database: Documents) -> None:
    result = seed(database, "local", plain)
    assert result.created == 8
    assert result.admin_password is None
    users = {user["login_id"]: user for user in database["users"].find()}
    assert {login: user["role"] for login, user in users.items()} == {
        "admin": "admin",
        "manager1": "manager",
        "evaluator1": "evaluator",
        "secretary1": "secretary",
    }
    assert users["admin"]["password_hash"] == "hash of admin123!"
    assert users["manager1"]["password_hash"] == "hash of test123!"
    companies = {c["_id"]: c for c in database["companies"].find()}
    assert {c["name"]: c["business_number"] for c in companies.values()} == {
        "시스템 회사": "000-00-00000",
        "테스트 회사": "111-11-11111",
    }
    assert all(problem_code(c["business_number"]) is None for c in companies.values())
    assert companies[users["manager1"]["company_id"]]["name"] == "테스트 회사"
    templates = {
        t["name"]: [(c["name"], c["weight"]) for c in t["criteria"]]
        for t in database["templates"].find()
    }
    assert templates == {
        "기본 평가 템플릿": [
            ("품질", 30),
            ("효율성", 25),
            ("창의성", 20),
            ("소통", 15),
            ("팀워크", 10),
        ],
        "AI 모델 평가 템플릿": [
            ("정확도", 40),
            ("성능", 30),
            ("견고성", 20),
            ("해석가능성", 10),
        ],
    }


def test_second_seeding_creates_nothing_and_changes_nothing(database: Documents) -> None:
    seed(database, "local", plain)
    database["users"].update_one({"login_id": "admin"}, {"$set": {"password_hash": "mine"}})
    database["companies"].update_one({"_id": "company-test"}, {"$set": {"name": "바뀐 이름"}})
    before = list(database["users"].find()) + list(database["companies"].find())
    assert seed(database, "local", plain).created == 0
    assert list(database["users"].find()) + list(database["companies"].find()) == before


@pytest.mark.parametrize("environment", ["local", "production"])
def test_what_was_removed_does_not_come_back(database: Documents, environment: str) -> None:
    seed(database, environment, plain)
    database["users"].delete_many({"login_id": {"$ne": "admin"}})
    database["companies"].delete_one({"_id": "company-test"})
    database["templates"].delete_many({})
    assert seed(database, environment, plain).created == 0
    assert database["users"].count_documents({}) == 1
    assert database["templates"].count_documents({}) == 0


def test_known_password_does_not_come_back_with_another_administrator_in_place(
    database: Documents,
) -> None:
    seed(database, "local", plain)
    database["users"].update_one({"login_id": "manager1"}, {"$set": {"role": "admin"}})
    database["users"].delete_one({"login_id": "admin"})
    seed(database, "local", plain)
    assert database["users"].find_one({"login_id": "admin"}) is None


def test_a_seeding_cut_short_is_completed(database: Documents) -> None:
    def interrupted(_password: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed(database, "local", interrupted)
    assert seed(database, "local", plain).created == 4
    assert database["users"].count_documents({}) == 4


def test_production_gets_no_test_users_and_a_password_of_its_own(database: Documents) -> None:
    result = seed(database, "production", plain)
    users = list(database["users"].find())
    assert [user["login_id"] for user in users] == ["admin"]
    assert result.admin_password is not None
    assert len(result.admin_password) >= 20
    assert users[0]["password_hash"] == plain(result.admin_password)
    assert users[0]["must_change_password"] is True
    assert seed(database, "production", plain).admin_password is None
