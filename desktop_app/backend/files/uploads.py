"""Uploads: begun, sent part by part, and finished or given up.

An upload is a document of ``uploads``; its parts are chunks of GridFS from the beginning, under
the id that the content will have. What has expired is removed when another upload is begun.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from desktop_app.backend.files import gridfs
from desktop_app.backend.files.sniffing import SNIFFED, sniff
from desktop_app.backend.files.targets import Target, check_storage
from desktop_app.backend.problem_details import ApiProblem, broken_rule, not_found
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction, transact
from desktop_app.core.file_types import REFUSED_TYPES
from desktop_app.core.files import PART_SIZE

LIFETIME = timedelta(days=1)
"""From the last part on; a finished upload is remembered as long, to be answered twice alike."""
MOST_OPEN = 200
_SWEPT_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Announced:
    """What is said of a file before it is sent."""

    file_name: str
    size: int
    file_hash: str | None
    target: Target


async def begin(call: Call, announced: Announced) -> Document:
    """A new upload; raises 422 where it does not fit the storage."""
    platform = call.platform
    await sweep(platform.store, platform.clock())

    async def work(tx: Transaction) -> Document:
        await _check_open(platform.store, tx, call.me.id)
        target = announced.target
        await check_storage(platform.store, tx, target.owner_id, announced.size, tx.at)
        upload = {
            "_id": str(ObjectId()),
            "content_id": str(ObjectId()),
            "file_name": announced.file_name,
            "size": announced.size,
            "offset": 0,
            "file_hash": announced.file_hash,
            "file_type": sniff(b"", 0) if announced.size == 0 else None,
            "company_id": target.company_id,
            "project_id": target.project_id,
            "owner_id": target.owner_id,
            "started_by": call.me.id,
            "finished_as": None,
            "created_at": tx.at,
            "expires_at": tx.at + LIFETIME,
        }
        await platform.store.uploads.insert_one(upload, session=tx.session)
        return upload

    return await platform.writer.run(call.actor, work)


async def find(call: Call) -> Document:
    """The caller's own upload that the path names; raises 404."""
    platform = call.platform
    wanted = {
        "_id": call.id,
        "started_by": call.me.id,
        "expires_at": {"$gt": platform.clock()},
        "swept_at": None,
    }
    upload = await platform.store.uploads.find_one(wanted)
    if upload is None:
        raise not_found()
    return upload


async def take(call: Call, offset: int, part: bytes) -> Document:
    """The upload after ``part`` at ``offset``; raises 409 where another offset is due.

    A part that has arrived before changes nothing. The first one is looked at: a type that is not
    taken need not be sent to its end. The chunks are kept together with the offset or not at all:
    another server, to which a client turned in between, may have made a file of them meanwhile.
    """
    platform, under_way = call.platform, call.platform.uploads
    async with under_way.turn(call.id):
        upload = await find(call)
        if offset < upload["offset"] and offset + len(part) <= upload["offset"]:
            return upload
        if offset != upload["offset"] or upload["finished_as"]:
            raise wrong_offset(upload)
        end = _end_of(upload, part)
        changes: dict[str, Any] = {"offset": end, "expires_at": platform.clock() + LIFETIME}
        if offset == 0:
            changes["file_type"] = await _type_of(call, upload, part)
        hashed = under_way.hash_at(call.id, offset)
        taken = await _put(platform.store, upload, changes, offset, part)
        if taken is None:  # another server's, or swept away
            raise wrong_offset(await find(call))
        if hashed is not None:
            await asyncio.to_thread(hashed.update, part)
            under_way.keep_hash(call.id, end, hashed)
        return taken


async def _put(
    store: Store, upload: Document, changes: dict[str, Any], offset: int, part: bytes
) -> Document | None:
    """The upload after ``part``; None, and nothing kept, where it is not at ``offset`` any more."""
    due = {"_id": upload["_id"], "offset": offset, "finished_as": None, "swept_at": None}

    async def work(session: AsyncClientSession) -> Document | None:
        taken = await store.uploads.find_one_and_update(
            due, {"$set": changes}, return_document=ReturnDocument.AFTER, session=session
        )
        if taken is not None:
            await gridfs.put_chunks(store, upload["content_id"], offset, part, session)
        return taken

    async with store.client.start_session() as session:
        return await transact(session, work, store.conflict_s)


async def digest_of(call: Call, upload: Document) -> str:
    """The SHA-256 of what has arrived, from memory, or from the parts after a restart."""
    hashed = call.platform.uploads.hash_at(call.id, upload["offset"])
    if hashed is None:
        hashed = sha256()
        async for chunk in gridfs.read(
            call.platform.store, upload["content_id"], 0, upload["offset"]
        ):
            await asyncio.to_thread(hashed.update, chunk)
    return hashed.hexdigest()


async def give_up(call: Call, upload: Document) -> None:
    """Remove an upload, and its parts unless they have become a file meanwhile.

    It is marked first, as in ``sweep``: what its document says from then on cannot change.
    """
    store, now = call.platform.store, call.platform.clock()
    call.platform.uploads.forget(upload["_id"])
    marked = await store.uploads.find_one_and_update(
        {"_id": upload["_id"]},
        {"$set": {"swept_at": now, "expires_at": now}},
        return_document=ReturnDocument.AFTER,
    )
    if marked is not None:
        await _remove(store, marked)


async def leave_to_sweep(
    store: Store, content_id: str, size: int, at: datetime, session: AsyncClientSession
) -> Document:
    """Note, within a transaction, a content that is not needed any more; ``clear`` removes it.

    If the server ends before that, the next sweep does.
    """
    left = {
        "_id": str(ObjectId()),
        "content_id": content_id,
        "file_name": "",
        "size": size,
        "offset": size,
        "finished_as": None,
        "expires_at": at,
    }
    await store.uploads.insert_one(left, session=session)
    return left


async def clear(store: Store, left: Document) -> None:
    """Remove what ``leave_to_sweep`` noted."""
    await _remove(store, left)


async def sweep(store: Store, now: datetime) -> None:
    """Remove a few of the uploads that have expired; MongoDB itself could not remove their parts.

    Few at a time: somebody waits for the upload that they begin. Each is marked first, so that it
    cannot become a file while its parts are removed.
    """
    expired = store.uploads.find({"expires_at": {"$lte": now}}, {"_id": 1}).limit(_SWEPT_AT_ONCE)
    for found in await expired.to_list():
        still = {"_id": found["_id"], "expires_at": {"$lte": now}}
        upload = await store.uploads.find_one_and_update(still, {"$set": {"swept_at": now}})
        if upload is not None:
            await _remove(store, upload)


async def _remove(store: Store, upload: Document) -> None:
    # In this order: what is interrupted is found again by the next sweep.
    if upload.get("content_id"):
        await gridfs.remove(store, upload["content_id"])
    await store.uploads.delete_one({"_id": upload["_id"]})


async def _check_open(store: Store, tx: Transaction, user_id: str) -> None:
    wanted = {"started_by": user_id, "finished_as": None, "expires_at": {"$gt": tx.at}}
    count = await store.uploads.count_documents(wanted, limit=MOST_OPEN, session=tx.session)
    if count >= MOST_OPEN:
        raise broken_rule("", "too_many", maximum=MOST_OPEN)


def _end_of(upload: Document, part: bytes) -> int:
    """Where ``part`` ends; raises 422 for one that does not fit the chunks or the file."""
    end: int = upload["offset"] + len(part)
    fits = len(part) % gridfs.CHUNK == 0 or end == upload["size"]
    if not part or not fits or end > upload["size"]:
        raise ApiProblem(
            422,
            "broken-rules",
            f"Parts have {PART_SIZE} bytes, but for the last one, which ends the file.",
        )
    return end


async def _type_of(call: Call, upload: Document, part: bytes) -> str:
    kind = await asyncio.to_thread(sniff, part[:SNIFFED], upload["size"])
    if kind in REFUSED_TYPES:
        await give_up(call, upload)
        raise broken_rule("", "file_type_refused")
    return kind


def wrong_offset(upload: Document) -> ApiProblem:
    """409: go on from where the upload is, which is told."""
    return ApiProblem(
        409, "wrong-offset", "Another part is due.", current=view(upload), upload=view(upload)
    )


def view(upload: Document) -> dict[str, Any]:
    """An upload as the API gives it."""
    return {
        "id": upload["_id"],
        "offset": upload["offset"],
        "size": upload["size"],
        "part_size": PART_SIZE,
        "expires_at": upload["expires_at"],
    }
