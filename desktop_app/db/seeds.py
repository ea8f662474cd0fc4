"""Initial data (SYSTEM.md §2): put in once, never over what is there.

The administrator comes last: once there is one, the data was complete, and what is missing since
was removed by somebody. It must not come back, least of all an account with a known password.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from desktop_app.core.users import Role

PRODUCTION = "production"
ADMIN_ID = "user-admin"
SYSTEM_COMPANY_ID = "company-system"
TEST_COMPANY_ID = "company-test"
ADMIN_PASSWORD = "admin123!"  # noqa: S105  the document's, for local and staging only
TEST_PASSWORD = "test123!"  # noqa: S105  the document's, for local and staging only


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What seeding did: how many documents it made, and the password it made up, if any.

    ``admin_password`` is set only when a production administrator was created just now: it is
    shown once and kept nowhere.
    """

    created: int
    admin_password: str | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """A document of the initial data that is not there yet."""

    collection: str
    id: str
    name: str


_TEMPLATES: tuple[tuple[str, str, str, tuple[tuple[str, str, int], ...]], ...] = (
    (
        "template-basic",
        "기본 평가 템플릿",
        "기본",
        (
            ("quality", "품질", 30),
            ("efficiency", "효율성", 25),
            ("creativity", "창의성", 20),
            ("communication", "소통", 15),
            ("teamwork", "팀워크", 10),
        ),
    ),
    (
        "template-ai-model",
        "AI 모델 평가 템플릿",
        "AI 모델",
        (
            ("accuracy", "정확도", 40),
            ("performance", "성능", 30),
            ("robustness", "견고성", 20),
            ("interpretability", "해석가능성", 10),
        ),
    ),
)

_TEST_USERS = (
    ("user-manager1", "manager1", "테스트 관리자", Role.MANAGER),
    ("user-evaluator1", "evaluator1", "테스트 평가자", Role.EVALUATOR),
    ("user-secretary1", "secretary1", "테스트 간사", Role.SECRETARY),
)


def seed(
    database: Database[dict[str, Any]],
    environment: str,
    hash_password: Callable[[str], str],
    now: datetime | None = None,
) -> SeedResult:
    """Insert the initial data into a database without an administrator.

    ``environment`` is "local", "staging" or "production". Production gets no test users, and its
    administrator a generated password to be changed at the first sign-in. A seeding that was cut
    short is completed by the next one.
    """
    if _complete(database):
        return SeedResult(created=0)
    at = (now or datetime.now(UTC)).replace(microsecond=0)
    production = environment == PRODUCTION
    created = sum(_insert(database, "companies", company) for company in _companies(at))
    created += sum(_insert(database, "templates", template) for template in _templates(at))
    *users, admin = _users(production, at)
    password = secrets.token_urlsafe(18) if production else ADMIN_PASSWORD
    passwords = [*(TEST_PASSWORD for _ in users), password]
    with ThreadPoolExecutor(len(passwords), "seeds") as pool:  # each takes its time, by intention
        hashes = list(pool.map(hash_password, passwords))
    made = [
        _insert(database, "users", {**user, "password_hash": encoded})
        for user, encoded in zip([*users, admin], hashes, strict=True)
    ]
    generated = password if production and made[-1] else None
    return SeedResult(created=created + sum(made), admin_password=generated)


def pending(
    database: Database[dict[str, Any]], environment: str, limit_ms: int | None = None
) -> tuple[Seed, ...]:
    """What ``seed`` would insert, in its order; reads only.

    A document is left out where its id or a unique value of it is taken. Raises
    ``ExecutionTimeout`` where a question takes longer than ``limit_ms``.
    """
    at = datetime.now(UTC)
    users = _users(environment == PRODUCTION, at)
    # The administrator is asked for along with them: users may be many, and not indexed yet.
    taken = list(_taken(database, "users", "login_id", users, limit_ms, role=Role.ADMIN.value))
    if any(entry.get("role") == Role.ADMIN.value for entry in taken):
        return ()
    found = [
        *_absent(database, "companies", "name", _companies(at), limit_ms),
        *_absent(database, "templates", "_id", _templates(at), limit_ms),
    ]
    logins, ids = {entry.get("login_id") for entry in taken}, {entry["_id"] for entry in taken}
    missing = [one for one in users if one["_id"] not in ids and one["login_id"] not in logins]
    return tuple(
        Seed(collection, str(document["_id"]), str(document.get("login_id", document["name"])))
        for collection, document in [*found, *(("users", user) for user in missing)]
    )


def _absent(
    database: Database[dict[str, Any]],
    collection: str,
    unique: str,
    documents: list[dict[str, Any]],
    limit_ms: int | None,
) -> list[tuple[str, dict[str, Any]]]:
    """Those of which neither the id nor the unique value is there."""
    taken = list(_taken(database, collection, unique, documents, limit_ms))
    ids, values = {entry["_id"] for entry in taken}, {entry.get(unique) for entry in taken}
    return [
        (collection, one)
        for one in documents
        if one["_id"] not in ids and one[unique] not in values
    ]


def _taken(
    database: Database[dict[str, Any]],
    collection: str,
    unique: str,
    documents: list[dict[str, Any]],
    limit_ms: int | None,
    **also: str,
) -> Iterator[dict[str, Any]]:
    """The documents that are in the way of ``documents``, or hold what ``also`` names."""
    either: list[dict[str, Any]] = [
        {"_id": {"$in": [one["_id"] for one in documents]}},
        {unique: {"$in": [one[unique] for one in documents]}},
        *({field: value} for field, value in also.items()),
    ]
    fields = dict.fromkeys((unique, *also), 1)
    yield from database[collection].find({"$or": either}, fields, max_time_ms=limit_ms)


def _complete(database: Database[dict[str, Any]]) -> bool:
    """Whether there is an administrator: then the data was complete once."""
    return database["users"].find_one({"role": Role.ADMIN.value}, {"_id": 1}) is not None


def _users(production: bool, at: datetime) -> list[dict[str, Any]]:
    """The users without their passwords; the administrator comes last."""
    tests = [] if production else [_user(*row, TEST_COMPANY_ID, at) for row in _TEST_USERS]
    admin = _user(ADMIN_ID, "admin", "시스템 관리자", Role.ADMIN, SYSTEM_COMPANY_ID, at)
    return [*tests, {**admin, "must_change_password": production}]


def _insert(database: Database[dict[str, Any]], collection: str, document: dict[str, Any]) -> int:
    """1 when ``document`` is new; 0 when its id or a unique value is there already."""
    try:
        database[collection].insert_one(document)
    except DuplicateKeyError:
        return 0
    return 1


def _stamps(at: datetime) -> dict[str, Any]:
    return {"version": 1, "created_at": at, "updated_at": at}


def _companies(at: datetime) -> list[dict[str, Any]]:
    seeds = (
        (SYSTEM_COMPANY_ID, "시스템 회사", "000-00-00000"),
        (TEST_COMPANY_ID, "테스트 회사", "111-11-11111"),
    )
    return [
        {
            "_id": id_,
            "name": name,
            "business_number": number,
            "address": None,
            "contact_email": None,
            "contact_phone": None,
            "is_active": True,
            "settings": {"max_users": 100, "max_projects": 50, "storage_limit_gb": 10},
            **_stamps(at),
        }
        for id_, name, number in seeds
    ]


def _templates(at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "_id": id_,
            "name": name,
            "description": None,
            "company_id": None,  # shared by all companies
            "category": category,
            "criteria": [
                {
                    "id": key,
                    "name": title,
                    "description": None,
                    "weight": weight,
                    "max_score": 100,
                    "step": 1,
                    "guide": None,
                }
                for key, title, weight in criteria
            ],
            "is_active": True,
            "created_by": ADMIN_ID,
            "revision": 1,
            **_stamps(at),
        }
        for id_, name, category, criteria in _TEMPLATES
    ]


def _user(
    id_: str, login_id: str, name: str, role: Role, company_id: str, at: datetime
) -> dict[str, Any]:
    return {
        "_id": id_,
        "login_id": login_id,
        "name": name,
        "email": f"{login_id}@example.com",
        "password_hash": None,
        "role": role.value,
        "company_id": company_id,
        "is_active": True,
        "last_login": None,
        "login_attempts": 0,
        "locked_until": None,
        "must_change_password": False,
        "session_epoch": 0,
        "profile": {"phone": None, "department": None, "position": None},
        **_stamps(at),
    }
