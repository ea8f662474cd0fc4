"""Steps of a project that are no edit of its fields: out of the archive, to a newer template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from desktop_app.backend import editing
from desktop_app.backend.problem_details import broken_rule
from desktop_app.backend.resources import PROJECTS
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document
from desktop_app.backend.writes import Transaction
from desktop_app.core.evaluations import EvaluationStatus
from desktop_app.core.projects import ProjectStatus


def overdue(yes: bool, now: datetime) -> dict[str, Any]:
    """The condition of projects that are still active past their deadline, or of the others."""
    past = {"status": ProjectStatus.ACTIVE.value, "deadline": {"$lt": now}}
    return past if yes else {"$nor": [past]}


async def restore(call: Call) -> Document:
    """The project out of the archive: closed, or in preparation while it has no sheets.

    One that is not archived stays as it is. Raises 404, 409.
    """
    version = call.version

    async def work(tx: Transaction) -> Document:
        before = await editing.current(call, PROJECTS, tx, version)
        if before["status"] != ProjectStatus.ARCHIVED:
            return before
        has_sheets = await _sheet(call, tx, before, {})
        status = ProjectStatus.CLOSED if has_sheets else ProjectStatus.DRAFT
        return await _set(call, tx, before, {"status": status.value})

    return await editing.write(call, work)


async def revise(call: Call) -> Document:
    """The project bound to the newest revision of its template, its sheets with it.

    Raises 404, 409, and 422 where a sheet is begun: it was scored by the revision that it has.
    """
    version = call.version

    async def work(tx: Transaction) -> Document:
        before = await editing.current(call, PROJECTS, tx, version)
        if before["status"] == ProjectStatus.ARCHIVED:
            raise broken_rule("", "archived")
        store = call.platform.store
        template = await store["templates"].find_one(
            {"_id": before.get("template_id")}, {"revision": 1}, session=tx.session
        )
        if template is None:
            raise broken_rule("template_id", "template_missing")
        newest = template["revision"]
        if before.get("template_revision") == newest:
            return before
        if await _sheet(call, tx, before, {"status": {"$ne": EvaluationStatus.ASSIGNED.value}}):
            raise broken_rule("template_id", "has_sheets")
        await store["evaluations"].update_many(
            {"project_id": before["_id"]},
            {"$set": {"template_revision": newest, "updated_at": tx.at}, "$inc": {"version": 1}},
            session=tx.session,
        )
        return await _set(call, tx, before, {"template_revision": newest})

    return await editing.write(call, work)


async def _sheet(
    call: Call, tx: Transaction, project: Document, condition: dict[str, Any]
) -> Document | None:
    """Some sheet of the project that meets ``condition``."""
    return await call.platform.store["evaluations"].find_one(
        {"project_id": project["_id"], **condition}, {"_id": 1}, session=tx.session
    )


async def _set(call: Call, tx: Transaction, before: Document, values: dict[str, Any]) -> Document:
    document = await editing.apply(call, PROJECTS, tx, before, values, ends_sessions=False)
    editing.record(call, PROJECTS, tx, document, PROJECTS.told(before, values))
    return document
