"""Documents of the database as the API gives them: exactly the fields of the core's models."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from desktop_app.backend.parts import COUNTED_SLOWLY_S, Platform
from desktop_app.backend.store import Document
from desktop_app.core.companies import CompanySettings
from desktop_app.core.users import Role, UserProfile

_ROLES = [role.value for role in Role]
_PROFILE = tuple(UserProfile.__dataclass_fields__)
_SETTINGS = CompanySettings()


def user_view(user: Document, company_name: str | None = None) -> dict[str, Any]:
    """A user without anything secret; ``company_name`` is joined."""
    profile = user.get("profile") or {}
    return {
        "id": user["_id"],
        "login_id": user["login_id"],
        "name": user["name"],
        "email": user["email"],
        "role": user["role"],
        "company_id": user.get("company_id"),
        "company_name": company_name,
        "is_active": user["is_active"],
        "has_password": bool(user.get("password_hash")),
        "must_change_password": user.get("must_change_password", False),
        "login_attempts": user.get("login_attempts", 0),
        "locked_until": user.get("locked_until"),
        "last_login": user.get("last_login"),
        "profile": {key: profile.get(key) for key in _PROFILE},
        "version": user["version"],
        "created_at": user["created_at"],
        "updated_at": user["updated_at"],
    }


def company_view(company: Document, user_count: int | None = None) -> dict[str, Any]:
    """A company; ``user_count`` is joined."""
    settings = company.get("settings") or {}
    return {
        "id": company["_id"],
        "name": company["name"],
        "business_number": company.get("business_number"),
        "address": company.get("address"),
        "contact_email": company.get("contact_email"),
        "contact_phone": company.get("contact_phone"),
        "is_active": company["is_active"],
        "settings": {
            "max_users": settings.get("max_users", _SETTINGS.max_users),
            "max_projects": settings.get("max_projects", _SETTINGS.max_projects),
            "storage_limit_gb": settings.get("storage_limit_gb", _SETTINGS.storage_limit_gb),
        },
        "user_count": user_count,
        "version": company["version"],
        "created_at": company["created_at"],
        "updated_at": company["updated_at"],
    }


async def user_views(platform: Platform, users: Iterable[Document]) -> list[dict[str, Any]]:
    """Users with the names of their companies."""
    found = list(users)
    names = await company_names(platform, {u["company_id"] for u in found if u.get("company_id")})
    return [user_view(user, names.get(user.get("company_id") or "")) for user in found]


async def company_views(platform: Platform, companies: Iterable[Document]) -> list[dict[str, Any]]:
    """Companies with the number of their users."""
    found = list(companies)
    counts = await user_counts(platform, {company["_id"] for company in found})
    return [company_view(company, counts[company["_id"]]) for company in found]


async def user_counts(platform: Platform, company_ids: set[str]) -> dict[str, int]:
    """How many users each company has, kept for a while where that takes long."""
    kept = {id_: platform.figures.get(("users of", id_)) for id_ in company_ids}
    counts = {id_: count for id_, count in kept.items() if count is not None}
    wanted = company_ids - set(counts)
    if wanted:
        started = time.perf_counter()
        counts |= dict.fromkeys(wanted, 0)
        # With every role named, the counting stays within idx_users_role_company.
        cursor = await platform.store.users.aggregate(
            [
                {"$match": {"role": {"$in": _ROLES}, "company_id": {"$in": sorted(wanted)}}},
                {"$group": {"_id": "$company_id", "count": {"$sum": 1}}},
            ]
        )
        counts |= {group["_id"]: group["count"] async for group in cursor}
        if time.perf_counter() - started > COUNTED_SLOWLY_S:
            for id_ in wanted:
                platform.figures.put(("users of", id_), counts[id_])
    return counts


async def company_names(platform: Platform, company_ids: set[str]) -> dict[str, str]:
    """The names of companies by their ids, from the cache where possible."""
    cache = platform.sessions.companies
    kept = {id_: cache.get(id_) for id_ in company_ids}
    names = {id_: company["name"] for id_, company in kept.items() if company is not None}
    wanted = company_ids - set(names)
    if len(wanted) == 1:
        company = await platform.sessions.company(next(iter(wanted)))
        return names | ({company["_id"]: company["name"]} if company else {})
    if wanted:
        cursor = platform.store.companies.find({"_id": {"$in": sorted(wanted)}}, {"name": 1})
        names |= {company["_id"]: company["name"] async for company in cursor}
    return names
