"""Projects as the API gives them: with names and progress, by five queries for any number."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from desktop_app.backend.parts import COUNTED_SLOWLY_S, Platform
from desktop_app.backend.store import Document
from desktop_app.backend.views import company_names
from desktop_app.core.evaluations import EvaluationStatus
from desktop_app.core.projects import ResultRules

_RULES = ResultRules()
_NONE = {status.value: 0 for status in EvaluationStatus}


async def project_views(platform: Platform, projects: Iterable[Document]) -> list[dict[str, Any]]:
    """Projects with the names of what they refer to, and the number of their sheets by status."""
    found = list(projects)
    companies, managers, templates, progress = await asyncio.gather(
        company_names(platform, {project["company_id"] for project in found}),
        _names(platform, "users", (project.get("manager_id") for project in found)),
        _names(platform, "templates", (project.get("template_id") for project in found)),
        _progress(platform, [project["_id"] for project in found]),
    )
    return [
        project_view(
            project,
            company_name=companies.get(project["company_id"]),
            manager_name=managers.get(project.get("manager_id") or ""),
            template_name=templates.get(project.get("template_id") or ""),
            progress=progress[project["_id"]],
        )
        for project in found
    ]


def project_view(
    project: Document,
    *,
    company_name: str | None,
    manager_name: str | None,
    template_name: str | None,
    progress: dict[str, int],
) -> dict[str, Any]:
    """A project; names and ``progress`` are joined."""
    rules = project.get("results") or {}
    return {
        "id": project["_id"],
        "name": project["name"],
        "description": project.get("description"),
        "company_id": project["company_id"],
        "company_name": company_name,
        "manager_id": project.get("manager_id"),
        "manager_name": manager_name,
        "template_id": project.get("template_id"),
        "template_name": template_name,
        "template_revision": project.get("template_revision"),
        "status": project["status"],
        "start_date": project.get("start_date"),
        "deadline": project.get("deadline"),
        "results": {
            "basis": rules.get("basis", _RULES.basis.value),
            "minimum_panel": rules.get("minimum_panel", _RULES.minimum_panel),
            "cut_line": rules.get("cut_line", _RULES.cut_line),
        },
        "candidate_ids": project.get("candidate_ids") or [],
        "panel_ids": project.get("panel_ids") or [],
        "progress": progress,
        "version": project["version"],
        "created_at": project["created_at"],
        "updated_at": project["updated_at"],
    }


async def _names(platform: Platform, collection: str, ids: Iterable[str | None]) -> dict[str, str]:
    wanted = sorted({id_ for id_ in ids if id_})
    cursor = platform.store[collection].find({"_id": {"$in": wanted}}, {"name": 1})
    return {document["_id"]: document["name"] async for document in cursor}


async def _progress(platform: Platform, project_ids: list[str]) -> dict[str, dict[str, int]]:
    """Counts by status, of a whole page kept for a while where that takes long.

    A single project is counted each time: what somebody has just changed is no old figure.
    """
    kept = {id_: platform.figures.get(_key(id_)) for id_ in project_ids[1:] and project_ids}
    counts = {id_: kept.get(id_) or _NONE.copy() for id_ in project_ids}
    wanted = [id_ for id_ in project_ids if kept.get(id_) is None]
    if not wanted:
        return counts
    started = time.perf_counter()
    groups = await platform.store.evaluations.aggregate(
        [
            {"$match": {"project_id": {"$in": wanted}}},
            {"$group": {"_id": ["$project_id", "$status"], "count": {"$sum": 1}}},
        ]
    )
    async for group in groups:
        project_id, status = group["_id"]
        counts[project_id][status] = group["count"]
    if time.perf_counter() - started > COUNTED_SLOWLY_S:
        for id_ in wanted:
            platform.figures.put(_key(id_), counts[id_])
    return counts


def _key(project_id: str) -> tuple[str, str]:
    return ("progress of", project_id)
