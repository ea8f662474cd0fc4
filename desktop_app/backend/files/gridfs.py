"""Contents in GridFS, as MongoDB documents it: ``fs.files`` and ``fs.chunks``.

https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from pymongo.asynchronous.client_session import AsyncClientSession

from desktop_app.backend.store import Document, Store

CHUNK = 1024**2
"""Bytes of each chunk of a content but the last."""


async def put_chunks(
    store: Store, content_id: str, offset: int, part: bytes, session: AsyncClientSession
) -> None:
    """Keep ``part`` at ``offset`` (a multiple of ``CHUNK``) in place of what lies there or beyond.

    What lies there came with a part of which nobody learnt that it arrived.
    """
    first = offset // CHUNK
    beyond = {"files_id": content_id, "n": {"$gte": first}}
    await store.chunks.delete_many(beyond, session=session)
    await store.chunks.insert_many(
        [
            {"files_id": content_id, "n": first + n, "data": part[at : at + CHUNK]}
            for n, at in enumerate(range(0, len(part), CHUNK))
        ],
        session=session,
    )


async def complete(
    store: Store, content: Document, at: datetime, session: AsyncClientSession
) -> None:
    """Make the chunks of a document of ``files`` a file of GridFS; the document's id is its id."""
    await store.contents.insert_one(
        {
            "_id": content["_id"],
            "length": content["size"],
            "chunkSize": CHUNK,
            "uploadDate": at,
            "filename": content["file_hash"],
            "metadata": {"contentType": content["file_type"]},
        },
        session=session,
    )


async def read(store: Store, content_id: str, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes ``start`` to ``end`` (not included), chunk by chunk; ``LookupError`` for a hole.

    Each chunk is asked for by itself: a slow reader holds no cursor open.
    """
    size = await _chunk_size(store, content_id)
    at = start
    while at < end:
        n = at // size
        chunk = await store.chunks.find_one({"files_id": content_id, "n": n}, {"data": 1})
        if chunk is None:
            raise LookupError(f"content {content_id} has no chunk {n}")
        data: bytes = chunk["data"][at - n * size : end - n * size]
        if not data:
            raise LookupError(f"content {content_id} ends within chunk {n}")
        yield data
        at += len(data)


async def exists(store: Store, content_id: str, size: int) -> bool:
    """Whether the content is there as a whole."""
    kept = await store.contents.find_one({"_id": content_id}, {"length": 1})
    return kept is not None and kept["length"] == size


async def remove(store: Store, content_id: str) -> None:
    """Remove a content, complete or not."""
    await store.contents.delete_one({"_id": content_id})
    await store.chunks.delete_many({"files_id": content_id})


async def _chunk_size(store: Store, content_id: str) -> int:
    kept = await store.contents.find_one({"_id": content_id}, {"chunkSize": 1})
    return int(kept["chunkSize"]) if kept else CHUNK
