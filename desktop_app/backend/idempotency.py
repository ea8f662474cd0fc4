"""Creations that may be sent twice: the second one is answered like the first."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec

from desktop_app.backend.problem_details import ApiProblem
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class Repetition:
    """An Idempotency-Key of one user, with the hash of the request it belongs to."""

    id: str
    request_hash: str

    async def earlier(self, store: Store, tx: Transaction) -> Document | None:
        """The document that the first such request created; None for the first.

        Raises 422 when the key belongs to a request with other content.
        """
        kept = await store.idempotency_keys.find_one({"_id": self.id}, session=tx.session)
        if kept is None:
            return None
        if kept["request_hash"] != self.request_hash:
            raise ApiProblem(
                422, "idempotency-key-reused", "This key belongs to a request with other content."
            )
        document: Document = kept["document"]
        return document

    async def keep(
        self, store: Store, tx: Transaction, document: Document, lifetime_s: int
    ) -> None:
        """Remember what was created, without secrets, in the transaction that creates it."""
        await store.idempotency_keys.insert_one(
            {
                "_id": self.id,
                "request_hash": self.request_hash,
                "target_id": document["_id"],
                "document": {k: v for k, v in document.items() if k != "password_hash"}
                | {"password_hash": "kept apart" if document.get("password_hash") else None},
                "expires_at": tx.at + timedelta(seconds=lifetime_s),
            },
            session=tx.session,
        )


def repetition(call: Call, body: dict[str, Any]) -> Repetition | None:
    """The request's Idempotency-Key; None without one; raises 422 for a bad one."""
    key = call.request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise ApiProblem(422, "broken-rules", "Idempotency-Key: 1 to 128 visible characters.")
    content = msgspec.json.encode([call.operation.id, body], order="deterministic")
    owner = f"{call.me.id}:{call.operation.id}:{key}"
    # Keyed, because the content may hold a password that could be guessed from a plain hash.
    secret = call.platform.config.secret_key.encode()
    request_hash = hmac.new(secret, content, sha256).hexdigest()
    return Repetition(sha256(owner.encode()).hexdigest(), request_hash)
