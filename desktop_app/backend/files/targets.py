"""What a file is put to: the company it is about, the project it serves, whose storage it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desktop_app.backend.problem_details import broken_rule
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core.companies import CompanySettings
from desktop_app.core.permissions import Scope

_GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file goes; ``owner_id`` is the company in whose storage it lies (None: nobody's)."""

    company_id: str | None
    project_id: str | None
    owner_id: str | None


async def target_of(call: Call, company_id: str | None, project_id: str | None) -> Target:
    """The target as it may be chosen by the caller; raises 422.

    Those limited to their company put files to its projects, about a company evaluated there or
    their own. Without a choice a file is about their own company.
    """
    own = call.company_scope()
    limited = call.scope is not Scope.ALL
    project = await _project(call, project_id, own)
    if limited and company_id is None and project is None:
        company_id = own
    if company_id is not None:
        company = await call.platform.store.companies.find_one({"_id": company_id})
        candidates = (project or {}).get("candidate_ids", ())
        if company is None or (limited and project is None and company_id != own):
            raise broken_rule("company_id", "reference_unknown")
        if limited and company_id != own and company_id not in candidates:
            raise broken_rule("company_id", "not_a_candidate")
        if not company["is_active"]:
            raise broken_rule("company_id", "reference_inactive")
    owner = project["company_id"] if project else company_id or call.me.company_id
    return Target(company_id, project_id, owner)


async def _project(call: Call, project_id: str | None, own: str | None) -> Document | None:
    if project_id is None:
        return None
    project = await call.platform.store["projects"].find_one({"_id": project_id})
    if project is None or own not in (None, project["company_id"]):
        raise broken_rule("project_id", "reference_unknown")
    return project


async def check_target(
    store: Store, tx: Transaction, company_id: str | None, project_id: str | None
) -> None:
    """Raise 422 where the target of an upload is not there any more: an upload may take a day."""
    for key, collection, id_ in (
        ("company_id", store.companies, company_id),
        ("project_id", store.projects, project_id),
    ):
        wanted = {"_id": id_}
        if id_ and await collection.find_one(wanted, {"_id": 1}, session=tx.session) is None:
            raise broken_rule(key, "reference_unknown")


async def check_storage(
    store: Store, tx: Transaction, owner_id: str | None, size: int, now: datetime
) -> None:
    """Raise 422 when ``size`` more bytes do not fit what the owner may hold.

    A content counts once per owner; what is on its way counts already.
    """
    company = await store.companies.find_one({"_id": owner_id}, session=tx.session)
    if company is None:
        return
    limit_gb = (company.get("settings") or {}).get("storage_limit_gb")
    if limit_gb is None:
        limit_gb = CompanySettings().storage_limit_gb
    # A document of another tool has no places: it lies with the company that it names.
    unplaced = {"places": {"$exists": False}, "company_id": owner_id}
    owned = {"$or": [{"places.owner_id": owner_id}, unplaced]}
    kept = await _sum(store, tx, "files", owned)
    coming = {"owner_id": owner_id, "finished_as": None, "expires_at": {"$gt": now}}
    if kept + await _sum(store, tx, "uploads", coming) + size > limit_gb * _GB:
        raise broken_rule("size", "storage_full", maximum=limit_gb)


async def _sum(store: Store, tx: Transaction, collection: str, wanted: Document) -> int:
    stages: list[Document] = [
        {"$match": wanted},
        {"$group": {"_id": None, "bytes": {"$sum": "$size"}}},
    ]
    cursor = await store[collection].aggregate(stages, session=tx.session)
    found = await cursor.to_list()
    return int(found[0]["bytes"]) if found else 0
