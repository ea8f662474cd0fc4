"""Templates and their revisions as the API gives them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desktop_app.backend.parts import Platform
from desktop_app.backend.store import Document, Store
from desktop_app.backend.template_revisions import kept_criteria
from desktop_app.backend.views import company_names

Bound = set[tuple[str, int]]


def template_view(template: Document, company_name: str | None, *, in_use: bool) -> dict[str, Any]:
    """A template; what is joined is given."""
    return {
        "id": template["_id"],
        "name": template["name"],
        "description": template.get("description"),
        "company_id": template.get("company_id"),
        "company_name": company_name,
        "category": template.get("category"),
        "criteria": kept_criteria(template["criteria"]),
        "is_active": template["is_active"],
        "created_by": template.get("created_by"),
        "revision": template["revision"],
        "in_use": in_use,
        "version": template["version"],
        "created_at": template["created_at"],
        "updated_at": template["updated_at"],
    }


async def template_views(platform: Platform, templates: Iterable[Document]) -> list[dict[str, Any]]:
    """Templates with the names of their companies, and whether their revision is bound."""
    found = list(templates)
    names = await company_names(platform, {t["company_id"] for t in found if t.get("company_id")})
    bound = await _bound(platform.store, [template["_id"] for template in found])
    return [
        template_view(
            template,
            names.get(template.get("company_id") or ""),
            in_use=bool(bound & {(template["_id"], template["revision"]), (template["_id"], 0)}),
        )
        for template in found
    ]


def revision_view(revision: Document, uses: int) -> dict[str, Any]:
    """A revision; ``uses`` is joined."""
    return {
        "template_id": revision["template_id"],
        "revision": revision["revision"],
        "name": revision["name"],
        "description": revision.get("description"),
        "category": revision.get("category"),
        "criteria": kept_criteria(revision["criteria"]),
        "saved_by": revision.get("saved_by"),
        "saved_by_name": revision.get("saved_by_name"),
        "saved_at": revision["saved_at"],
        "uses": uses,
    }


async def sheets_by_revision(
    store: Store, template_id: str, company_id: str | None
) -> dict[int, int]:
    """How many sheets are bound to each revision; those of projects that use the template.

    ``company_id``: of its projects alone, for who is told nothing of those of others.
    """
    users = {"template_id": template_id}
    if company_id is not None:
        users["company_id"] = company_id
    projects = await store["projects"].distinct("_id", users)
    cursor = await store["evaluations"].aggregate(
        [
            {"$match": {"project_id": {"$in": projects}, "template_id": template_id}},
            {"$group": {"_id": "$template_revision", "count": {"$sum": 1}}},
        ]
    )
    return {group["_id"]: group["count"] async for group in cursor}


async def _bound(store: Store, template_ids: list[str]) -> Bound:
    """Which revisions projects are bound to; 0 where a project does not say to which.

    Sheets are only in projects bound to the same revision.
    """
    cursor = await store["projects"].aggregate(
        [
            {"$match": {"template_id": {"$in": template_ids}}},
            {"$group": {"_id": {"template": "$template_id", "revision": "$template_revision"}}},
        ]
    )
    return {(group["_id"]["template"], group["_id"].get("revision") or 0) async for group in cursor}
