"""Figures of the dashboard, within the reader's reach."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from desktop_app.backend.routes.audit import entry_view
from desktop_app.backend.routing import Call, Route, answer
from desktop_app.core.analytics import Attention, Dashboard, Statistics
from desktop_app.core.permissions import may
from desktop_app.core.users import Role

_ROLES = [role.value for role in Role]
_RECENT = 20
_DAY = timedelta(hours=24)
Condition = dict[str, Any]


async def dashboard(call: Call) -> Response:
    """Counts, what waits for a person, and what happened last (administrators only)."""
    company = call.company_scope()
    people: Condition = {} if company is None else {"company_id": company}
    counts, attention, activity = await asyncio.gather(
        _statistics(call, company, people), _attention(call, company, people), _activity(call)
    )
    content = {"statistics": counts, "attention": attention, "activity": activity}
    return answer(content)


async def _statistics(call: Call, company: str | None, people: Condition) -> Statistics:
    store = call.platform.store
    roles: dict[str, int] = dict.fromkeys(_ROLES, 0)
    active = 0
    # Grouped over idx_users_role_company as far as it serves; one pass over the users.
    cursor = await store.users.aggregate(
        [
            {"$match": {"role": {"$in": _ROLES}, **people}},
            {"$group": {"_id": {"role": "$role", "active": "$is_active"}, "count": {"$sum": 1}}},
        ]
    )
    async for group in cursor:
        roles[group["_id"]["role"]] += group["count"]
        active += group["count"] if group["_id"]["active"] else 0
    own: Condition = {} if company is None else {"_id": company}
    belonging: Condition = {} if company is None else {"company_id": company}
    statuses = await store["evaluations"].aggregate(
        [{"$match": belonging}, {"$group": {"_id": "$status", "count": {"$sum": 1}}}]
    )
    by_status = {group["_id"]: group["count"] async for group in statuses}
    return Statistics(
        users=sum(roles.values()),
        active_users=active,
        users_by_role=roles,
        companies=await store.companies.count_documents(own),
        active_companies=await store.companies.count_documents({"is_active": True, **own}),
        projects=await store["projects"].count_documents(belonging),
        templates=await store["templates"].count_documents(belonging),
        evaluations=sum(by_status.values()),
        evaluations_by_status=by_status,
    )


async def _attention(call: Call, company: str | None, people: Condition) -> list[Attention]:
    store, now = call.platform.store, call.platform.clock()
    users = store.users.count_documents
    found = {
        "locked_accounts": await users({"locked_until": {"$gt": now}, **people}),
        "users_without_password": await users({"password_hash": None, **people}),
        "companies_over_limit": await _companies_over_limit(call, company),
    }
    if company is None:
        homeless = {"role": {"$in": _ROLES[1:]}, "company_id": None}
        found["users_without_company"] = await users(homeless)
        found["sign_in_failures_24h"] = await store.audit_log.count_documents(
            {
                "operation": "auth.login",
                "changes.outcome": "refused",
                "at": {"$gte": now - _DAY},
            }
        )
    return [Attention(code=code, count=count) for code, count in found.items() if count]


async def _companies_over_limit(call: Call, company: str | None) -> int:
    """Companies that hold more users than they may: a limit can be lowered below what is there."""
    own: Condition = {} if company is None else {"company_id": company}
    cursor = await call.platform.store.users.aggregate(
        [
            {"$match": {"role": {"$in": _ROLES}, "company_id": {"$ne": None}, **own}},
            {"$group": {"_id": "$company_id", "count": {"$sum": 1}}},
        ]
    )
    counts = {group["_id"]: group["count"] async for group in cursor}
    companies = call.platform.store.companies.find(
        {"_id": {"$in": list(counts)}}, {"settings.max_users": 1}
    )
    over = 0
    async for found in companies:
        most = (found.get("settings") or {}).get("max_users")
        over += most is not None and counts[found["_id"]] > most
    return over


async def _activity(call: Call) -> list[dict[str, Any]]:
    if not may("audit.list", call.me.role):
        return []
    cursor = call.platform.store.audit_log.find().sort("_id", -1).limit(_RECENT)
    return [entry_view(entry) async for entry in cursor]


ROUTES = (Route("analytics.dashboard", dashboard, Dashboard),)
