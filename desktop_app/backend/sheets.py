"""Sheets as the API gives them, joined with what they belong to by few queries for any number.

A sheet's criteria are those of its template's revision: ``template_revisions`` keeps each under
"<template>:<revision>", and the template itself stands in for its present one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop_app.backend.parts import Platform
from desktop_app.backend.store import Document, Store
from desktop_app.backend.views import company_names
from desktop_app.core.projects import ProjectStatus
from desktop_app.core.templates import Criterion

View = dict[str, Any]
Revision = tuple[str, int]

_SCORED = {"$ne": [{"$ifNull": ["$$this.score", None]}, None]}
_KEPT = (
    "project_id",
    "template_id",
    "template_revision",
    "company_id",
    "evaluator_id",
    "status",
    "total_score",
    "submitted_at",
    "confirmed_at",
    "reopened",
    "reminded_at",
    "version",
    "created_at",
    "updated_at",
)
LISTED: Mapping[str, Any] = {
    **dict.fromkeys(_KEPT, 1),
    "answered": {"$size": {"$filter": {"input": {"$ifNull": ["$scores", []]}, "cond": _SCORED}}},
}
"""What a list needs of a sheet: the number of its scores, and not the scores themselves."""
WITHOUT_HISTORY = {"history": 0}
_NOBODY: Mapping[str, Document] = {}


def criteria_of(content: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """The criteria of a template, or of one of its revisions."""
    known = Criterion.__dataclass_fields__
    return tuple(
        Criterion(**{key: value for key, value in criterion.items() if key in known})
        for criterion in content.get("criteria", ())
    )


def revision_of(sheet: Document) -> Revision:
    """The template and the revision of it that a sheet is scored by."""
    return sheet["template_id"], sheet.get("template_revision") or 1


async def revisions(
    store: Store, wanted: Iterable[Revision], *, whole: bool
) -> dict[Revision, Document]:
    """The content of revisions; ``whole``: with all of each criterion, else its id alone."""
    asked = set(wanted)
    fields = {"name": 1, "revision": 1, "criteria" if whole else "criteria.id": 1}
    ids = sorted(f"{template}:{number}" for template, number in asked)
    found: dict[Revision, Document] = {}
    kept = store.template_revisions.find({"_id": {"$in": ids}}, {**fields, "template_id": 1})
    async for content in kept:
        found[content["template_id"], content["revision"]] = content
    if missing := {template for template, _ in asked - set(found)}:
        async for template in store.templates.find({"_id": {"$in": sorted(missing)}}, fields):
            found.setdefault((template["_id"], template["revision"]), template)
    return found


@dataclass(frozen=True, slots=True)
class Joined:
    """What sheets belong to, by id; what is not there (any more) is missing."""

    projects: Mapping[str, Document]
    revisions: Mapping[Revision, Document]
    companies: Mapping[str, str]
    evaluators: Mapping[str, str]
    homes: Mapping[str, str | None]
    """The companies that the evaluators belong to."""
    conflicts: frozenset[tuple[str, str, str]]

    def criteria(self, sheet: Document) -> tuple[Criterion, ...]:
        """What ``sheet`` asks; only after ``join`` of whole sheets."""
        return criteria_of(self.revisions.get(revision_of(sheet), {}))

    def has_conflict(self, sheet: Document) -> bool:
        """Whether the evaluator declared a conflict of interest with the company, or is of it."""
        project, evaluator, company = (
            sheet["project_id"],
            sheet["evaluator_id"],
            sheet["company_id"],
        )
        declared = (project, evaluator, company) in self.conflicts
        return declared or self.homes.get(evaluator) == company


async def join(
    platform: Platform,
    sheets: Sequence[Document],
    *,
    whole: bool = False,
    projects: Iterable[Document] = (),
    people: Mapping[str, Document] = _NOBODY,
) -> Joined:
    """All that ``sheets`` belong to, by at most five queries side by side.

    ``whole``: with the criteria in full, for sheets that are shown or scored. ``projects`` and
    ``people`` (name and company by id) are those that are known already.
    """
    known = {project["_id"]: project for project in projects}
    project_ids = {sheet["project_id"] for sheet in sheets}
    evaluators = {sheet["evaluator_id"] for sheet in sheets}
    shown = {"name": 1, "status": 1, "deadline": 1, "company_id": 1}
    declared = {
        "project_id": {"$in": sorted(project_ids)},
        "evaluator_id": {"$in": sorted(evaluators)},
    }
    found = await asyncio.gather(
        _by_id(platform, "projects", project_ids - set(known), shown),
        _contents(platform, {revision_of(sheet) for sheet in sheets}, whole=whole),
        company_names(platform, {sheet["company_id"] for sheet in sheets}),
        _by_id(platform, "users", evaluators - set(people), {"name": 1, "company_id": 1}),
        platform.store.conflicts.find(declared).to_list(),
    )
    users = found[3] | dict(people)
    return Joined(
        projects=found[0] | known,
        revisions=found[1],
        companies=found[2],
        evaluators={id_: user["name"] for id_, user in users.items()},
        homes={id_: user.get("company_id") for id_, user in users.items()},
        conflicts=frozenset(
            (entry["project_id"], entry["evaluator_id"], entry["company_id"]) for entry in found[4]
        ),
    )


async def _contents(
    platform: Platform, wanted: set[Revision], *, whole: bool
) -> dict[Revision, Document]:
    """Revisions that sheets are bound to: they do not change, and are kept for a moment."""
    if len(wanted) != 1 or not whole:
        return await revisions(platform.store, wanted, whole=whole)
    [one] = wanted

    async def load() -> Document | None:
        return (await revisions(platform.store, wanted, whole=True)).get(one)

    content = await platform.revisions.fetch(one, load)
    return {one: content} if content else {}


async def _by_id(
    platform: Platform, collection: str, ids: set[str], fields: Mapping[str, int]
) -> dict[str, Document]:
    if not ids:
        return {}
    cursor = platform.store[collection].find({"_id": {"$in": sorted(ids)}}, fields)
    return {document["_id"]: document async for document in cursor}


def evaluation_view(sheet: Document, joined: Joined) -> View:
    """A sheet as lists show it, read by ``LISTED`` or in full."""
    project = joined.projects.get(sheet["project_id"], {})
    template, number = revision_of(sheet)
    content = joined.revisions.get((template, number), {})
    answered = sheet.get("answered")
    if answered is None:
        answered = sum(entry.get("score") is not None for entry in sheet.get("scores") or ())
    return {
        "id": sheet["_id"],
        "project_id": sheet["project_id"],
        "project_name": project.get("name"),
        "project_status": project.get("status", ProjectStatus.DRAFT.value),
        "deadline": project.get("deadline"),
        "template_id": template,
        "template_name": content.get("name"),
        "template_revision": number,
        "company_id": sheet["company_id"],
        "company_name": joined.companies.get(sheet["company_id"]),
        "evaluator_id": sheet["evaluator_id"],
        "evaluator_name": joined.evaluators.get(sheet["evaluator_id"]),
        "status": sheet["status"],
        "answered": answered,
        "criteria_count": len(content.get("criteria", ())),
        "total_score": sheet.get("total_score"),
        "submitted_at": sheet.get("submitted_at"),
        "confirmed_at": sheet.get("confirmed_at"),
        "reopened": _reopening(sheet.get("reopened")),
        "reminded_at": sheet.get("reminded_at"),
        "conflict": joined.has_conflict(sheet),
        "version": sheet["version"],
        "created_at": sheet["created_at"],
        "updated_at": sheet["updated_at"],
    }


async def evaluation_views(platform: Platform, sheets: Sequence[Document]) -> list[View]:
    """Sheets as lists show them."""
    joined = await join(platform, sheets)
    return [evaluation_view(sheet, joined) for sheet in sheets]


def sheet_view(sheet: Document, joined: Joined, now: datetime) -> View:
    """One whole sheet (``core.evaluations.Sheet``); ``joined`` by ``join`` of whole sheets."""
    return {
        "evaluation": evaluation_view(sheet, joined),
        "criteria": joined.criteria(sheet),
        "scores": score_views(sheet),
        "comment": sheet.get("comment"),
        "server_time": now,
        "receipt": sheet.get("receipt"),
    }


async def whole_view(platform: Platform, sheet: Document) -> View:
    """One whole sheet, joined."""
    joined = await join(platform, [sheet], whole=True)
    return sheet_view(sheet, joined, platform.clock())


def score_views(sheet: Document) -> list[View]:
    """The scores of a sheet."""
    return [
        {
            "criterion_id": entry["criterion_id"],
            "score": entry.get("score"),
            "comment": entry.get("comment"),
        }
        for entry in sheet.get("scores") or ()
    ]


def _reopening(kept: Mapping[str, Any] | None) -> View | None:
    if not kept:
        return None
    return {"reason": kept["reason"], "by_name": kept["by_name"], "at": kept["at"]}
