"""What is kept: an upload becomes a file, a file is renamed, and deleted with its last place."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.errors import DuplicateKeyError

from desktop_app.backend.files import gridfs, places, targets, uploads
from desktop_app.backend.lists import Condition
from desktop_app.backend.problem_details import (
    ApiProblem,
    broken_rule,
    forbidden,
    not_found,
)
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document
from desktop_app.backend.writes import Transaction


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was kept; ``duplicate``: its content was within the caller's reach before."""

    place_id: str
    duplicate: bool


async def finish(call: Call, file_hash: str) -> Kept:
    """Make a complete upload a file; sent again it answers the same.

    Raises 409 before all parts are there, and 422 where they are not what was announced, or where
    what the file was for has been deleted meanwhile.
    """
    async with call.platform.uploads.turn(call.id):
        upload = await uploads.find(call)
        if upload["finished_as"]:
            return Kept(upload["finished_as"], upload["duplicate"])
        if upload["offset"] != upload["size"]:
            raise uploads.wrong_offset(upload)
        digest = await uploads.digest_of(call, upload)
        if digest != file_hash or upload["file_hash"] not in (None, digest):
            await uploads.give_up(call, upload)
            raise broken_rule("file_hash", "hash_differs")
        within = await places.reach(call)
        try:
            kept = await _keep(call, upload, digest, within)
        except DuplicateKeyError:
            # Another server kept the same content in between: now it is there.
            kept = await _keep(call, upload, digest, within)
        call.platform.uploads.forget(call.id)
        return kept


async def _keep(call: Call, upload: Document, digest: str, within: Condition) -> Kept:
    store = call.platform.store
    left: list[Document] = []

    async def work(tx: Transaction) -> Kept:
        left.clear()
        now = await store.uploads.find_one(
            {"_id": upload["_id"], "swept_at": None}, session=tx.session
        )
        if now is None:  # it expired this moment, and its parts are being removed
            raise not_found()
        if now["finished_as"]:  # by another server: these parts are a file already
            return Kept(now["finished_as"], now["duplicate"])
        await targets.check_target(store, tx, upload["company_id"], upload["project_id"])
        same = await store["files"].find_one({"file_hash": digest}, session=tx.session)
        if same is None:
            kept = await _keep_content(call, tx, upload, digest)
        else:
            session, size = tx.session, upload["size"]
            left.append(
                await uploads.leave_to_sweep(store, upload["content_id"], size, tx.at, session)
            )
            kept = await _keep_place(call, tx, upload, same, within)
        ended = {
            "finished_as": kept.place_id,
            "duplicate": kept.duplicate,
            "content_id": None,
            "expires_at": tx.at + uploads.LIFETIME,
        }
        mine = {"_id": upload["_id"]}
        await store.uploads.update_one(mine, {"$set": ended}, session=tx.session)
        return kept

    kept = await call.platform.writer.run(call.actor, work)
    for content in left:
        await uploads.clear(store, content)
    return kept


async def _keep_content(call: Call, tx: Transaction, upload: Document, digest: str) -> Kept:
    """A content that was not there: the upload's own chunks become it."""
    store, content_id = call.platform.store, upload["content_id"]
    place = _place(call, tx, upload, content_id)
    document = {
        "_id": content_id,
        "file_type": upload["file_type"],
        "size": upload["size"],
        "file_hash": digest,
        **places.first_of([place]),
        "places": [place],
        "version": 1,
        "created_at": tx.at,
        "updated_at": tx.at,
    }
    await store["files"].insert_one(document, session=tx.session)
    await gridfs.complete(store, document, tx.at, tx.session)
    _record(call, tx, place, {"size": [None, upload["size"]], "file_hash": [None, digest]})
    return Kept(content_id, duplicate=False)


async def _keep_place(
    call: Call, tx: Transaction, upload: Document, same: Document, within: Condition
) -> Kept:
    """A content that is there: one more place, unless it has that very target already."""
    store = call.platform.store
    reached = await places.placed(store, within, tx, content_id=same["_id"])
    for file in reached:
        there = file["places"]
        target = (there.get("company_id"), there.get("project_id"))
        if target == (upload["company_id"], upload["project_id"]):
            return Kept(there["id"], duplicate=True)
    place = _place(call, tx, upload, places.new_place_id(same["_id"]))
    await store["files"].update_one(
        {"_id": same["_id"]},
        {
            "$set": {"places": [*places.places_of(same), place], "updated_at": tx.at},
            "$inc": {"version": 1},
        },
        session=tx.session,
    )
    changes = {"size": [None, upload["size"]], "file_hash": [None, same["file_hash"]]}
    _record(call, tx, place, changes)
    return Kept(place["id"], duplicate=bool(reached))


def _place(call: Call, tx: Transaction, upload: Document, place_id: str) -> Document:
    return {
        "id": place_id,
        "file_name": upload["file_name"],
        "company_id": upload["company_id"],
        "project_id": upload["project_id"],
        "owner_id": upload["owner_id"],
        "uploaded_by": call.me.id,
        "uploaded_at": tx.at,
        "updated_at": tx.at,
        "version": 1,
    }


async def rename(call: Call, file_name: str) -> Document:
    """The file under another name; raises 403, 404 or 409."""
    version, within = call.version, await places.reach(call)

    async def work(tx: Transaction) -> Document:
        file = await _current(call, tx, within, version)
        place = file["places"]
        if place["file_name"] == file_name:
            return file
        renamed = {
            **place,
            "file_name": file_name,
            "version": places.version_of(file) + 1,
            "updated_at": tx.at,
        }
        await _write_places(
            call, tx, file, lambda kept: renamed if kept["id"] == place["id"] else kept
        )
        _record(call, tx, renamed, {"file_name": [place["file_name"], file_name]})
        return {**file, "places": renamed}

    return await call.platform.writer.run(call.actor, work)


async def delete(call: Call) -> None:
    """Remove the file's place, and the content with the last one; raises 403, 404 or 409."""
    version, store, within = call.version, call.platform.store, await places.reach(call)
    left: list[Document] = []

    async def work(tx: Transaction) -> None:
        left.clear()
        file = await _current(call, tx, within, version)
        place = file["places"]
        remaining = await _write_places(
            call, tx, file, lambda kept: None if kept["id"] == place["id"] else kept
        )
        if not remaining:
            await store["files"].delete_one({"_id": file["_id"]}, session=tx.session)
            left.append(
                await uploads.leave_to_sweep(store, file["_id"], file["size"], tx.at, tx.session)
            )
        told = ("file_name", "company_id", "project_id")
        changes = {key: [place[key], None] for key in told if place.get(key)}
        _record(call, tx, place, changes)

    await call.platform.writer.run(call.actor, work)
    for content in left:
        await uploads.clear(store, content)


async def _current(call: Call, tx: Transaction, within: Condition, version: int) -> Document:
    file = await places.find(call, tx, within=within)
    if not places.may_change(call, file["places"]):
        raise forbidden()
    if places.version_of(file) != version:
        [current] = await places.file_views(call, [file])
        raise ApiProblem(
            409, "stale-version", "Someone else changed this in the meantime.", current=current
        )
    return file


async def _write_places(
    call: Call,
    tx: Transaction,
    file: Document,
    change: places.Change,
) -> list[Document]:
    """Put ``change`` of each place in its stead, None for none; the places that remain."""
    collection = call.platform.store["files"]
    document = await collection.find_one({"_id": file["_id"]}, session=tx.session)
    if document is None:
        raise not_found()
    changed = [change(place) for place in places.places_of(document)]
    remaining = [place for place in changed if place is not None]
    if remaining:
        await collection.update_one(
            {"_id": file["_id"]},
            {
                "$set": {
                    "places": remaining,
                    **places.first_of(remaining),
                    "updated_at": tx.at,
                },
                "$inc": {"version": 1},
            },
            session=tx.session,
        )
    return remaining


def _record(call: Call, tx: Transaction, place: Document, changes: Document) -> None:
    tx.record(call.operation.id, "files", place["id"], place["file_name"], changes)
