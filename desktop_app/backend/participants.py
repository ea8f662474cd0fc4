"""Who takes part in a project: the companies evaluated, and the panel that evaluates them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pymongo import ReturnDocument

from desktop_app.backend.json_bodies import flat_values
from desktop_app.backend.problem_details import ApiProblem, broken_rules, not_found
from desktop_app.backend.project_views import project_views
from desktop_app.backend.routing import Call
from desktop_app.backend.sheet_reach import find_project, need_status
from desktop_app.backend.store import Document
from desktop_app.backend.writes import Transaction
from desktop_app.core.evaluations import MOST_AT_ONCE, MOST_PANELISTS
from desktop_app.core.problems import Problem
from desktop_app.core.projects import OPEN
from desktop_app.core.users import Role

_LISTS = (
    ("candidate_ids", "company_id", MOST_AT_ONCE),
    ("panel_ids", "evaluator_id", MOST_PANELISTS),
)


async def set_participants(call: Call) -> Document:
    """The project with the candidates and the panel in the body, each replaced as a whole.

    Who joins must be there and active: ``candidate_ids.3`` names the entry of the list that is
    not. Who leaves must have no sheet: ``panel_ids.<id>`` names who has (``has_sheets``). Managers
    and secretaries put evaluators of their own company on the panel, administrators anybody's.
    Raises 404, 409 or 422.
    """
    version = call.version
    given = _lists(await call.body())

    async def work(tx: Transaction) -> Document:
        project = await find_project(call, tx)
        if project["version"] != version:
            [current] = await project_views(call.platform, [project])
            detail = "Someone else changed this in the meantime."
            raise ApiProblem(409, "stale-version", detail, current=current)
        need_status(project, OPEN)
        changes: dict[str, list[Any]] = {}
        problems: list[Problem] = []
        for key, field, _ in _LISTS:
            before, after = list(project.get(key) or ()), given[key]
            joins = {id_ for id_ in after if id_ not in set(before)}
            leaves = [id_ for id_ in before if id_ not in set(after)]
            problems += await _joining(call, tx, key, after, joins)
            problems += await _leaving(call, tx, project, key, field, leaves)
            if joins:
                changes[f"{key}.added"] = [None, sorted(joins)]
            if leaves:
                changes[f"{key}.removed"] = [sorted(leaves), None]
        if problems:
            raise broken_rules(problems)
        if all(list(project.get(key) or ()) == given[key] for key, *_ in _LISTS):
            return project
        changed = await call.platform.store.projects.find_one_and_update(
            {"_id": project["_id"], "version": version},
            {"$set": {**given, "updated_at": tx.at}, "$inc": {"version": 1}},
            return_document=ReturnDocument.AFTER,
            session=tx.session,
        )
        if changed is None:
            raise not_found()
        tx.record(call.operation.id, "projects", project["_id"], project["name"], changes)
        return changed

    return await call.platform.writer.run(call.actor, work)


def _lists(body: dict[str, Any]) -> dict[str, list[str]]:
    values = flat_values(body, [key for key, *_ in _LISTS])
    problems: list[Problem] = []
    for key, _, most in _LISTS:
        ids = values.get(key)
        if ids is None:
            problems.append(Problem(field=key, code="required"))
        elif not isinstance(ids, list) or not all(isinstance(id_, str) for id_ in ids):
            problems.append(Problem(field=key, code="type"))
        elif len(ids) > most:
            problems.append(Problem(field=key, code="too_many", params={"maximum": most}))
        else:
            problems += _repeated(key, ids)
    if problems:
        raise broken_rules(problems)
    return values


def _repeated(key: str, ids: list[str]) -> Iterable[Problem]:
    seen: set[str] = set()
    for place, id_ in enumerate(ids):
        if id_ in seen:
            yield Problem(field=f"{key}.{place}", code="duplicate")
        seen.add(id_)


async def _joining(
    call: Call, tx: Transaction, key: str, after: list[str], joins: set[str]
) -> list[Problem]:
    """What speaks against those who join, by their place in the list."""
    store = call.platform.store
    collection = store.companies if key == "candidate_ids" else store.users
    fields = {"is_active": 1, "role": 1, "company_id": 1}
    cursor = collection.find({"_id": {"$in": sorted(joins)}}, fields, session=tx.session)
    found = {document["_id"]: document async for document in cursor}
    judge = _company_code if key == "candidate_ids" else _panelist_code
    codes = (
        (place, judge(call, found.get(id_))) for place, id_ in enumerate(after) if id_ in joins
    )
    return [Problem(field=f"{key}.{place}", code=code) for place, code in codes if code]


def _company_code(_call: Call, company: Document | None) -> str | None:
    if company is None:
        return "reference_unknown"
    return None if company["is_active"] else "reference_inactive"


def _panelist_code(call: Call, user: Document | None) -> str | None:
    own = call.company_scope()
    if user is None or (own is not None and user.get("company_id") != own):
        return "reference_unknown"
    suits = user["role"] == Role.EVALUATOR.value and user["is_active"]
    return None if suits else "not_an_evaluator"


async def _leaving(
    call: Call, tx: Transaction, project: Document, key: str, field: str, leaves: list[str]
) -> list[Problem]:
    """Those who leave and have sheets."""
    if not leaves:
        return []
    wanted = {"project_id": project["_id"], field: {"$in": leaves}}
    held = await call.platform.store.evaluations.distinct(field, wanted, session=tx.session)
    return [Problem(field=f"{key}.{id_}", code="has_sheets") for id_ in sorted(held)]
