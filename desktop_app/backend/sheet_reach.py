"""Which sheets and projects a call reaches: what is outside does not exist for it.

Staff reach the sheets of their company's projects, evaluators the sheets that are theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.backend.lists import Condition, all_of
from desktop_app.backend.problem_details import ApiProblem, broken_rule, not_found
from desktop_app.backend.routing import Call
from desktop_app.backend.sheets import WITHOUT_HISTORY, whole_view
from desktop_app.backend.store import Document
from desktop_app.backend.writes import Transaction
from desktop_app.core.permissions import Scope
from desktop_app.core.projects import ProjectStatus
from desktop_app.core.users import Role


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet with the project that it belongs to, without the long lists of who takes part."""

    sheet: Document
    project: Document

    def need(self, statuses: frozenset[ProjectStatus]) -> None:
        """Refuse with 422 unless the project is in one of ``statuses``."""
        need_status(self.project, statuses)


def need_status(project: Document, statuses: frozenset[ProjectStatus]) -> None:
    """Refuse with 422 unless ``project`` is in one of ``statuses``."""
    if project["status"] not in statuses:
        raise broken_rule("", "project_not_active")


async def find_sheet(call: Call, tx: Transaction | None = None) -> Place:
    """The sheet that the path names, and its project; raises 404 when it is out of reach."""
    store, session = call.platform.store, tx.session if tx else None
    wanted: Condition = {"_id": call.id}
    if call.scope is Scope.SELF:
        # Who may see everybody's scores does not score: a former evaluator has no sheets left.
        wanted["evaluator_id"] = call.me.id if call.me.role is Role.EVALUATOR else None
    sheet = await store.evaluations.find_one(wanted, WITHOUT_HISTORY, session=session)
    if sheet is None:
        raise not_found()
    project = await store.projects.find_one(
        {"_id": sheet["project_id"]}, {"candidate_ids": 0, "panel_ids": 0}, session=session
    )
    if project is None:
        raise not_found()
    if call.scope is Scope.OWN_COMPANY and project["company_id"] != call.company_scope():
        raise not_found()
    return Place(sheet, project)


async def current_sheet(call: Call, tx: Transaction, version: int) -> Place:
    """The sheet that the path names, at ``version``; raises 404 or 409 with the current one."""
    place = await find_sheet(call, tx)
    if place.sheet["version"] != version:
        raise await stale(call, place.sheet)
    return place


async def stale(call: Call, sheet: Document) -> ApiProblem:
    """409 with the sheet as it is now as ``current`` (``core.evaluations.Sheet``)."""
    current = await whole_view(call.platform, sheet)
    return ApiProblem(
        409, "stale-version", "Someone else changed this in the meantime.", current=current
    )


async def find_project(call: Call, tx: Transaction | None = None) -> Document:
    """The project that the path names; raises 404 when it is out of reach.

    An evaluator reaches a project on whose panel they are, or in which they have a sheet.
    """
    store, session = call.platform.store, tx.session if tx else None
    project = await store.projects.find_one({"_id": call.id}, session=session)
    if project is None:
        raise not_found()
    if call.scope is Scope.OWN_COMPANY and project["company_id"] != call.company_scope():
        raise not_found()
    if call.scope is Scope.SELF and call.me.id not in (project.get("panel_ids") or ()):
        own = {"project_id": call.id, "evaluator_id": call.me.id}
        if await store.evaluations.find_one(own, {"_id": 1}, session=session) is None:
            raise not_found()
    return project


async def sheets_within_reach(call: Call, asked: Mapping[str, str]) -> Condition:
    """The filter of a list of sheets, in words of which an index serves.

    ``asked`` are the list's own filters: a project named there is the only one looked at.
    """
    if call.scope is Scope.ALL and ("evaluator_id" not in asked or "project_id" in asked):
        return {}
    # No index begins with the evaluator: with every project named, project and evaluator serve.
    projects: Condition = {}
    if call.scope is Scope.OWN_COMPANY:
        projects["company_id"] = call.company_scope()
    if "project_id" in asked:
        projects["_id"] = asked["project_id"]
    found = call.platform.store.projects.find(projects, {"_id": 1})
    reach: Condition = {"project_id": {"$in": sorted([p["_id"] async for p in found])}}
    if call.scope is Scope.SELF:
        reach["evaluator_id"] = call.me.id
    return reach


async def sheets_that_name(call: Call, text: str, reach: Condition) -> Condition:
    """Sheets of whose project, company or evaluator the name contains ``text``.

    Names are looked for among those that the projects within ``reach`` hold, and no others.
    """
    pattern = re.compile(re.escape(text), re.IGNORECASE)
    store = call.platform.store
    held = {"_id": reach["project_id"]} if "project_id" in reach else {}
    fields = {"name": 1, "candidate_ids": 1, "panel_ids": 1}
    projects: list[str] = []
    members: dict[str, set[str]] = {"candidate_ids": set(), "panel_ids": set()}
    async for project in store.projects.find(held, fields):
        if pattern.search(project["name"]):
            projects.append(project["_id"])
        for key, ids in members.items():
            ids.update(project.get(key) or ())
    places: list[Condition] = [{"project_id": {"$in": sorted(projects)}}]
    for field, collection, ids in (
        ("company_id", store.companies, members["candidate_ids"]),
        ("evaluator_id", store.users, members["panel_ids"]),
    ):
        named: dict[str, Any] = {"_id": {"$in": sorted(ids)}, "name": pattern}
        matching = [found["_id"] async for found in collection.find(named, {"_id": 1})]
        places.append({field: {"$in": sorted(matching)}})
    return all_of([{"$or": places}])
