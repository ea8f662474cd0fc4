"""The results of a project, computed while other requests go on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec
from starlette.responses import Response

from desktop_app.backend.answers import OneResults
from desktop_app.backend.problem_details import broken_rule
from desktop_app.backend.routing import Call, Route
from desktop_app.backend.sheet_reach import find_project
from desktop_app.backend.sheets import criteria_of, revision_of, revisions
from desktop_app.backend.store import Document
from desktop_app.core.agreement import agreement_of
from desktop_app.core.evaluations import FINISHED, Named, Pair
from desktop_app.core.projects import ProjectStatus, ResultRules
from desktop_app.core.result_figures import figures_of
from desktop_app.core.results import CountedSheet, MissingSheet, Results, Scoring
from desktop_app.core.scoring import weighted_total
from desktop_app.core.templates import Criterion

_FEW = 200
"""Sheets decoded at a time: no other request waits for more than those of one batch."""

_SHEET = {
    "company_id": 1,
    "evaluator_id": 1,
    "status": 1,
    "total_score": 1,
    # Two arrays of plain values are decoded three times as fast as an array of documents.
    "criteria": "$scores.criterion_id",
    "points": {
        "$map": {"input": {"$ifNull": ["$scores", []]}, "in": {"$ifNull": ["$$this.score", None]}}
    },
}


async def read_results(call: Call) -> Response:
    """The results by the project's rules; with ``sheets=true`` what they are made from too."""
    with_sheets = _asked_for_sheets(call)
    project = await find_project(call)
    content, documents, declared = await asyncio.gather(
        _content(call, project), _sheets(call, project), _conflicts(call)
    )
    companies = {*(project.get("candidate_ids") or ()), *(d["company_id"] for d in documents)}
    people = {*(project.get("panel_ids") or ()), *(d["evaluator_id"] for d in documents)}
    candidates, panel = await asyncio.gather(
        _named(call, "companies", companies), _named(call, "users", people)
    )

    def work() -> bytes:
        criteria = criteria_of(content)
        scoring = scoring_of(project, criteria, documents, candidates, panel)
        results = Results(
            project_id=project["_id"],
            project_name=project["name"],
            project_status=ProjectStatus(project["status"]),
            deadline=project.get("deadline"),
            template_id=project.get("template_id"),
            template_name=content.get("name"),
            template_revision=project.get("template_revision"),
            figures=figures_of(scoring),
            agreement=agreement_of(scoring),
            sheets=scoring.sheets if with_sheets else (),
            conflicts=_counted(scoring, declared),
            taken_at=call.platform.clock(),
        )
        return msgspec.json.encode({"results": results})

    return Response(await asyncio.to_thread(work), media_type="application/json")


def scoring_of(
    project: Document,
    criteria: tuple[Criterion, ...],
    documents: Iterable[Document],
    candidates: tuple[Named, ...],
    panel: tuple[Named, ...],
) -> Scoring:
    """What the results of ``project`` are made from."""
    sheets, missing = [], []
    for document in documents:
        company, evaluator = document["company_id"], document["evaluator_id"]
        if document["status"] not in FINISHED:
            missing.append(MissingSheet(company_id=company, evaluator_id=evaluator))
            continue
        given = zip(document.get("criteria") or (), document["points"], strict=True)
        scores = {id_: score for id_, score in given if score is not None}
        total = document.get("total_score")
        if total is None:  # written by another program
            total = float(weighted_total(criteria, scores))
        sheets.append(
            CountedSheet(company_id=company, evaluator_id=evaluator, total=total, scores=scores)
        )
    kept = project.get("results") or {}
    rules = {key: kept[key] for key in ResultRules.__dataclass_fields__ if key in kept}
    return Scoring(
        criteria=criteria,
        candidates=candidates,
        panel=panel,
        sheets=tuple(sheets),
        missing=tuple(missing),
        rules=msgspec.convert(rules, ResultRules),
    )


def _asked_for_sheets(call: Call) -> bool:
    asked = call.request.query_params
    if unknown := set(asked) - {"sheets"}:
        raise broken_rule(min(unknown)[:100], "unknown_field")
    if asked.get("sheets", "false") not in ("true", "false"):
        raise broken_rule("sheets", "type")
    return asked.get("sheets") == "true"


async def _content(call: Call, project: Document) -> Document:
    """The revision of the template that the project's sheets are scored by; empty without one."""
    if not project.get("template_id"):
        return {}
    wanted = revision_of(project)
    found = await revisions(call.platform.store, {wanted}, whole=True)
    return found.get(wanted, {})


async def _sheets(call: Call, project: Document) -> list[Document]:
    cursor = await call.platform.store.evaluations.aggregate(
        [{"$match": {"project_id": project["_id"]}}, {"$project": _SHEET}], batchSize=_FEW
    )
    return [document async for document in cursor]


async def _conflicts(call: Call) -> set[Pair]:
    cursor = call.platform.store.conflicts.find({"project_id": call.id})
    return {Pair(entry["company_id"], entry["evaluator_id"]) async for entry in cursor}


def _counted(scoring: Scoring, declared: set[Pair]) -> tuple[Pair, ...]:
    """Which of the declared conflicts are those of counted sheets."""
    counted = {Pair(sheet.company_id, sheet.evaluator_id) for sheet in scoring.sheets}
    return tuple(sorted(counted & declared))


async def _named(call: Call, collection: str, ids: set[str]) -> tuple[Named, ...]:
    cursor = call.platform.store[collection].find({"_id": {"$in": sorted(ids)}}, {"name": 1})
    names = {document["_id"]: document["name"] async for document in cursor}
    return tuple(Named(id=id_, name=names.get(id_, id_)) for id_ in sorted(ids))


_SHEETS_PARAMETER = {
    "name": "sheets",
    "in": "query",
    "required": False,
    "schema": {"type": "boolean", "default": False},
}

ROUTES = (Route("results.read", read_results, OneResults, parameters=(_SHEETS_PARAMETER,)),)
