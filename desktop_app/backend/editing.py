"""Create, change, activate and delete documents: one engine for every resource."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from desktop_app.backend.idempotency import Repetition
from desktop_app.backend.problem_details import ApiProblem, broken_rules, not_found
from desktop_app.backend.resources import COMPANIES, USERS, Resource
from desktop_app.backend.routing import Call
from desktop_app.backend.rules import ROLES, UserRules
from desktop_app.backend.store import Document
from desktop_app.backend.writes import Transaction
from desktop_app.core.documents import same
from desktop_app.core.permissions import Scope
from desktop_app.core.problems import Problem

Values = dict[str, Any]
T = TypeVar("T")


def reach(call: Call, resource: Resource) -> dict[str, Any]:
    """The filter that keeps a call within its scope; what is outside does not exist for it."""
    if call.scope is Scope.ALL:
        return {}
    if call.scope is Scope.SELF:
        return {"_id": call.me.id}
    field = "_id" if resource is COMPANIES else "company_id"
    return {field: call.company_scope()}


async def find(call: Call, resource: Resource, tx: Transaction | None = None) -> Document:
    """The document that the path names; raises 404 when it is not there or out of reach."""
    collection = call.platform.store[resource.name]
    wanted = {"$and": [{"_id": call.id}, reach(call, resource)]}
    document = await collection.find_one(wanted, session=tx.session if tx else None)
    if document is None:
        raise not_found()
    return document


async def create(
    call: Call, resource: Resource, values: Values, extra: Values, repeated: Repetition | None
) -> Document:
    """A new document of ``values`` (all fields, normalised) and ``extra``; raises 422."""
    store = call.platform.store

    async def work(tx: Transaction) -> Document:
        if repeated and (earlier := await repeated.earlier(store, tx)):
            return earlier
        problems = resource.check(values)
        if not problems:
            book = await resource.load_rules(store, tx, [values])
            problems = book.problems(values, None, set(values), call.me.id)
        if problems:
            raise broken_rules(problems)
        document = resource.document(values, tx.at) | extra
        await store[resource.name].insert_one(document, session=tx.session)
        if repeated:
            await repeated.keep(store, tx, document, call.platform.config.lifetimes.idempotency_s)
        changes = {key: [None, value] for key, value in values.items() if value is not None}
        _record(call, resource, tx, document, changes)
        return document

    return await _write(call, work)


async def change(
    call: Call, resource: Resource, patch: Values, fixed_here: frozenset[str] = frozenset()
) -> Document:
    """The document after ``patch`` (flat, normalised); raises 404, 409 or 422.

    ``fixed_here`` are fields that this caller may not change.
    """
    version = call.version
    store = call.platform.store

    async def work(tx: Transaction) -> Document:
        before = await _current(call, resource, tx, version)
        kept = resource.flat(before)
        changed = {key for key, value in patch.items() if not same(kept[key], value)}
        if not changed:
            return before
        after = {**kept, **patch}
        fixed = {field.key for field in resource.fields if field.fixed} | fixed_here
        problems = tuple(Problem(field=k, code="read_only") for k in sorted(changed & fixed))
        problems = problems or resource.check(after, only=changed)
        if not problems:
            book = await resource.load_rules(store, tx, [after])
            problems = book.problems(after, before, changed, call.me.id)
        if problems:
            raise broken_rules(problems)
        ends = bool(changed & resource.ends_sessions)
        document = await apply(
            call, resource, tx, before, {key: after[key] for key in changed}, ends_sessions=ends
        )
        _record(call, resource, tx, document, {k: [kept[k], after[k]] for k in sorted(changed)})
        return document

    return await _write(call, work)


async def set_active(call: Call, resource: Resource, *, active: bool) -> Document:
    """The document, activated or deactivated; raises 404, 409 or 422."""
    version = call.version

    async def work(tx: Transaction) -> Document:
        before = await _current(call, resource, tx, version)
        if before["is_active"] == active:
            return before
        if not active:
            await _refuse_leaving(call, resource, tx, before)
        ends = resource is USERS and not active
        document = await apply(
            call, resource, tx, before, {"is_active": active}, ends_sessions=ends
        )
        _record(call, resource, tx, document, {"is_active": [not active, active]})
        return document

    return await _write(call, work)


async def overwrite(
    call: Call, resource: Resource, values: Values, note: Values, *, ends_sessions: bool
) -> Document:
    """The document with fields set that no form edits; ``note`` goes to the audit trail."""
    version = call.version

    async def work(tx: Transaction) -> Document:
        before = await _current(call, resource, tx, version)
        document = await apply(call, resource, tx, before, values, ends_sessions=ends_sessions)
        changes = {key: [before.get(key), value] for key, value in note.items()}
        _record(call, resource, tx, document, changes)
        return document

    return await _write(call, work)


async def delete(call: Call, resource: Resource) -> None:
    """Remove a document that nothing refers to; raises 404, 409 (stale or in use) or 422."""
    version = call.version

    async def work(tx: Transaction) -> None:
        before = await _current(call, resource, tx, version)
        await _refuse_leaving(call, resource, tx, before)
        used = await usage(call, resource, before["_id"], tx)
        if used:
            raise ApiProblem(409, "in-use", "Other documents refer to this one.", usage=used)
        await call.platform.store[resource.name].delete_one(
            {"_id": before["_id"]}, session=tx.session
        )
        kept = {key: value for key, value in resource.flat(before).items() if value is not None}
        _record(call, resource, tx, before, {key: [value, None] for key, value in kept.items()})

    await _write(call, work)


async def usage(
    call: Call, resource: Resource, id_: str, tx: Transaction | None = None
) -> dict[str, int]:
    """How many documents refer to one, by collection; only those that do."""
    store, session = call.platform.store, tx.session if tx else None
    counts = {}
    fields: dict[str, list[str]] = {}
    for collection, field in resource.usage:
        fields.setdefault(collection, []).append(field)
    for collection, named in fields.items():
        wanted: dict[str, Any] = {"$or": [{field: id_} for field in named]}
        if collection == USERS.name:
            wanted["role"] = {"$in": ROLES}
        counts[collection] = await store[collection].count_documents(wanted, session=session)
    return {collection: count for collection, count in counts.items() if count}


async def apply(
    call: Call,
    resource: Resource,
    tx: Transaction,
    before: Document,
    values: Values,
    *,
    ends_sessions: bool,
) -> Document:
    """Set dotted ``values``, raising the version, and the session epoch where sessions end."""
    increments = {"version": 1} | ({"session_epoch": 1} if ends_sessions else {})
    document = await call.platform.store[resource.name].find_one_and_update(
        {"_id": before["_id"], "version": before["version"]},
        {"$set": {**values, "updated_at": tx.at}, "$inc": increments},
        return_document=ReturnDocument.AFTER,
        session=tx.session,
    )
    if document is None:
        raise not_found()
    return document


async def _current(call: Call, resource: Resource, tx: Transaction, version: int) -> Document:
    document = await find(call, resource, tx)
    if document["version"] != version:
        current = await resource.view(call.platform, document)
        raise ApiProblem(
            409, "stale-version", "Someone else changed this in the meantime.", current=current
        )
    return document


async def _refuse_leaving(
    call: Call, resource: Resource, tx: Transaction, before: Document
) -> None:
    """Nobody removes themselves, their own company, or the last administrator."""
    problems: tuple[Problem, ...] = ()
    if resource is USERS:
        book = await UserRules.load(call.platform.store, tx, [])
        problems = book.leaving_problems(before, call.me.id)
    elif before["_id"] == call.me.company_id:
        problems = (Problem(field="", code="own_company"),)
    if problems:
        raise broken_rules(problems)


def _record(
    call: Call, resource: Resource, tx: Transaction, document: Document, changes: Values
) -> None:
    name = document[resource.match_key]
    tx.record(call.operation.id, resource.name, document["_id"], name, changes)


async def _write(call: Call, work: Callable[[Transaction], Awaitable[T]]) -> T:
    try:
        return await call.platform.writer.run(call.actor, work)
    except DuplicateKeyError as error:
        # Someone wrote past this server, between the rules' look and the insertion.
        pattern = (error.details or {}).get("keyPattern", {})
        fields = [key for key in pattern if key != "_id"]
        raise broken_rules(Problem(field=f, code="duplicate") for f in fields) from error
