"""Who evaluates what in a project: participants, assignments, reminders, conflicts of interest."""

from __future__ import annotations

import asyncio
from operator import itemgetter
from typing import Any

from starlette.responses import Response

from desktop_app.backend import assignments, conflicts
from desktop_app.backend.answers import Assigned, OneConflict, OneProject, Reminded
from desktop_app.backend.participants import set_participants
from desktop_app.backend.project_views import project_views
from desktop_app.backend.request_shapes import (
    IDEMPOTENCY_PARAMETER,
    VERSION_PARAMETER,
    shape_of,
)
from desktop_app.backend.routing import Call, Route, answer, etag
from desktop_app.backend.sheet_reach import find_project
from desktop_app.backend.sheets import LISTED, evaluation_views
from desktop_app.backend.store import Document
from desktop_app.backend.views import company_names
from desktop_app.core.evaluations import MOST_AT_ONCE, MOST_PANELISTS, Candidates, Matrix
from desktop_app.core.permissions import Scope


async def read_matrix(call: Call) -> Response:
    """Candidates × panel with a sheet in each assigned cell."""
    project = await find_project(call)
    store, id_ = call.platform.store, project["_id"]
    sheets = store.evaluations.find({"project_id": id_}, LISTED)
    candidates, panel, cells, declared = await asyncio.gather(
        _candidates(call, project),
        _panel(call, project),
        sheets.to_list(),
        conflicts.conflicts_of(store, id_, None, None),
    )
    content = {
        "project_id": id_,
        "candidates": candidates,
        "panel": panel,
        # Sorted here: the database would walk all sheets there are to spare itself the sorting.
        "sheets": await evaluation_views(call.platform, sorted(cells, key=itemgetter("_id"))),
        "conflicts": [conflicts.conflict_view(conflict) for conflict in declared],
        "server_time": call.platform.clock(),
        "version": project["version"],
    }
    return answer(content, headers=etag(project))


async def put_participants(call: Call) -> Response:
    """Replaces the candidates and the panel of a project."""
    project = await set_participants(call)
    [view] = await project_views(call.platform, [project])
    return answer({"project": view}, headers=etag(project))


async def post_assignments(call: Call) -> Response:
    """New sheets for pairs of company and evaluator: all or none."""
    sheets = await assignments.assign(call)
    return answer({"assigned": len(sheets), "sheets": sheets}, 201)


async def post_reminders(call: Call) -> Response:
    """Reminds the evaluators of sheets that are not handed in."""
    return answer({"reminded": await assignments.remind(call)})


async def read_candidates(call: Call) -> Response:
    """Whom a project evaluates, and the conflicts of interest that the caller may know of.

    Evaluators see their own, staff see all.
    """
    project = await find_project(call)
    whose = [call.me.id] if call.scope is Scope.SELF else None
    declared = await conflicts.conflicts_of(call.platform.store, project["_id"], whose, None)
    return answer(
        {
            "project_name": project["name"],
            "candidates": await _candidates(call, project),
            "conflicts": [conflicts.conflict_view(conflict) for conflict in declared],
        }
    )


async def post_conflict(call: Call) -> Response:
    """Declares a conflict of interest."""
    return answer({"conflict": conflicts.conflict_view(await conflicts.declare(call))}, 201)


async def delete_conflict(call: Call) -> Response:
    """Withdraws a declared conflict of interest."""
    await conflicts.withdraw(call)
    return Response(status_code=204)


async def _candidates(call: Call, project: Document) -> list[dict[str, str]]:
    ids = list(project.get("candidate_ids") or ())
    names = await company_names(call.platform, set(ids))
    return [{"id": id_, "name": names.get(id_, id_)} for id_ in ids]


async def _panel(call: Call, project: Document) -> list[dict[str, Any]]:
    ids = list(project.get("panel_ids") or ())
    fields = {"name": 1, "email": 1, "company_id": 1, "is_active": 1}
    cursor = call.platform.store.users.find({"_id": {"$in": sorted(ids)}}, fields)
    found = {user["_id"]: user async for user in cursor}
    return [
        {
            "id": id_,
            "name": found[id_]["name"],
            "email": found[id_]["email"],
            "company_id": found[id_].get("company_id"),
            "is_active": found[id_]["is_active"],
        }
        for id_ in ids
        if id_ in found
    ]


def _ids(most: int) -> dict[str, Any]:
    return {"type": "array", "maxItems": most, "items": {"type": "string", "maxLength": 200}}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


_ID = {"type": "string", "maxLength": 200}
_PAIRS = {
    "type": "array",
    "maxItems": MOST_AT_ONCE,
    "items": _object(company_id=_ID, evaluator_id=_ID),
}
_WITHDRAWN = (
    {"name": "company_id", "in": "query", "required": True, "schema": _ID},
    {"name": "evaluator_id", "in": "query", "schema": _ID},
)

ROUTES = (
    Route("projects.matrix", read_matrix, Matrix),
    Route(
        "projects.participants",
        put_participants,
        OneProject,
        request=_object(candidate_ids=_ids(MOST_AT_ONCE), panel_ids=_ids(MOST_PANELISTS)),
        parameters=(VERSION_PARAMETER,),
    ),
    Route(
        "projects.assign",
        post_assignments,
        Assigned,
        201,
        request=_object(pairs=_PAIRS),
        parameters=(IDEMPOTENCY_PARAMETER,),
    ),
    Route(
        "projects.remind",
        post_reminders,
        Reminded,
        request=_object(evaluation_ids=_ids(MOST_AT_ONCE)),
    ),
    Route("projects.candidates", read_candidates, Candidates),
    Route(
        "projects.declare",
        post_conflict,
        OneConflict,
        201,
        request=shape_of(conflicts.DECLARATION),
    ),
    Route("projects.withdraw", delete_conflict, None, 204, parameters=_WITHDRAWN),
)
