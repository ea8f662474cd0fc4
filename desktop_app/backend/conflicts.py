"""Conflicts of interest: declared by evaluators, or by staff on their behalf.

One declared after the assignment leaves the sheet where it is, flagged, and bars its submission
until it is given to somebody else or the conflict is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desktop_app.backend.json_bodies import checked
from desktop_app.backend.problem_details import broken_rule, not_found
from desktop_app.backend.routing import Call
from desktop_app.backend.sheet_names import SheetNames
from desktop_app.backend.sheet_reach import find_project, need_status
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core.evaluations import REASON
from desktop_app.core.fields import Field, Kind, normalised
from desktop_app.core.permissions import Scope
from desktop_app.core.projects import OPEN

DECLARATION: tuple[Field, ...] = (
    Field(key="company_id", kind=Kind.TEXT, label="", required=True),
    REASON,
    Field(key="evaluator_id", kind=Kind.TEXT, label=""),
)
_RESOURCE = "conflicts_of_interest"


def conflict_id(project_id: str, evaluator_id: str, company_id: str) -> str:
    """The id of a declaration: there is one of each evaluator and company in a project."""
    return f"{project_id}:{evaluator_id}:{company_id}"


async def has_conflict(store: Store, tx: Transaction, sheet: Document) -> bool:
    """Whether the evaluator of ``sheet`` declared a conflict with its company, or is of it by now.

    No such sheet is assigned, but who has one may join the company afterwards.
    """
    if await _find(store, tx, sheet) is not None:
        return True
    of_company = {"_id": sheet["evaluator_id"], "company_id": sheet["company_id"]}
    return await store.users.find_one(of_company, {"_id": 1}, session=tx.session) is not None


async def _find(store: Store, tx: Transaction, about: Document) -> Document | None:
    """The declaration of a project's evaluator about a company."""
    wanted = {key: about[key] for key in ("project_id", "evaluator_id", "company_id")}
    return await store.conflicts.find_one(wanted, session=tx.session)


async def conflicts_of(
    store: Store, project_id: str, evaluator_ids: Iterable[str] | None, tx: Transaction | None
) -> list[Document]:
    """The declarations in a project, by these evaluators or (None) by all."""
    wanted: dict[str, Any] = {"project_id": project_id}
    if evaluator_ids is not None:
        wanted["evaluator_id"] = {"$in": sorted(evaluator_ids)}
    cursor = store.conflicts.find(wanted, session=tx.session if tx else None)
    return await cursor.sort("_id", 1).to_list()


def conflict_view(conflict: Document) -> dict[str, Any]:
    """A declaration as the API gives it."""
    return {
        "project_id": conflict["project_id"],
        "evaluator_id": conflict["evaluator_id"],
        "company_id": conflict["company_id"],
        "reason": conflict["reason"],
        "declared_by_name": conflict.get("declared_by_name") or "",
        "declared_at": conflict["declared_at"],
    }


async def declare(call: Call) -> Document:
    """The declaration, new or with a new reason; raises 404 or 422.

    Evaluators declare for themselves alone. What staff declared of them stays as it is.
    """
    values = {f.key: normalised(f, v) for f, v in _given(await call.body())}
    if values["reason"] is None:
        raise broken_rule(REASON.key, "required")

    async def work(tx: Transaction) -> Document:
        project = await find_project(call, tx)
        need_status(project, OPEN)
        evaluator_id = _whose(call, values["evaluator_id"])
        company_id = values["company_id"]
        if company_id not in (project.get("candidate_ids") or ()):
            raise broken_rule("company_id", "not_a_candidate")
        if call.scope is not Scope.SELF and evaluator_id not in (project.get("panel_ids") or ()):
            raise broken_rule("evaluator_id", "not_on_panel")
        conflict: Document = {
            "_id": conflict_id(project["_id"], evaluator_id, company_id),
            "project_id": project["_id"],
            "evaluator_id": evaluator_id,
            "company_id": company_id,
            "reason": values["reason"],
            "declared_by": call.me.id,
            "declared_by_name": call.me.name,
            "declared_at": tx.at,
        }
        store = call.platform.store
        before = await _find(store, tx, conflict)
        if before and (before["reason"] == conflict["reason"] or _is_others(call, before)):
            return before
        if before:
            await store.conflicts.delete_one({"_id": before["_id"]}, session=tx.session)
        await store.conflicts.insert_one(conflict, session=tx.session)
        await _record(call, tx, conflict, [before and before["reason"], conflict["reason"]])
        return conflict

    return await call.platform.writer.run(call.actor, work)


async def withdraw(call: Call) -> None:
    """Take back the declaration that the query names; raises 404 or 422.

    Evaluators withdraw what they declared themselves: what staff declared, staff withdraws.
    """
    asked = dict(call.request.query_params)
    if unknown := asked.keys() - {"company_id", "evaluator_id"}:
        raise broken_rule(min(unknown)[:100], "unknown_field")
    if not asked.get("company_id"):
        raise broken_rule("company_id", "required")

    async def work(tx: Transaction) -> None:
        project = await find_project(call, tx)
        need_status(project, OPEN)
        evaluator_id = _whose(call, asked.get("evaluator_id") or None)
        store = call.platform.store
        about = {
            "project_id": project["_id"],
            "evaluator_id": evaluator_id,
            "company_id": asked["company_id"],
        }
        before = await _find(store, tx, about)
        if before is None:
            raise not_found()
        if _is_others(call, before):
            raise broken_rule("company_id", "read_only")
        await store.conflicts.delete_one({"_id": before["_id"]}, session=tx.session)
        await _record(call, tx, before, [before["reason"], None])

    await call.platform.writer.run(call.actor, work)


def _given(body: dict[str, Any]) -> Iterable[tuple[Field, Any]]:
    values = checked(body, DECLARATION)
    return ((field, values.get(field.key)) for field in DECLARATION)


def _whose(call: Call, evaluator_id: str | None) -> str:
    """The evaluator meant: evaluators speak for themselves alone; raises 422."""
    if call.scope is not Scope.SELF:
        if evaluator_id is None:
            raise broken_rule("evaluator_id", "required")
        return evaluator_id
    if evaluator_id not in (None, call.me.id):
        raise broken_rule("evaluator_id", "reference_unknown")
    return call.me.id


def _is_others(call: Call, conflict: Document) -> bool:
    return call.scope is Scope.SELF and conflict.get("declared_by") not in (None, call.me.id)


async def _record(call: Call, tx: Transaction, conflict: Document, reason: list[Any]) -> None:
    names = await SheetNames.load(call.platform.store, tx, [conflict])
    tx.record(call.operation.id, _RESOURCE, conflict["_id"], names.of(conflict), {"reason": reason})
