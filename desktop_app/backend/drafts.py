"""Drafts: what an evaluator has entered so far, kept on the server about once a second.

The first draft of a sheet is a change like any other: a transaction in turn, with an entry in the
audit trail, for a sheet that is begun cannot be taken away any more. Those after it change one
document alone. They go past the queue of changes, so that a hall of evaluators neither waits for
it nor fills the trail: a single update that holds only while version, evaluator and status are what
they were, acknowledged by a majority and journaled like everything else. Reassignment, submission
and reopening raise the version in their transactions: whichever comes second is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import ReturnDocument

from desktop_app.backend.json_bodies import flat_values
from desktop_app.backend.problem_details import broken_rule, broken_rules
from desktop_app.backend.routing import Call
from desktop_app.backend.sheet_names import sheet_name
from desktop_app.backend.sheet_reach import Place, find_sheet, stale
from desktop_app.backend.sheets import (
    WITHOUT_HISTORY,
    Joined,
    View,
    join,
    sheet_view,
)
from desktop_app.backend.store import Document
from desktop_app.backend.writes import Transaction
from desktop_app.core.evaluations import COMMENT, FINISHED, EvaluationStatus, check_scores
from desktop_app.core.fields import check_value
from desktop_app.core.problems import Problem
from desktop_app.core.projects import ACTIVE
from desktop_app.core.scoring import weighted_total
from desktop_app.core.templates import MOST_CRITERIA, Criterion

_UNCHANGED = ("_id", "version", "evaluator_id", "status", "template_revision")
"""What a draft was judged by."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What was sent: scores as plain mappings that nothing has checked yet, and a comment."""

    scores: Any
    comment: Any

    def problems(
        self, criteria: tuple[Criterion, ...], *, complete: bool = False
    ) -> tuple[Problem, ...]:
        """All that speaks against it; ``complete``: as a sheet to be handed in."""
        found = check_scores(criteria, self.scores, complete=complete)
        if problem := check_value(COMMENT, self.comment):
            found += (problem,)
        return found

    def values(self, criteria: tuple[Criterion, ...]) -> Document:
        """The fields of a sheet that holds this; only without problems.

        The total is computed here, from these very scores: nobody else's is ever taken. What was
        typed stays as it was typed, in Unicode NFC.
        """
        given = {entry["criterion_id"]: entry for entry in self.scores}
        kept = [_kept(given[criterion.id]) for criterion in criteria if criterion.id in given]
        scores = {entry["criterion_id"]: entry["score"] for entry in kept}
        scored = any(score is not None for score in scores.values())
        return {
            "scores": [e for e in kept if e["score"] is not None or e["comment"] is not None],
            "comment": _text(self.comment),
            "total_score": float(weighted_total(criteria, scores)) if scored else None,
        }


async def entered(call: Call) -> Entered:
    """The body of a draft or a submission; raises 422 for fields that are not an evaluator's."""
    values = flat_values(await call.body(), ("scores", "comment"))
    if "scores" not in values:
        raise broken_rule("scores", "required")
    scores = values["scores"]
    if isinstance(scores, list) and len(scores) > MOST_CRITERIA:
        raise broken_rule("scores", "too_many", maximum=MOST_CRITERIA)
    return Entered(scores, values.get("comment"))


async def save_draft(call: Call) -> View:
    """The sheet with what was sent kept as its draft.

    What the sheet holds already changes nothing, whichever version it came with: an answer that
    was lost is asked for again this way. Raises 404, 409 (``current`` is the sheet) or 422.
    """
    content, version = await entered(call), call.version
    place = await find_sheet(call)
    me = {call.me.id: {"name": call.me.name, "company_id": call.me.company_id}}
    joined = await join(
        call.platform, [place.sheet], whole=True, projects=[place.project], people=me
    )
    sheet = await _saved(call, place, joined, content, version)
    return sheet_view(sheet, joined, call.platform.clock())


async def _saved(
    call: Call, place: Place, joined: Joined, content: Entered, version: int
) -> Document:
    criteria = joined.criteria(place.sheet)
    problems = content.problems(criteria)
    values = None if problems else content.values(criteria)
    if values is not None and holds(place.sheet, values):
        return place.sheet
    if place.sheet["version"] != version:
        raise await stale(call, place.sheet)
    refuse_unless_scored(place)
    if values is None:
        raise broken_rules(problems)
    if place.sheet["status"] == EvaluationStatus.IN_PROGRESS:
        saved = await _update(call, place.sheet, values)
        call.platform.pages.clear()
    else:
        saved = await call.platform.writer.run(
            call.actor, lambda tx: _begin(call, place.sheet, values, joined, tx)
        )
    if saved is not None:
        return saved
    now = await find_sheet(call)
    if holds(now.sheet, values):
        return now.sheet
    raise await stale(call, now.sheet)


async def _begin(
    call: Call, sheet: Document, values: Document, joined: Joined, tx: Transaction
) -> Document | None:
    saved = await _update(call, sheet, values, tx)
    if saved is not None:
        status = [sheet["status"], EvaluationStatus.IN_PROGRESS.value]
        name = sheet_name(sheet, joined.companies, joined.evaluators)
        tx.record("evaluations.draft", "evaluations", sheet["_id"], name, {"status": status})
    return saved


async def _update(
    call: Call, sheet: Document, values: Document, tx: Transaction | None = None
) -> Document | None:
    """Set ``values`` where ``sheet`` is still what was read; None where it is not."""
    unchanged = {key: sheet.get(key) for key in _UNCHANGED}
    now = tx.at if tx else call.platform.clock()
    status = EvaluationStatus.IN_PROGRESS.value
    return await call.platform.store.evaluations.find_one_and_update(
        unchanged,
        {"$set": {**values, "status": status, "updated_at": now}, "$inc": {"version": 1}},
        WITHOUT_HISTORY,
        return_document=ReturnDocument.AFTER,
        session=tx.session if tx else None,
    )


def refuse_unless_scored(place: Place) -> None:
    """Refuse with 422 a sheet that is handed in, or whose project is not active."""
    if place.sheet["status"] in FINISHED:
        raise broken_rule("", "sheet_finished")
    place.need(ACTIVE)


def holds(sheet: Document, values: Document) -> bool:
    """Whether a sheet's content is ``values`` already."""
    return (
        _by_criterion(sheet.get("scores") or ()) == _by_criterion(values["scores"])
        and _text(sheet.get("comment")) == values["comment"]
    )


def _by_criterion(scores: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Any, str | None]]:
    return {
        entry["criterion_id"]: (entry.get("score"), entry.get("comment"))
        for entry in scores
        if entry.get("score") is not None or entry.get("comment")
    }


def _kept(entry: Mapping[str, Any]) -> Document:
    score = entry.get("score")
    return {
        "criterion_id": entry["criterion_id"],
        "score": None if score is None else score + 0,  # no negative zero
        "comment": _text(entry.get("comment")),
    }


def _text(value: str | None) -> str | None:
    return unicodedata.normalize("NFC", value) if value else None
