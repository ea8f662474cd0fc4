"""Databases as tests need them: an old one in trouble, and what one holds, for comparing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from pymongo.database import Database

from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.apply import apply
from desktop_app.db.migrations.catalogue import read_catalogue
from desktop_app.db.migrations.events import Event, RunEnded, Stop
from desktop_app.db.migrations.journal import OWN_COLLECTIONS
from desktop_app.db.migrations.plan import plan
from desktop_app.db.migrations.plan_data import Plan, PlanReady
from desktop_app.db.migrations.server import Target
from desktop_app.db.migrations.steps import Migration, migration
from desktop_app.db.migrations.verification import CheckResult, VerifyEnded
from desktop_app.db.migrations.verify import verify
from desktop_app.db.schema import COLLECTIONS

Documents = Database[dict[str, Any]]
E_ = TypeVar("E_", bound=Event)

AT = datetime(2024, 3, 1, tzinfo=UTC)
CORE = migration(COLLECTIONS)
"""The six core collections with everything of theirs: what most tests need is in them."""
WHOLE = migration()
"""Those and the supporting ones."""
TRAIL = ("audit_log", "audit_head")
SCORES = {"quality": 90, "efficiency": 80, "creativity": 70, "communication": 60, "teamwork": 50}
TOTAL = 75.0
"""Of ``SCORES`` by the basic template: 27 + 20 + 14 + 9 + 5."""


def no_hash(password: str) -> str:
    """A hash for tests that sign nobody in."""
    return f"hash of {password}"


def old_database(database: Documents, users: int = 25) -> None:
    """A database of an earlier time: dates as text, fields that are missing, its own index."""
    database["users"].insert_many(
        [
            {
                "_id": f"사용자-{number:03}",
                "login_id": f"user{number:03}",
                "name": "김평가",
                "email": f"user{number:03}@example.com",
                "role": "evaluator",
                "company_id": "c1",
                "created_at": "2024-03-01T09:00:00+09:00",
                **({"password": "clear"} if number < 3 else {}),
                **({"version": 7} if number % 2 else {}),
            }
            for number in range(users)
        ]
    )
    database["users"].create_index("email")
    database["companies"].insert_one({"_id": "c1", "name": "(주)옛날 & 회사", "created_at": AT})
    database["projects"].insert_one(
        {"_id": "p1", "name": "옛 프로젝트", "company_id": "c1", "template_id": "t1"}
    )
    database["templates"].insert_one(
        {
            "_id": "t1",
            "name": "옛 템플릿",
            "criteria": [{"name": "품질", "weight": 60}, {"name": "속도", "weight": 40}],
        }
    )
    database["evaluations"].insert_many(
        [
            {
                "_id": f"e{number}",
                "project_id": "p1",
                "company_id": "c1",
                "evaluator_id": f"사용자-{number:03}",
                "template_id": "t1",
                "submitted_at": AT if number else None,
            }
            for number in range(3)
        ]
    )


def user(id_: str, **changes: Any) -> dict[str, Any]:
    """A user as this version wants it."""
    return {
        "_id": id_,
        "login_id": f"login-{id_}",
        "name": "이름",
        "email": f"{id_}@example.com",
        "role": "evaluator",
        "company_id": "company-test",
        "is_active": True,
        "login_attempts": 0,
        "must_change_password": False,
        "session_epoch": 0,
        "profile": {"phone": None, "department": None, "position": None},
        "version": 1,
        "created_at": AT,
        "updated_at": AT,
        **changes,
    }


def sheet(id_: str, **changes: Any) -> dict[str, Any]:
    """A submitted sheet of the basic template as this version wants it."""
    return {
        "_id": id_,
        "project_id": "project-1",
        "template_id": "template-basic",
        "template_revision": 1,
        "company_id": "company-test",
        "evaluator_id": "user-evaluator1",
        "status": "submitted",
        "scores": [
            {"criterion_id": key, "score": score, "comment": None} for key, score in SCORES.items()
        ],
        "total_score": TOTAL,
        "submitted_at": AT,
        "version": 1,
        "created_at": AT,
        "updated_at": AT,
        **changes,
    }


def project(id_: str = "project-1", **changes: Any) -> dict[str, Any]:
    """A project as this version wants it."""
    return {
        "_id": id_,
        "name": "프로젝트",
        "company_id": "company-test",
        "manager_id": "user-manager1",
        "template_id": "template-basic",
        "template_revision": 1,
        "status": "active",
        "candidate_ids": ["company-test"],
        "panel_ids": ["user-evaluator1"],
        "version": 1,
        "created_at": AT,
        "updated_at": AT,
        **changes,
    }


def last(events: Iterable[Event], kind: type[E_]) -> E_:
    """Run an engine to its end; its last event."""
    *_before, end = events
    assert isinstance(end, kind), end
    return end


def planned(
    target: Target, environment: str = "local", steps: Migration = CORE, **options: Any
) -> Plan:
    """The plan for a database."""
    return last(plan(target, environment=environment, steps=steps, **options), PlanReady).plan


def applied(
    target: Target, environment: str = "local", steps: Migration = CORE, **options: Any
) -> RunEnded:
    """Apply to the end, whatever it is."""
    events = apply(target, environment=environment, hash_password=no_hash, steps=steps, **options)
    return last(events, RunEnded)


def prepared(target: Target, environment: str = "local", steps: Migration = CORE) -> None:
    """Apply, which must succeed."""
    ended = applied(target, environment, steps)
    assert ended.reason is Stop.DONE, ended


def verified(target: Target, context: TaskContext | None = None) -> VerifyEnded:
    """Verify to the end."""
    return last(verify(target, context=context), VerifyEnded)


def result(target: Target, check: str) -> CheckResult:
    """What verifying finds by one check."""
    (one,) = last(verify(target, only={check}), VerifyEnded).results
    return one


def content(database: Documents, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """Everything that a database holds: options, indexes and documents by collection."""
    left_out = set(without)
    return {
        name: {
            "options": {**found.options, **found.validation},
            "indexes": {index: dict(keys) for index, keys in found.indexes.items()},
            "documents": list(database[name].find().sort("_id", 1)),
        }
        for name, found in read_catalogue(database).items()
        if name not in left_out
    }


def platform_content(database: Documents) -> dict[str, Any]:
    """Everything but the migrations' own collections and the audit trail."""
    return content(database, without=(*OWN_COLLECTIONS, *TRAIL))
