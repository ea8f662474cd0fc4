"""The queries that the platform lives by: each must be answered by an index (SYSTEM.md §2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.core.users import Role
from desktop_app.db.migrations.query_plans import plan_of_aggregate, plan_of_find
from desktop_app.db.migrations.server import Documents
from desktop_app.db.migrations.verification import QueryPlan

_NOBODY = "nobody"
_PAGE = 100
_PROJECTS = 10_000
_WORD = "평가"

Answer = tuple[Mapping[str, Any], QueryPlan]
"""What was looked for, and how it was found."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query; ``ask`` takes a value from the data, where there is any, and runs it."""

    id: str
    collection: str
    ask: Callable[[Documents], Answer]


def _user_by_login(database: Documents) -> Answer:
    login = _some(database, "users", "login_id")
    return {"login_id": login}, plan_of_find(database, "users", {"login_id": login}, limit=1)


def _users_per_company(database: Documents) -> Answer:
    roles = [role.value for role in Role]
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {"role": {"$in": roles}}},
        {"$group": {"_id": "$company_id", "users": {"$sum": 1}}},
    ]
    return {"role": roles}, plan_of_aggregate(database, "users", pipeline, run=True)


def _templates_by_text(database: Documents) -> Answer:
    words = str(_some(database, "templates", "name")).split()
    word = words[0] if words and words[0] != _NOBODY else _WORD
    where = {"$text": {"$search": word}}
    return {"text": word}, plan_of_find(database, "templates", where, limit=_PAGE)


def _sheets_of_evaluator(database: Documents) -> Answer:
    """As the API asks: no index begins with the evaluator, so every project is named."""
    evaluator = _some(database, "evaluations", "evaluator_id")
    found = database["projects"].find({}, {"_id": 1}).limit(_PROJECTS)
    projects = [project["_id"] for project in found] or [_NOBODY]
    where = {"project_id": {"$in": projects}, "evaluator_id": evaluator}
    asked = {"evaluator_id": evaluator, "projects": len(projects)}
    return asked, plan_of_find(database, "evaluations", where, limit=_PAGE)


def _some(database: Documents, collection: str, field: str) -> Any:
    found = database[collection].find_one({field: {"$type": "string"}}, {field: 1})
    return found[field] if found else _NOBODY


QUERIES: tuple[Query, ...] = (
    Query("queries.user_by_login", "users", _user_by_login),
    Query("queries.users_per_company", "users", _users_per_company),
    Query("queries.templates_by_text", "templates", _templates_by_text),
    Query("queries.sheets_of_evaluator", "evaluations", _sheets_of_evaluator),
)
