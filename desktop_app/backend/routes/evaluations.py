"""Evaluations: lists, one sheet, drafts, submission, and what staff do with sheets."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.responses import Response

from desktop_app.backend import assignments, submission
from desktop_app.backend.answers import EvaluationList, OneSheet, Peers
from desktop_app.backend.drafts import save_draft
from desktop_app.backend.lists import (
    LONGEST_QUESTION,
    Condition,
    ListSpec,
    all_of,
    equals,
    flag,
    listed,
    one_of,
    unprintable,
)
from desktop_app.backend.peers import peers
from desktop_app.backend.request_shapes import (
    IDEMPOTENCY_PARAMETER,
    VERSION_PARAMETER,
    list_parameters,
    shape_of,
)
from desktop_app.backend.routing import Call, Route, answer, etag
from desktop_app.backend.sheet_reach import (
    find_sheet,
    sheets_that_name,
    sheets_within_reach,
)
from desktop_app.backend.sheets import LISTED, View, evaluation_views, whole_view
from desktop_app.core.evaluations import FINISHED, LONGEST_COMMENT, REASON, EvaluationStatus
from desktop_app.core.templates import MOST_CRITERIA

_STATUSES = frozenset(status.value for status in EvaluationStatus)
_FINISHED = sorted(FINISHED)
_UNFINISHED = sorted(_STATUSES - FINISHED)

EVALUATION_LIST = ListSpec(
    collection="evaluations",
    sorts={
        "status": "idx_evaluations_status_submitted",
        "total_score": "idx_evaluations_total_score",
        "submitted_at": None,
        "confirmed_at": None,
        "reminded_at": None,
        "created_at": None,
        "updated_at": None,
    },
    filters={
        "id": equals("_id"),
        "project_id": equals("project_id"),
        "company_id": equals("company_id"),
        "evaluator_id": equals("evaluator_id"),
        "template_id": equals("template_id"),
        "status": one_of("status", _STATUSES),
        "is_finished": flag(lambda yes, _: {"status": {"$in": _FINISHED if yes else _UNFINISHED}}),
        "is_late": flag(lambda _yes, _now: {}),  # by the deadlines of the projects: see _late
    },
    fields=LISTED,
)


async def list_evaluations(call: Call) -> Response:
    """A page of the sheets within reach, without their scores.

    ``q`` looks into the names of project, company and evaluator. ``is_late``: not handed in, and
    the deadline has passed.
    """
    asked = dict(call.request.query_params)
    reach = await sheets_within_reach(call, asked)
    text = unicodedata.normalize("NFC", asked.get("q", "")).strip()
    if text and len(text) <= LONGEST_QUESTION and not unprintable(text):
        reach = all_of([reach, await sheets_that_name(call, text, reach)])
    spec = EVALUATION_LIST
    if "is_late" in asked:
        late = await _late(call, call.platform.clock())
        is_late = flag(lambda yes, _: late if yes else {"$nor": [late]})
        spec = replace(spec, filters={**spec.filters, "is_late": is_late})
    return await listed(call, spec, reach, "evaluations", evaluation_views)


async def _late(call: Call, now: datetime) -> Condition:
    past = call.platform.store.projects.find({"deadline": {"$lt": now}}, {"_id": 1})
    ids = sorted([project["_id"] async for project in past])
    return {"project_id": {"$in": ids}, "status": {"$in": _UNFINISHED}}


async def read_evaluation(call: Call) -> Response:
    """One whole sheet."""
    return _one(await whole_view(call.platform, (await find_sheet(call)).sheet))


async def draft_evaluation(call: Call) -> Response:
    """What an evaluator has entered so far."""
    return _one(await save_draft(call))


async def submit_evaluation(call: Call) -> Response:
    """Hands a sheet in."""
    return _one(await submission.submit(call))


async def list_peers(call: Call) -> Response:
    """Others' finished sheets, once one's own is handed in."""
    return answer({"peers": await peers(call)})


async def confirm_evaluation(call: Call) -> Response:
    """Accepts a submitted sheet."""
    return _one(await submission.confirm(call))


async def reopen_evaluation(call: Call) -> Response:
    """Gives a submitted sheet back to its evaluator."""
    return _one(await submission.reopen(call))


async def reassign_evaluation(call: Call) -> Response:
    """Gives a sheet that is not handed in to another evaluator."""
    return _one(await assignments.reassign(call))


async def delete_evaluation(call: Call) -> Response:
    """Takes an assignment back whose sheet is not begun."""
    await assignments.take_away(call)
    return Response(status_code=204)


def _one(sheet: View) -> Response:
    return answer({"sheet": sheet}, headers=etag(sheet["evaluation"]))


_DRAFT: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["scores"],
    "properties": {
        "scores": {
            "type": "array",
            "maxItems": MOST_CRITERIA,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["criterion_id"],
                "properties": {
                    "criterion_id": {"type": "string", "maxLength": 64},
                    "score": {"type": ["number", "null"], "minimum": 0},
                    "comment": {"type": ["string", "null"], "maxLength": LONGEST_COMMENT},
                },
            },
        },
        "comment": {"type": ["string", "null"], "maxLength": LONGEST_COMMENT},
    },
}
_VERSIONED = (VERSION_PARAMETER,)

ROUTES = (
    Route(
        "evaluations.list",
        list_evaluations,
        EvaluationList,
        parameters=list_parameters(EVALUATION_LIST.sorts, EVALUATION_LIST.filters),
    ),
    Route("evaluations.read", read_evaluation, OneSheet),
    Route("evaluations.draft", draft_evaluation, OneSheet, request=_DRAFT, parameters=_VERSIONED),
    Route(
        "evaluations.submit",
        submit_evaluation,
        OneSheet,
        request=_DRAFT,
        parameters=(VERSION_PARAMETER, IDEMPOTENCY_PARAMETER),
    ),
    Route("evaluations.peers", list_peers, Peers),
    Route("evaluations.confirm", confirm_evaluation, OneSheet, parameters=_VERSIONED),
    Route(
        "evaluations.reopen",
        reopen_evaluation,
        OneSheet,
        request=shape_of((REASON,)),
        parameters=_VERSIONED,
    ),
    Route(
        "evaluations.reassign",
        reassign_evaluation,
        OneSheet,
        request=shape_of(assignments.REASSIGNMENT),
        parameters=_VERSIONED,
    ),
    Route("evaluations.delete", delete_evaluation, None, 204, parameters=_VERSIONED),
)
