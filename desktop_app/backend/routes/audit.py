"""The audit trail: who did what, and whether the trail is whole."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from desktop_app.backend.answers import AuditList
from desktop_app.backend.lists import ListSpec, equals, listed, one_of
from desktop_app.backend.parts import Platform
from desktop_app.backend.request_shapes import list_parameters
from desktop_app.backend.routing import Call, Route, answer
from desktop_app.backend.store import Document
from desktop_app.core.audit import AuditEntry, ChainVerdict
from desktop_app.core.audit_chain import GENESIS, Verifier
from desktop_app.core.permissions import OPERATIONS

_BATCH = 2_000

AUDIT_LIST = ListSpec(
    collection="audit_log",
    sorts={"sequence": "_id_", "at": "_id_", "created_at": "_id_"},
    filters={
        "actor": equals("actor"),
        "operation": one_of("operation", frozenset(OPERATIONS)),
        "resource": equals("resource"),
        "target_id": equals("target_id"),
    },
    search=("actor_name", "target_name", "operation"),
    default_sort="-sequence",
    field_of={"sequence": "_id", "at": "_id", "created_at": "_id"},
)


def entry_view(entry: Document) -> dict[str, Any]:
    """An entry as the API gives it."""
    return {key: entry.get(key) for key in AuditEntry.__dataclass_fields__}


async def list_entries(call: Call) -> Response:
    """A page of the trail, the latest first."""

    async def views(_: Platform, entries: list[Document]) -> list[dict[str, Any]]:
        return [entry_view(entry) for entry in entries]

    return await listed(call, AUDIT_LIST, {}, "entries", views)


async def verify(call: Call) -> Response:
    """Walks the whole trail; hashing goes on threads, in portions."""
    store, verifier = call.platform.store, Verifier()
    newest: Document = await store.audit_log.find_one({}, {"_id": 1}, sort=[("_id", -1)]) or {}
    head: Document = await store.audit_head.find_one({"_id": "head"}) or {}
    sequence, last = head.get("sequence", 0), head.get("hash", GENESIS)
    # What is appended during the walk is beyond the head that it is compared with.
    cursor = store.audit_log.find({"_id": {"$lte": sequence}}).sort("_id", 1)
    while portion := await cursor.to_list(_BATCH):
        await asyncio.to_thread(verifier.take, portion)
    verifier.finish(sequence, last, newest.get("_id", 0))
    verdict = ChainVerdict(
        entries=verifier.entries,
        intact=verifier.broken_at is None,
        broken_at=verifier.broken_at,
    )
    return answer(verdict)


ROUTES = (
    Route(
        "audit.list",
        list_entries,
        AuditList,
        parameters=list_parameters(AUDIT_LIST.sorts, AUDIT_LIST.filters),
    ),
    Route("audit.verify", verify, ChainVerdict),
)
