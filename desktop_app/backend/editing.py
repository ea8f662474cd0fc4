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
from desktop_app.backend.rules import ROLES, Asker, UserRules
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core.documents import nest, same
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
    return resource.reach(call.company_scope() or "")


def asker(call: Call) -> Asker:
    """The caller as rule books know them."""
    return Asker(call.me.id, call.company_scope())


async def find(call: Call, resource: Resource, tx: Transaction | None = None) -> Document:
    """The document that the path names; raises 404 when it is not there or out of reach."""
    collection = call.platform.store[resource.name]
    wanted = {"$and": [{"_id": call.id}, reach(call, resource)]}
    document = await collection.find_one(wanted, session=tx.session if tx else None)
    if document is None:
        raise not_found()
    return document


async def find_own(call: Call, resource: Resource, tx: Transaction | None = None) -> Document:
    """As ``find``, for what the caller may change: 403 where it is shared by all companies."""
    document = await find(call, resource, tx)
    if resource.shared and call.scope is not Scope.ALL and document.get("company_id") is None:
        raise ApiProblem(403, "forbidden", "What all companies share is changed by administrators.")
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
            problems = book.problems(values, None, set(values), asker(call))
        if problems:
            raise broken_rules(problems)
        further = book.derived(values, set(values))
        document = resource.document({**values, **further}, tx.at) | extra
        if resource.saving:
            document |= await resource.saving(store, tx, None, document, set(values))
        await store[resource.name].insert_one(document, session=tx.session)
        if repeated:
            await repeated.keep(store, tx, document, call.platform.config.lifetimes.idempotency_s)
        record(call, resource, tx, document, resource.told({}, {**values, **further}))
        return document

    return await write(call, work)


async def change(
    call: Call, resource: Resource, patch: Values, fixed_here: frozenset[str] = frozenset()
) -> Document:
    """The document after ``patch`` (flat, normalised); raises 404, 409 or 422.

    ``fixed_here`` are fields that this caller may not change.
    """
    version = call.version
    store = call.platform.store

    async def work(tx: Transaction) -> Document:
        before = await current(call, resource, tx, version)
        kept = resource.flat(before)
        changed = {key for key, value in patch.items() if not same(kept[key], value)}
        if not changed:
            return before
        after = {**kept, **patch}
        fixed = {field.key for field in resource.fields if field.fixed} | fixed_here
        problems = tuple(Problem(field=k, code="read_only") for k in sorted(changed & fixed))
        problems = problems or resource.check(after, only=changed)
        if not problems:
            book = await resource.load_rules(store, tx, [{**after, "_id": before["_id"]}])
            problems = book.problems(after, before, changed, asker(call))
        if problems:
            raise broken_rules(problems)
        ends = bool(changed & resource.ends_sessions)
        values = {key: after[key] for key in sorted(changed)} | book.derived(after, changed)
        if resource.saving:
            values |= await resource.saving(store, tx, before, {**before, **nest(values)}, changed)
        document = await apply(call, resource, tx, before, values, ends_sessions=ends)
        record(call, resource, tx, document, resource.told({**before, **kept}, values))
        return document

    return await write(call, work)


async def set_active(call: Call, resource: Resource, *, active: bool) -> Document:
    """The document, activated or deactivated; raises 404, 409 or 422."""
    version = call.version

    async def work(tx: Transaction) -> Document:
        before = await current(call, resource, tx, version)
        if before["is_active"] == active:
            return before
        if not active:
            await _refuse_leaving(call, resource, tx, before)
        ends = resource is USERS and not active
        document = await apply(
            call, resource, tx, before, {"is_active": active}, ends_sessions=ends
        )
        record(call, resource, tx, document, {"is_active": [not active, active]})
        return document

    return await write(call, work)


async def overwrite(
    call: Call, resource: Resource, values: Values, note: Values, *, ends_sessions: bool
) -> Document:
    """The document with fields set that no form edits; ``note`` goes to the audit trail."""
    version = call.version

    async def work(tx: Transaction) -> Document:
        before = await current(call, resource, tx, version)
        document = await apply(call, resource, tx, before, values, ends_sessions=ends_sessions)
        changes = {key: [before.get(key), value] for key, value in note.items()}
        record(call, resource, tx, document, changes)
        return document

    return await write(call, work)


async def delete(call: Call, resource: Resource) -> None:
    """Remove a document that nothing refers to; raises 404, 409 (stale or in use) or 422."""
    version = call.version

    async def work(tx: Transaction) -> None:
        before = await current(call, resource, tx, version)
        await _refuse_leaving(call, resource, tx, before)
        used = await usage(call, resource, before["_id"], tx)
        if used:
            raise ApiProblem(409, "in-use", "Other documents refer to this one.", usage=used)
        store = call.platform.store
        await store[resource.name].delete_one({"_id": before["_id"]}, session=tx.session)
        await remove_belongings(store, resource, tx, [before["_id"]])
        kept = resource.flat(before)
        record(call, resource, tx, before, resource.told(kept, dict.fromkeys(kept)))

    await write(call, work)


async def usage(
    call: Call, resource: Resource, id_: str, tx: Transaction | None = None
) -> dict[str, int]:
    """How many documents refer to one, by collection; only those that do."""
    store, session = call.platform.store, tx.session if tx else None
    counts = {}
    for collection, *fields in resource.usage:
        wanted: dict[str, Any] = {fields[0]: id_}
        if len(fields) > 1:
            wanted = {"$or": [{field: id_} for field in fields]}
        if collection == USERS.name:
            wanted["role"] = {"$in": ROLES}
        counts[collection] = await store[collection].count_documents(wanted, session=session)
    return {collection: count for collection, count in counts.items() if count}


async def remove_belongings(
    store: Store, resource: Resource, tx: Transaction, ids: list[str]
) -> None:
    """Remove what goes with documents that are removed."""
    for collection, field in resource.belongings:
        await store[collection].delete_many({field: {"$in": ids}}, session=tx.session)


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


async def current(call: Call, resource: Resource, tx: Transaction, version: int) -> Document:
    """The document that the path names, if it has this version; raises 403, 404 or 409."""
    document = await find_own(call, resource, tx)
    if document["version"] != version:
        raise ApiProblem(
            409,
            "stale-version",
            "Someone else changed this in the meantime.",
            current=await resource.view(call.platform, document),
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
    elif resource is COMPANIES and before["_id"] == call.me.company_id:
        problems = (Problem(field="", code="own_company"),)
    if problems:
        raise broken_rules(problems)


def record(
    call: Call, resource: Resource, tx: Transaction, document: Document, changes: Values
) -> None:
    """Note a change of ``document`` in the audit trail."""
    name = document[resource.match_key]
    tx.record(call.operation.id, resource.name, document["_id"], name, changes)


async def write(call: Call, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Do ``work`` in a transaction; raises 422 for what the database finds twice."""
    try:
        return await call.platform.writer.run(call.actor, work)
    except DuplicateKeyError as error:
        # Someone wrote past this server, between the rules' look and the insertion.
        pattern = (error.details or {}).get("keyPattern", {})
        fields = [key for key in pattern if key != "_id"]
        raise broken_rules(Problem(field=f, code="duplicate") for f in fields) from error
