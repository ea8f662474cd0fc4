"""Assignments: who gets a sheet for which company, reminders, and sheets given to others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import BulkWriteError

from desktop_app.backend.conflicts import conflicts_of
from desktop_app.backend.idempotency import repetition
from desktop_app.backend.json_bodies import checked, flat_values
from desktop_app.backend.problem_details import broken_rule, broken_rules
from desktop_app.backend.routing import Call
from desktop_app.backend.sheet_names import SheetNames
from desktop_app.backend.sheet_reach import current_sheet, find_project, need_status
from desktop_app.backend.sheets import LISTED, View, evaluation_views, whole_view
from desktop_app.backend.store import Document, Store
from desktop_app.backend.submission import changed
from desktop_app.backend.writes import Transaction
from desktop_app.core.evaluations import FINISHED, MOST_AT_ONCE, REASON, EvaluationStatus
from desktop_app.core.fields import Field, Kind, normalised
from desktop_app.core.problems import Problem
from desktop_app.core.projects import ACTIVE, OPEN
from desktop_app.core.users import Role

Pair = tuple[str, str]
"""A company and an evaluator."""

_DUPLICATE_KEY = 11_000

REASSIGNMENT: tuple[Field, ...] = (
    Field(key="evaluator_id", kind=Kind.TEXT, label="", required=True),
    REASON,
)
_FRESH: Mapping[str, Any] = {
    "status": EvaluationStatus.ASSIGNED.value,
    "scores": [],
    "comment": None,
    "total_score": None,
    "submitted_at": None,
    "confirmed_at": None,
    "reminded_at": None,
    "receipt": None,
    "reopened": None,
}
"""A sheet on which nobody has written: also of who had it before, the next one learns nothing."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What decides whether an evaluator may evaluate a company in a project."""

    candidates: frozenset[str]
    panel: frozenset[str]
    homes: Mapping[str, str | None]
    """The companies of those on the panel who are active evaluators."""
    conflicts: frozenset[Pair]
    held: frozenset[Pair]

    @classmethod
    async def load(
        cls, store: Store, tx: Transaction, project_id: str, pairs: Sequence[Pair]
    ) -> Panel:
        """All that ``judge`` needs for ``pairs`` of a project, by four queries."""
        evaluators = {evaluator for _, evaluator in pairs}
        active = {"_id": {"$in": sorted(evaluators)}, "role": Role.EVALUATOR.value}
        users = store.users.find(
            {**active, "is_active": True}, {"company_id": 1}, session=tx.session
        )
        wanted = {"project_id": project_id, "evaluator_id": {"$in": sorted(evaluators)}}
        sheets = store.evaluations.find(
            wanted, {"company_id": 1, "evaluator_id": 1}, session=tx.session
        )
        lists = {"candidate_ids": 1, "panel_ids": 1}
        project = await store.projects.find_one({"_id": project_id}, lists, session=tx.session)
        conflicts = await conflicts_of(store, project_id, evaluators, tx)
        return cls(
            candidates=frozenset((project or {}).get("candidate_ids") or ()),
            panel=frozenset((project or {}).get("panel_ids") or ()),
            homes={user["_id"]: user.get("company_id") async for user in users},
            conflicts=frozenset((c["company_id"], c["evaluator_id"]) for c in conflicts),
            held=frozenset([(s["company_id"], s["evaluator_id"]) async for s in sheets]),
        )

    def judge(self, pair: Pair) -> str | None:
        """What speaks against a sheet for ``pair``: a code of ``core.problems``, or None."""
        company, evaluator = pair
        if evaluator not in self.panel:
            return "not_on_panel"
        if evaluator not in self.homes:
            return "not_an_evaluator"
        if company not in self.candidates:
            return "not_a_candidate"
        if self.homes[evaluator] == company or pair in self.conflicts:
            return "conflict_of_interest"
        return "assigned_already" if pair in self.held else None


async def assign(call: Call) -> list[View]:
    """New sheets for all the pairs in the body, or none; with the same Idempotency-Key: the same.

    The problems are those of ``Panel.judge``, each at its pair (``pairs.3``). Raises 404 or 422.
    """
    body = await call.body()
    pairs = _pairs(body)
    repeated = repetition(call, {"id": call.id, **body})
    store = call.platform.store

    async def work(tx: Transaction) -> list[str]:
        project = await find_project(call, tx)  # first: who asks again may reach it no more
        if repeated and (earlier := await repeated.earlier(store, tx)):
            return list(earlier["sheet_ids"])
        need_status(project, OPEN)
        if not project.get("template_id"):
            raise broken_rule("template_id", "template_missing")
        panel = await Panel.load(store, tx, project["_id"], pairs)
        codes = ((place, panel.judge(pair)) for place, pair in enumerate(pairs))
        problems = [Problem(field=f"pairs.{place}", code=code) for place, code in codes if code]
        if problems:
            raise broken_rules(problems)
        sheets = [_new_sheet(project, pair, tx) for pair in pairs]
        if sheets:
            await store.evaluations.insert_many(sheets, session=tx.session)
        names = await SheetNames.load(store, tx, sheets)
        for sheet in sheets:
            status = {"status": [None, sheet["status"]]}
            tx.record(call.operation.id, "evaluations", sheet["_id"], names.of(sheet), status)
        ids = [sheet["_id"] for sheet in sheets]
        if repeated:
            kept = {"_id": project["_id"], "sheet_ids": ids}
            await repeated.keep(store, tx, kept, call.platform.config.lifetimes.idempotency_s)
        return ids

    try:
        ids = await call.platform.writer.run(call.actor, work)
    except BulkWriteError as error:
        if error.details["writeErrors"][0]["code"] != _DUPLICATE_KEY:
            raise
        # Someone wrote past this server, between the look at what is held and the insertion.
        raise broken_rule("pairs", "assigned_already") from error
    cursor = store.evaluations.find({"_id": {"$in": ids}}, LISTED)
    return await evaluation_views(call.platform, await cursor.sort("_id", 1).to_list())


def _pairs(body: dict[str, Any]) -> list[Pair]:
    pairs = _entries(flat_values(body, ("pairs",)), "pairs")
    problems: list[Problem] = []
    found: dict[Pair, int] = {}
    for place, pair in enumerate(pairs):
        ok = isinstance(pair, dict) and set(pair) == {"company_id", "evaluator_id"}
        if not ok or not all(isinstance(id_, str) for id_ in pair.values()):
            problems.append(Problem(field=f"pairs.{place}", code="type"))
        elif found.setdefault((pair["company_id"], pair["evaluator_id"]), place) != place:
            problems.append(Problem(field=f"pairs.{place}", code="duplicate"))
    if problems:
        raise broken_rules(problems)
    return list(found)


def _entries(values: Mapping[str, Any], key: str) -> list[Any]:
    """The list of a body under ``key``; raises 422 where there is none, or a longer one."""
    entries = values.get(key)
    if entries is None:
        raise broken_rule(key, "required")
    if not isinstance(entries, list):
        raise broken_rule(key, "type")
    if len(entries) > MOST_AT_ONCE:
        raise broken_rule(key, "too_many", maximum=MOST_AT_ONCE)
    return entries


def _new_sheet(project: Document, pair: Pair, tx: Transaction) -> Document:
    company, evaluator = pair
    return {
        "_id": str(ObjectId()),
        "project_id": project["_id"],
        "template_id": project["template_id"],
        "template_revision": project.get("template_revision") or 1,
        "company_id": company,
        "evaluator_id": evaluator,
        **_FRESH,
        "scores": [],
        "history": [],
        "version": 1,
        "created_at": tx.at,
        "updated_at": tx.at,
    }


async def remind(call: Call) -> int:
    """Mark sheets that are not handed in, so that their evaluators see it; how many.

    The sheets' versions stay: a reminder must not get in the way of who is just writing. For the
    same reason the marks are set after the transaction that audits them: one over hundreds of
    sheets would be in conflict with every draft meanwhile. Raises 404 or 422, naming
    ``evaluation_ids.3``.
    """
    ids = _entries(flat_values(await call.body(), ("evaluation_ids",)), "evaluation_ids")
    if not all(isinstance(id_, str) for id_ in ids):
        raise broken_rule("evaluation_ids", "type")
    sheets = call.platform.store.evaluations
    wanted = {"_id": {"$in": sorted(set(ids))}, "project_id": call.id}

    async def work(tx: Transaction) -> tuple[int, datetime]:
        project = await find_project(call, tx)
        need_status(project, ACTIVE)
        found = {s["_id"]: s async for s in sheets.find(wanted, LISTED, session=tx.session)}
        if problems := list(_unfit_to_remind(ids, found)):
            raise broken_rules(problems)
        names = await SheetNames.load(call.platform.store, tx, list(found.values()))
        for id_, sheet in found.items():
            reminded = {"reminded_at": [sheet.get("reminded_at"), tx.at]}
            tx.record(call.operation.id, "evaluations", id_, names.of(sheet), reminded)
        return len(found), tx.at

    count, at = await call.platform.writer.run(call.actor, work)
    await sheets.update_many(
        {**wanted, "status": {"$nin": sorted(FINISHED)}}, {"$set": {"reminded_at": at}}
    )
    call.platform.pages.clear()
    return count


def _unfit_to_remind(ids: Sequence[str], found: Mapping[str, Document]) -> Iterable[Problem]:
    for place, id_ in enumerate(ids):
        if id_ not in found:
            yield Problem(field=f"evaluation_ids.{place}", code="reference_unknown")
        elif found[id_]["status"] in FINISHED:
            yield Problem(field=f"evaluation_ids.{place}", code="sheet_finished")


async def reassign(call: Call) -> View:
    """The sheet, given to another evaluator of the panel for the reason in the body.

    It starts afresh: the history keeps what the one before had entered, for staff alone, and
    nothing of it, reasons of a reopening included, reaches the next one. Raises 404, 409 or 422.
    """
    values = checked(await call.body(), REASSIGNMENT)
    given = {field.key: normalised(field, values.get(field.key)) for field in REASSIGNMENT}
    if given["reason"] is None:
        raise broken_rule(REASON.key, "required")
    version, evaluator = call.version, given["evaluator_id"]

    async def work(tx: Transaction) -> Document:
        place = await current_sheet(call, tx, version)
        before = place.sheet
        place.need(OPEN)
        if before["status"] in FINISHED:
            raise broken_rule("", "sheet_finished")
        pair = (before["company_id"], evaluator)
        panel = await Panel.load(call.platform.store, tx, before["project_id"], [pair])
        if code := panel.judge(pair):
            raise broken_rule("evaluator_id", code)
        why = {"reason": given["reason"], "by": call.me.id, "by_name": call.me.name, "at": tx.at}
        event = {"kind": "reassigned", **why, "evaluator_id": before["evaluator_id"]}
        changes = {
            "evaluator_id": [before["evaluator_id"], evaluator],
            "status": [before["status"], EvaluationStatus.ASSIGNED.value],
            "total_score": [before.get("total_score"), None],
            "reason": [None, given["reason"]],
        }
        fresh = {**_FRESH, "evaluator_id": evaluator}
        return await changed(call, tx, before, fresh, changes, event)

    return await whole_view(call.platform, await call.platform.writer.run(call.actor, work))


async def take_away(call: Call) -> None:
    """Remove a sheet that is not begun; raises 404, 409 or 422.

    One that had been handed in before it was reopened and reassigned counts as begun: what was
    handed in is evidence.
    """
    version = call.version

    async def work(tx: Transaction) -> None:
        place = await current_sheet(call, tx, version)
        sheet = place.sheet
        place.need(OPEN)
        if sheet["status"] != EvaluationStatus.ASSIGNED:
            code = "sheet_finished" if sheet["status"] in FINISHED else "sheet_begun"
            raise broken_rule("", code)
        store = call.platform.store
        handed_in = {"_id": sheet["_id"], "history.kind": "reopened"}
        if await store.evaluations.find_one(handed_in, {"_id": 1}, session=tx.session):
            raise broken_rule("", "sheet_begun")
        await store.evaluations.delete_one(
            {"_id": sheet["_id"], "version": version}, session=tx.session
        )
        names = await SheetNames.load(store, tx, [sheet])
        changes = {key: [sheet[key], None] for key in ("company_id", "evaluator_id", "status")}
        tx.record(call.operation.id, "evaluations", sheet["_id"], names.of(sheet), changes)

    await call.platform.writer.run(call.actor, work)
