"""Handing a sheet in, and what follows: its receipt, its confirmation, its reopening.

The moment that counts is when the whole request had arrived, by this server's clock: who hands in
before the deadline is not late because others did so at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from desktop_app.backend.conflicts import has_conflict
from desktop_app.backend.drafts import Entered, entered, holds, refuse_unless_scored
from desktop_app.backend.idempotency import Repetition, repetition
from desktop_app.backend.json_bodies import checked
from desktop_app.backend.problem_details import ApiProblem, broken_rule, broken_rules, not_found
from desktop_app.backend.routing import Call
from desktop_app.backend.sheet_names import SheetNames
from desktop_app.backend.sheet_reach import Place, current_sheet
from desktop_app.backend.sheets import (
    WITHOUT_HISTORY,
    View,
    criteria_of,
    revision_of,
    revisions,
    score_views,
    whole_view,
)
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core.evaluations import (
    FINISHED,
    REASON,
    EvaluationStatus,
    Score,
    receipt_hash,
)
from desktop_app.core.fields import normalised
from desktop_app.core.problems import Problem
from desktop_app.core.projects import ACTIVE, NOT_ARCHIVED
from desktop_app.core.templates import Criterion

_LATE = Problem(field="", code="deadline_passed")
_WHAT_WAS_GIVEN = ("scores", "comment", "total_score", "submitted_at", "confirmed_at", "receipt")


async def submit(call: Call) -> View:
    """The sheet, handed in with its receipt.

    Repeated with the same Idempotency-Key it is answered the same while that receipt holds.
    Too late, it is refused with ``deadline_passed``, and what was sent is kept as the draft all
    the same: ``current`` is the sheet that holds it. A sheet that was reopened may be handed in
    after the deadline, for who reopened it means it to be finished; the reopening carries its
    time. Raises 404, 409 (``current`` is the sheet) or 422: a missing score is ``required``.
    """
    content, version = await entered(call), call.version
    body = {"id": call.id, "scores": content.scores, "comment": content.comment}
    repeated = repetition(call, body)
    arrived = call.platform.clock()

    async def work(tx: Transaction) -> tuple[Document, bool]:
        return await _submit(call, tx, content, version, arrived, repeated)

    sheet, late = await call.platform.writer.run(call.actor, work)
    view = await whole_view(call.platform, sheet)
    if late:
        raise ApiProblem(
            422,
            "broken-rules",
            "The deadline has passed. What was sent is kept as the draft.",
            problems=(_LATE,),
            current=view,
        )
    return view


async def _submit(
    call: Call,
    tx: Transaction,
    content: Entered,
    version: int,
    arrived: datetime,
    repeated: Repetition | None,
) -> tuple[Document, bool]:
    store = call.platform.store
    earlier = await repeated.earlier(store, tx) if repeated else None
    if earlier and (sheet := await _bearing(store, tx, earlier)):
        return sheet, False
    place = await current_sheet(call, tx, version)
    refuse_unless_scored(place)
    criteria = await _criteria(call, place.sheet)
    if not criteria:  # without anything asked, a sheet without anything answered would be complete
        raise broken_rule("template_id", "template_missing")
    if problems := content.problems(criteria):
        raise broken_rules(problems)
    values = content.values(criteria)
    if _is_late(place, arrived):
        return await _keep_late(call, tx, place, values), True
    if problems := content.problems(criteria, complete=True):
        raise broken_rules(problems)
    if await has_conflict(store, tx, place.sheet):
        raise broken_rule("", "conflict_of_interest")
    status = EvaluationStatus.SUBMITTED.value
    receipt = _receipt(place.sheet, values, arrived)
    values |= {"status": status, "submitted_at": arrived, "receipt": receipt}
    changes = {
        "status": [place.sheet["status"], status],
        "total_score": [place.sheet.get("total_score"), values["total_score"]],
        "receipt": [None, receipt],
    }
    sheet = await changed(call, tx, place.sheet, values, changes)
    if repeated and not earlier:
        await repeated.keep(store, tx, sheet, call.platform.config.lifetimes.idempotency_s)
    return sheet, False


async def _bearing(store: Store, tx: Transaction, earlier: Document) -> Document | None:
    """The sheet as it is now, while it bears the receipt that the first request was answered.

    A reopening makes a receipt void: a repetition must not bring it back.
    """
    wanted = {key: earlier[key] for key in ("_id", "evaluator_id", "receipt")}
    return await store.evaluations.find_one(wanted, WITHOUT_HISTORY, session=tx.session)


async def _criteria(call: Call, sheet: Document) -> tuple[Criterion, ...]:
    """A revision that a sheet is bound to never changes: it is read outside the transaction."""
    wanted = revision_of(sheet)
    found = await revisions(call.platform.store, [wanted], whole=True)
    return criteria_of(found.get(wanted, {}))


def _is_late(place: Place, arrived: datetime) -> bool:
    deadline = place.project.get("deadline")
    return deadline is not None and arrived > deadline and not place.sheet.get("reopened")


async def _keep_late(call: Call, tx: Transaction, place: Place, values: Document) -> Document:
    before = place.sheet
    note: dict[str, list[Any]] = {"outcome": [None, "refused"]}
    if holds(before, values):
        names = await SheetNames.load(call.platform.store, tx, [before])
        tx.record(call.operation.id, "evaluations", before["_id"], names.of(before), note)
        return before
    status = EvaluationStatus.IN_PROGRESS.value
    if before["status"] != status:
        note["status"] = [before["status"], status]
    return await changed(call, tx, before, {**values, "status": status}, note)


def _receipt(sheet: Document, values: Mapping[str, Any], at: datetime) -> str:
    return receipt_hash(
        evaluation_id=sheet["_id"],
        project_id=sheet["project_id"],
        company_id=sheet["company_id"],
        evaluator_id=sheet["evaluator_id"],
        template_id=sheet["template_id"],
        template_revision=revision_of(sheet)[1],
        scores=[Score(**score) for score in score_views({"scores": values["scores"]})],
        comment=values["comment"],
        total_score=f"{values['total_score']:.2f}",
        submitted_at=at,
    )


async def confirm(call: Call) -> View:
    """The sheet, accepted; one that is confirmed already stays as it is.

    Raises 404, 409 or 422; a closed project's sheets may be confirmed, an archived one's not.
    """
    version = call.version

    async def work(tx: Transaction) -> Document:
        place = await current_sheet(call, tx, version)
        before, status = place.sheet["status"], EvaluationStatus.CONFIRMED.value
        place.need(NOT_ARCHIVED)
        if before not in FINISHED:
            raise broken_rule("", "sheet_not_finished")
        if before == status:
            return place.sheet
        values = {"status": status, "confirmed_at": tx.at, "confirmed_by": call.me.id}
        return await changed(call, tx, place.sheet, values, {"status": [before, status]})

    return await whole_view(call.platform, await call.platform.writer.run(call.actor, work))


async def reopen(call: Call) -> View:
    """The sheet, given back to its evaluator for the reason in the body; its receipt is void.

    The history keeps what had been handed in. It may be handed in again after the deadline too
    (see ``submit``). Raises 404, 409 or 422.
    """
    reason, version = await reason_in_body(call), call.version

    async def work(tx: Transaction) -> Document:
        place = await current_sheet(call, tx, version)
        before = place.sheet
        place.need(ACTIVE)
        if before["status"] not in FINISHED:
            raise broken_rule("", "sheet_not_finished")
        status = EvaluationStatus.IN_PROGRESS.value
        why = {"reason": reason, "by": call.me.id, "by_name": call.me.name, "at": tx.at}
        values = {
            "status": status,
            "reopened": why,
            **dict.fromkeys(("submitted_at", "confirmed_at", "confirmed_by", "receipt")),
        }
        changes = {
            "status": [before["status"], status],
            "reason": [None, reason],
            "receipt": [before.get("receipt"), None],
        }
        event = {"kind": "reopened", **why}
        return await changed(call, tx, before, values, changes, event)

    return await whole_view(call.platform, await call.platform.writer.run(call.actor, work))


async def reason_in_body(call: Call) -> str:
    """The body's one field: why; raises 422."""
    values = checked(await call.body(), (REASON,))
    reason = normalised(REASON, values["reason"])
    if reason is None:  # blanks alone
        raise broken_rule(REASON.key, "required")
    return str(reason)


async def changed(
    call: Call,
    tx: Transaction,
    before: Document,
    values: Document,
    changes: Mapping[str, list[Any]],
    event: Document | None = None,
) -> Document:
    """The sheet with ``values`` set and its version raised, and an entry in the audit trail.

    ``event`` goes to the sheet's history together with what had been entered before it.
    """
    update: dict[str, Any] = {"$set": {**values, "updated_at": tx.at}, "$inc": {"version": 1}}
    if event is not None:
        given = {key: before.get(key) for key in _WHAT_WAS_GIVEN}
        update["$push"] = {"history": {**event, "status": before["status"], **given}}
    store = call.platform.store
    sheet = await store.evaluations.find_one_and_update(
        {"_id": before["_id"], "version": before["version"]},
        update,
        WITHOUT_HISTORY,
        return_document=ReturnDocument.AFTER,
        session=tx.session,
    )
    if sheet is None:
        raise not_found()
    names = await SheetNames.load(store, tx, [sheet])
    tx.record(call.operation.id, "evaluations", sheet["_id"], names.of(sheet), changes)
    return sheet
