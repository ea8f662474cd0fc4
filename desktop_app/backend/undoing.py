"""Taking an import back: what it created is removed, what it changed gets its old values.

Rows whose document was changed since, or is in use, stay as they are and are named. The work goes
in portions, each a transaction of its own; an undo that was cut off goes on when asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pymongo import DeleteOne, UpdateOne

from desktop_app.backend.editing import remove_belongings
from desktop_app.backend.problem_details import ApiProblem, not_found
from desktop_app.backend.resources import COMPANIES, PROJECTS, USERS, Resource
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document
from desktop_app.backend.writes import Transaction
from desktop_app.core.imports import UndoResult, Verdict
from desktop_app.core.problems import Problem

_PORTION = 500
_UNIQUE = {"users": "email", "companies": "name"}
"""The field that an import can change and that no two documents share."""
RESOURCES: dict[str, Resource] = {
    resource.name: resource for resource in (USERS, COMPANIES, PROJECTS)
}


@dataclass(slots=True)
class _Portion:
    """What one transaction did."""

    deleted: int = 0
    restored: int = 0
    kept: list[Problem] = field(default_factory=list)


async def undo(call: Call) -> UndoResult:
    """Take back the import that the path names; raises 404, or 409 when it is undone already."""
    store = call.platform.store
    batch = await store.import_batches.find_one_and_update(
        {"_id": call.id, "undone_at": None}, {"$set": {"undoing": True}}
    )
    if batch is None:
        if await store.import_batches.find_one({"_id": call.id}) is None:
            raise not_found()
        raise ApiProblem(409, "import-undone", "This import was undone already.")
    resource = RESOURCES[batch["resource"]]
    cursor = store.import_rows.find(
        {
            "import_id": call.id,
            "undone": False,
            "verdict": {"$in": [Verdict.CREATE.value, Verdict.UPDATE.value]},
        }
    ).sort("row", 1)
    rows = await cursor.to_list()
    total = _Portion()
    for start in range(0, len(rows), _PORTION):
        portion = await _undo_portion(call, resource, rows[start : start + _PORTION])
        total.deleted += portion.deleted
        total.restored += portion.restored
        total.kept += portion.kept
    await _finish(call, batch)
    return UndoResult(deleted=total.deleted, restored=total.restored, kept=tuple(total.kept))


async def _undo_portion(call: Call, resource: Resource, rows: Sequence[Document]) -> _Portion:
    async def work(tx: Transaction) -> _Portion:
        done = _Portion()
        documents = await _documents(call, resource, tx, rows)
        used = await _in_use(call, resource, tx, list(documents))
        taken = await _taken(call, resource, tx, rows)
        gone = await _gone(call, resource, tx, rows)
        writes: list[DeleteOne | UpdateOne] = []
        undone: list[str] = []
        removed: list[str] = []
        for row in rows:
            document = documents.get(row["target_id"])
            code = _reason_to_keep(call, resource, row, document, used, taken)
            references = {row["before"].get(f.key) for f in resource.fields if f.reference}
            if not code and not gone.isdisjoint(references):
                code = "reference_unknown"
            if code or document is None:
                done.kept.append(Problem(field=str(row["row"]), code=code or "changed_since"))
                continue
            undone.append(row["_id"])
            name = document[resource.match_key]
            if row["verdict"] == Verdict.CREATE:
                done.deleted += 1
                writes.append(DeleteOne({"_id": document["_id"]}))
                removed.append(document["_id"])
                changes = {key: [value, None] for key, value in row["after"].items()}
            else:
                done.restored += 1
                writes.append(_restoring(resource, document, row, tx))
                changes = {key: [row["after"][key], old] for key, old in row["before"].items()}
            tx.record(call.operation.id, resource.name, document["_id"], name, changes)
        if writes:
            store = call.platform.store
            await store[resource.name].bulk_write(writes, session=tx.session)
            await remove_belongings(store, resource, tx, removed)
            await store.import_rows.update_many(
                {"_id": {"$in": undone}}, {"$set": {"undone": True}}, session=tx.session
            )
        return done

    return await call.platform.writer.run(call.actor, work)


def _reason_to_keep(
    call: Call,
    resource: Resource,
    row: Document,
    document: Document | None,
    used: set[str],
    taken: dict[str, str],
) -> str | None:
    if document is None or document["version"] != row["target_version"]:
        return "changed_since"
    if document["_id"] == call.me.id:
        return "own_account"
    if row["verdict"] == Verdict.CREATE and document["_id"] in used:
        return "in_use"
    if document["_id"] in used and not resource.fixed_when_used.isdisjoint(row["before"]):
        return "has_sheets"
    unique = _UNIQUE.get(resource.name)
    if unique and taken.get(row["before"].get(unique), row["target_id"]) != row["target_id"]:
        return "duplicate"
    return None


def _restoring(resource: Resource, document: Document, row: Document, tx: Transaction) -> UpdateOne:
    ends = bool(set(row["before"]) & resource.ends_sessions)
    increments = {"version": 1} | ({"session_epoch": 1} if ends else {})
    return UpdateOne(
        {"_id": document["_id"]},
        {"$set": {**row["before"], "updated_at": tx.at}, "$inc": increments},
    )


async def _documents(
    call: Call, resource: Resource, tx: Transaction, rows: Sequence[Document]
) -> dict[str, Document]:
    ids = [row["target_id"] for row in rows]
    cursor = call.platform.store[resource.name].find({"_id": {"$in": ids}}, session=tx.session)
    return {document["_id"]: document async for document in cursor}


async def _taken(
    call: Call, resource: Resource, tx: Transaction, rows: Sequence[Document]
) -> dict[str, str]:
    """Which of the old unique values belong to which document by now."""
    key = _UNIQUE.get(resource.name)
    if key is None:
        return {}
    wanted = [row["before"][key] for row in rows if key in row["before"]]
    cursor = call.platform.store[resource.name].find(
        {key: {"$in": wanted}}, {key: 1}, session=tx.session
    )
    return {document[key]: document["_id"] async for document in cursor}


async def _gone(
    call: Call, resource: Resource, tx: Transaction, rows: Sequence[Document]
) -> set[str]:
    """What the old values refer to and is not there any more."""
    gone: set[str] = set()
    for declared in resource.fields:
        if declared.reference:
            wanted = {row["before"].get(declared.key) for row in rows} - {None, ""}
            there = await call.platform.store[declared.reference].distinct(
                "_id", {"_id": {"$in": sorted(wanted)}}, session=tx.session
            )
            gone |= wanted - set(there)
    return gone


async def _in_use(call: Call, resource: Resource, tx: Transaction, ids: Sequence[str]) -> set[str]:
    used: set[str] = set()
    for collection, *keys in resource.usage:
        for key in keys:
            found = await call.platform.store[collection].distinct(
                key, {key: {"$in": list(ids)}}, session=tx.session
            )
            used.update(found)
    return used


async def _finish(call: Call, batch: Document) -> None:
    async def work(tx: Transaction) -> None:
        await call.platform.store.import_batches.update_one(
            {"_id": batch["_id"]},
            {"$set": {"undone_at": tx.at}, "$unset": {"undoing": ""}},
            session=tx.session,
        )
        tx.record(call.operation.id, "imports", batch["_id"], batch["file_name"], {})

    await call.platform.writer.run(call.actor, work)
