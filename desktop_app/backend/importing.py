"""Bulk imports: a chunk of rows judged and applied in one transaction, once.

A row that was applied is not applied again, however often its request is repeated: its verdict is
kept under (import_id, row). A row that was refused may be sent again, corrected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pymongo import ReplaceOne, UpdateOne

from desktop_app.backend.editing import asker
from desktop_app.backend.import_requests import ImportRequest
from desktop_app.backend.import_verdicts import Judged, judge_rows
from desktop_app.backend.passwords import derived_password
from desktop_app.backend.problem_details import ApiProblem, broken_rule
from desktop_app.backend.resources import USERS, Resource
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document
from desktop_app.backend.writes import Transaction
from desktop_app.core.imports import (
    ImportBatch,
    ImportRow,
    Judgement,
    Room,
    RowResult,
    Verdict,
)
from desktop_app.core.problems import Problem

Applied = tuple[list[RowResult], Document | None]


async def judge_only(call: Call, resource: Resource, request: ImportRequest) -> Judgement:
    """The verdicts as they would be; changes nothing."""

    async def work(tx: Transaction) -> Judgement:
        judged, rooms = await _judge(call, resource, request, request.rows, tx)
        results = tuple(_result(resource, row, None) for row in judged)
        return Judgement(results=results, rooms=rooms)

    return await call.platform.writer.look(call.actor, work)


async def apply_rows(call: Call, resource: Resource, request: ImportRequest) -> Applied:
    """The verdicts after applying what is good, and the batch."""
    hashes: dict[str, str] = {}

    async def work(tx: Transaction) -> Applied:
        batch = await _batch(call, resource, request, tx)
        earlier = await _earlier(call, request, tx)
        done = {n for n, row in earlier.items() if row["verdict"] != Verdict.INVALID}
        fresh = [row for row in request.rows if row.row not in done]
        judged, _rooms = await _judge(call, resource, request, fresh, tx)
        creations = [row for row in judged if row.verdict is Verdict.CREATE]
        if resource is USERS and request.issue_passwords:
            await _hash_missing(call, request, creations, hashes)
        documents = _new_documents(call, resource, request, creations, hashes, tx)
        await _write(call, resource, tx, judged, documents)
        kept = _kept_rows(request, judged, documents)
        if kept:
            writes = [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in kept]
            await call.platform.store.import_rows.bulk_write(writes, session=tx.session)
        batch = await _count(call, tx, batch, earlier, judged)
        results = {row.row: _result(resource, row, documents.get(row.row)) for row in judged}
        results |= {n: _repeated(resource, earlier[n]) for n in done}
        return [
            _with_password(call, request, resource, results[r.row]) for r in request.rows
        ], batch

    return await call.platform.writer.run(call.actor, work)


def batch_view(batch: Document) -> ImportBatch:
    """A batch as the API gives it."""
    return ImportBatch(
        id=batch["_id"],
        resource=batch["resource"],
        file_name=batch["file_name"],
        created_by=batch["created_by_name"],
        created_at=batch["created_at"],
        counts=batch["counts"],
        undone_at=batch["undone_at"],
    )


async def _judge(
    call: Call,
    resource: Resource,
    request: ImportRequest,
    rows: Sequence[ImportRow],
    tx: Transaction,
) -> tuple[list[Judged], dict[str, Room]]:
    return await judge_rows(
        call.platform.store,
        tx,
        resource,
        rows,
        update_existing=request.update_existing,
        asker=asker(call),
    )


async def _batch(
    call: Call, resource: Resource, request: ImportRequest, tx: Transaction
) -> Document:
    batch = await call.platform.store.import_batches.find_one(
        {"_id": request.import_id}, session=tx.session
    )
    if batch is None:
        return {
            "_id": request.import_id,
            "resource": resource.name,
            "file_name": request.file_name,
            "created_by": call.me.id,
            "created_by_name": call.me.name,
            "created_at": tx.at,
            "counts": {},
            "undone_at": None,
        }
    if batch["resource"] != resource.name or batch["created_by"] != call.me.id:
        raise broken_rule("import_id", "duplicate")
    if batch["undone_at"] is not None or batch.get("undoing"):
        raise ApiProblem(
            409,
            "import-undone",
            "This import was undone: start a new one.",
            problems=(Problem(field="import_id", code="import_undone"),),
        )
    return batch


async def _earlier(call: Call, request: ImportRequest, tx: Transaction) -> dict[int, Document]:
    cursor = call.platform.store.import_rows.find(
        {"import_id": request.import_id, "row": {"$in": [row.row for row in request.rows]}},
        session=tx.session,
    )
    return {row["row"]: row async for row in cursor}


async def _hash_missing(
    call: Call, request: ImportRequest, creations: Sequence[Judged], hashes: dict[str, str]
) -> None:
    wanted = [_password(call, request, row.row, row.values["login_id"]) for row in creations]
    missing = [password for password in wanted if password not in hashes]
    encoded = await call.platform.passwords.hash_one_time(missing)
    hashes.update(zip(missing, encoded, strict=True))


def _new_documents(
    call: Call,
    resource: Resource,
    request: ImportRequest,
    creations: Sequence[Judged],
    hashes: dict[str, str],
    tx: Transaction,
) -> dict[int, Document]:
    documents = {}
    for row in creations:
        document = resource.document(row.values, tx.at)
        if hashes:
            password = _password(call, request, row.row, row.values["login_id"])
            document |= {"password_hash": hashes[password], "must_change_password": True}
        documents[row.row] = document
    return documents


async def _write(
    call: Call,
    resource: Resource,
    tx: Transaction,
    judged: Sequence[Judged],
    documents: dict[int, Document],
) -> None:
    """Insert and update in bulk, with an audit entry for each document."""
    collection = call.platform.store[resource.name]
    if documents:
        await collection.insert_many(list(documents.values()), session=tx.session)
    updates = []
    for row in judged:
        if row.verdict is Verdict.CREATE:
            document = documents[row.row]
            changes = {key: [None, value] for key, value in row.changes.items()}
        elif row.verdict is Verdict.UPDATE and row.existing is not None:
            document = row.existing
            changes = {key: [row.before[key], value] for key, value in row.changes.items()}
            ends = bool(set(row.changes) & resource.ends_sessions)
            updates.append(_update(document, row.changes, tx, ends_sessions=ends))
        else:
            continue
        name = document[resource.match_key]
        tx.record(call.operation.id, resource.name, document["_id"], name, changes)
    if updates:
        await collection.bulk_write(updates, session=tx.session)


def _update(
    document: Document, values: dict[str, Any], tx: Transaction, *, ends_sessions: bool
) -> UpdateOne:
    increments = {"version": 1} | ({"session_epoch": 1} if ends_sessions else {})
    change = {"$set": {**values, "updated_at": tx.at}, "$inc": increments}
    return UpdateOne({"_id": document["_id"]}, change)


def _kept_rows(
    request: ImportRequest, judged: Sequence[Judged], documents: dict[int, Document]
) -> list[Document]:
    kept = []
    for row in judged:
        document = documents.get(row.row) or row.existing
        changed = row.verdict is Verdict.UPDATE
        kept.append(
            {
                "_id": f"{request.import_id}:{row.row}",
                "import_id": request.import_id,
                "row": row.row,
                "verdict": row.verdict.value,
                "target_id": document["_id"] if document else None,
                "target_version": document["version"] + changed if document else None,
                "before": row.before,
                "after": row.changes,
                "undone": False,
            }
        )
    return kept


async def _count(
    call: Call,
    tx: Transaction,
    batch: Document,
    earlier: dict[int, Document],
    judged: Sequence[Judged],
) -> Document:
    counts: Counter[str] = Counter(batch["counts"])
    counts.update(row.verdict.value for row in judged)
    counts.subtract(earlier[row.row]["verdict"] for row in judged if row.row in earlier)
    updated = {**batch, "counts": {key: n for key, n in counts.items() if n > 0}}
    if updated["counts"]:
        await call.platform.store.import_batches.replace_one(
            {"_id": batch["_id"]}, updated, upsert=True, session=tx.session
        )
    return updated


def _result(resource: Resource, row: Judged, created: Document | None) -> RowResult:
    target = created or row.existing
    return RowResult(
        row=row.row,
        verdict=row.verdict,
        problems=row.problems,
        id=target["_id"] if target else None,
        before=_of_fields(resource, row.before),
        after=_of_fields(resource, row.changes),
    )


def _of_fields(resource: Resource, values: dict[str, Any]) -> dict[str, Any]:
    """Without what follows from them."""
    return {key: value for key, value in values.items() if key in resource.keys}


def _repeated(resource: Resource, kept: Document) -> RowResult:
    return RowResult(
        row=kept["row"],
        verdict=Verdict(kept["verdict"]),
        id=kept["target_id"],
        before=_of_fields(resource, kept["before"]),
        after=_of_fields(resource, kept["after"]),
    )


def _with_password(
    call: Call, request: ImportRequest, resource: Resource, result: RowResult
) -> RowResult:
    if resource is not USERS or not request.issue_passwords or result.verdict is not Verdict.CREATE:
        return result
    password = _password(call, request, result.row, str(result.after["login_id"]))
    return RowResult(
        row=result.row,
        verdict=result.verdict,
        id=result.id,
        before=result.before,
        after=result.after,
        initial_password=password,
    )


def _password(call: Call, request: ImportRequest, row: int, login_id: str) -> str:
    """The same for the same row of the same import: a repeated request gets it again."""
    secret = call.platform.config.secret_key
    return derived_password(secret, "import", request.import_id, str(row), login_id)
