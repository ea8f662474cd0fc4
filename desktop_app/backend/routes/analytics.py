"""Figures of the dashboard, within the reader's reach."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from desktop_app.backend.parts import COUNTED_SLOWLY_S
from desktop_app.backend.project_steps import overdue
from desktop_app.backend.resources import TEMPLATES
from desktop_app.backend.routes.audit import entry_view
from desktop_app.backend.routing import Call, Route, answer
from desktop_app.core.analytics import Attention, Dashboard, Statistics
from desktop_app.core.permissions import may
from desktop_app.core.users import Role

_ROLES = [role.value for role in Role]
_RECENT = 20
_DAY = timedelta(hours=24)
_BATCHES = frozenset(
    {"users.import", "companies.import", "projects.import", "projects.assign", "projects.remind"}
)
_BATCH_WITHIN = timedelta(minutes=10)
Condition = dict[str, Any]
Figures = tuple[Statistics, list[Attention]]


@dataclass(slots=True)
class _People:
    """What one pass over the users tells."""

    by_role: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_ROLES, 0))
    by_company: Counter[str] = field(default_factory=Counter)
    active: int = 0
    locked: int = 0
    without_password: int = 0
    without_company: int = 0


async def dashboard(call: Call) -> Response:
    """Counts, what waits for a person, and what happened last (administrators only)."""
    company = call.company_scope()
    figures, activity = await asyncio.gather(_figures(call, company), _activity(call))
    statistics, attention = figures
    return answer({"statistics": statistics, "attention": attention, "activity": activity})


async def _figures(call: Call, company: str | None) -> Figures:
    """The figures; of a large platform they may be some seconds old."""
    key = ("dashboard", company)
    kept: Figures | None = call.platform.figures.get(key)
    if kept is not None:
        return kept
    started = time.perf_counter()
    people = await _people(call, company)
    figures = await _statistics(call, company, people), await _attention(call, company, people)
    if time.perf_counter() - started > COUNTED_SLOWLY_S:
        call.platform.figures.put(key, figures)
    return figures


async def _people(call: Call, company: str | None) -> _People:
    # All users are read in their own order: through the index it would take thrice as long.
    reach: Condition = {}
    if company is not None:
        reach = {"role": {"$in": _ROLES}, "company_id": company}
    now = call.platform.clock()
    cursor = await call.platform.store.users.aggregate(
        [
            {"$match": reach},
            {
                "$group": {
                    "_id": {"role": "$role", "company": "$company_id"},
                    "count": {"$sum": 1},
                    "active": {"$sum": {"$cond": ["$is_active", 1, 0]}},
                    "locked": {"$sum": {"$cond": [{"$gt": ["$locked_until", now]}, 1, 0]}},
                    "bare": {"$sum": {"$cond": [{"$gt": ["$password_hash", None]}, 0, 1]}},
                }
            },
        ]
    )
    people = _People()
    async for group in cursor:
        role, home = group["_id"]["role"], group["_id"].get("company")
        people.by_role[role] += group["count"]
        people.active += group["active"]
        people.locked += group["locked"]
        people.without_password += group["bare"]
        if home is not None:
            people.by_company[home] += group["count"]
        elif role != Role.ADMIN.value:
            people.without_company += group["count"]
    return people


async def _statistics(call: Call, company: str | None, people: _People) -> Statistics:
    store = call.platform.store
    own: Condition = {} if company is None else {"_id": company}
    belonging: Condition = {} if company is None else {"company_id": company}
    sheets: Condition = {}
    if company is not None:  # sheets belong where their project does
        own_projects = store.projects.find({"company_id": company}, {"_id": 1})
        sheets = {"project_id": {"$in": [project["_id"] async for project in own_projects]}}
    statuses = await store.evaluations.aggregate(
        [{"$match": sheets}, {"$group": {"_id": "$status", "count": {"$sum": 1}}}]
    )
    by_status = {group["_id"]: group["count"] async for group in statuses}
    return Statistics(
        users=sum(people.by_role.values()),
        active_users=people.active,
        users_by_role=people.by_role,
        companies=await store.companies.count_documents(own),
        active_companies=await store.companies.count_documents({"is_active": True, **own}),
        projects=await store["projects"].count_documents(belonging),
        templates=await store["templates"].count_documents(
            {} if company is None else TEMPLATES.reach(company)
        ),
        evaluations=sum(by_status.values()),
        evaluations_by_status=by_status,
    )


async def _attention(call: Call, company: str | None, people: _People) -> list[Attention]:
    found = {
        "locked_accounts": people.locked,
        "users_without_password": people.without_password,
        "companies_over_limit": await _companies_over_limit(call, people),
        "users_without_company": people.without_company,
        "projects_overdue": await _projects_overdue(call, company),
    }
    if company is None:
        found["sign_in_failures_24h"] = await call.platform.store.audit_log.count_documents(
            {
                "operation": "auth.login",
                "changes.outcome": "refused",
                "at": {"$gte": call.platform.clock() - _DAY},
            }
        )
    return [Attention(code=code, count=count) for code, count in found.items() if count]


async def _projects_overdue(call: Call, company: str | None) -> int:
    """Projects still active past their deadline: their missing sheets can come in no more."""
    wanted = overdue(True, call.platform.clock())
    if company is not None:
        wanted["company_id"] = company
    return await call.platform.store["projects"].count_documents(wanted)


async def _companies_over_limit(call: Call, people: _People) -> int:
    """Companies that hold more users than they may: a limit can be lowered below what is there."""
    companies = call.platform.store.companies.find(
        {"_id": {"$in": list(people.by_company)}}, {"settings.max_users": 1}
    )
    over = 0
    async for found in companies:
        most = (found.get("settings") or {}).get("max_users")
        over += most is not None and people.by_company[found["_id"]] > most
    return over


async def _activity(call: Call) -> list[dict[str, Any]]:
    if not may("audit.list", call.me.role):
        return []
    trail = call.platform.store.audit_log
    recent: list[dict[str, Any]] = []
    older: Condition = {}
    while len(recent) < _RECENT:
        entries = await trail.find(older).sort("_id", -1).limit(_RECENT - len(recent)).to_list()
        for entry in entries:
            count = await _size(call, entry) if entry["operation"] in _BATCHES else 1
            recent.append({"entry": entry_view(entry), "count": count})
            older = {"_id": {"$lte": entry["_id"] - count}}
            if count > 1:
                break
        if not entries:
            break
    return recent


async def _size(call: Call, entry: dict[str, Any]) -> int:
    """How many entries the batch has of which ``entry`` is the newest."""
    before = await call.platform.store.audit_log.find_one(
        {"_id": {"$lt": entry["_id"]}, **_other_than(entry)}, {"_id": 1}, sort=[("_id", -1)]
    )
    # The trail has no gaps: what lies between belongs to the same batch.
    last = 0 if before is None else before["_id"]
    size: int = entry["_id"] - last
    return size


def _other_than(entry: dict[str, Any]) -> Condition:
    """What does not belong to the batch of ``entry``: a long import takes many requests."""
    return {
        "$or": [
            {"operation": {"$ne": entry["operation"]}},
            {"actor": {"$ne": entry["actor"]}},
            {"at": {"$lt": entry["at"] - _BATCH_WITHIN}},
        ]
    }


ROUTES = (Route("analytics.dashboard", dashboard, Dashboard),)
