"""Every change of data: one transaction holding the change and its audit entries."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import ConnectionFailure, PyMongoError

from desktop_app.backend.sessions import Sessions
from desktop_app.backend.store import ACKNOWLEDGED, Document, Store
from desktop_app.core.audit_chain import GENESIS, chained

T = TypeVar("T")

_PAUSE_S = 0.001
_LONGEST_PAUSE_S = 0.1
"""Before the second attempt, and at most; in between twice as long before each further one."""

_HEAD = "head"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, in which request."""

    id: str
    name: str
    request_id: str


@dataclass(slots=True)
class Transaction:
    """What work inside a transaction holds: the session for its statements, and its trail."""

    session: AsyncClientSession
    actor: Actor
    at: datetime
    entries: list[Document] = field(default_factory=list)
    changed: dict[str, set[str]] = field(default_factory=dict)

    def record(
        self,
        operation: str,
        resource: str,
        target_id: str | None,
        target_name: str | None,
        changes: Mapping[str, list[Any]],
    ) -> None:
        """Note in the audit trail what was changed: dotted key to [before, after], no secrets."""
        self.entries.append(
            {
                "at": self.at,
                "actor": self.actor.id,
                "actor_name": self.actor.name,
                "operation": operation,
                "resource": resource,
                "target_id": target_id,
                "target_name": target_name,
                "changes": dict(changes),
                "request_id": self.actor.request_id,
            }
        )
        if target_id is not None:
            self.changed.setdefault(resource, set()).add(target_id)


class Writer:
    """Runs changes one after the other.

    The audit trail is one chain, so two changes cannot commit side by side anyway: the second
    would fail on the trail's head and start over. The head also makes transactions serialisable:
    a rule that looks at other documents (a company's limit, the last administrator) cannot be
    broken by two changes at once, not even from two server processes.
    """

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        clock: Callable[[], datetime],
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self._changed = changed
        self._turn = asyncio.Lock()
        self._lost_at = 0.0

    async def run(self, actor: Actor, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do ``work`` and append its audit entries, all or nothing; ``work`` may run again.

        Returns once the change is acknowledged by a majority and journaled.
        """
        done: list[Transaction] = []

        async def attempt(session: AsyncClientSession) -> T:
            transaction = Transaction(session, actor, self._clock())
            result = await work(transaction)
            await self._append(transaction)
            done[:] = [transaction]
            return result

        asked = time.monotonic()
        async with self._turn, self._store.client.start_session() as session:
            if self._lost_at > asked:
                # Everyone in the queue would wait for MongoDB in turn, each for seconds.
                raise ConnectionFailure("MongoDB went away while this change waited")
            try:
                result = await transact(session, attempt, self._store.conflict_s)
            except ConnectionFailure:
                self._lost_at = time.monotonic()
                raise
        self._announce(done[0])
        return result

    async def look(self, actor: Actor, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do ``work`` that only reads and changes nothing, outside any transaction."""
        async with self._store.client.start_session() as session:
            return await work(Transaction(session, actor, self._clock()))

    async def _append(self, transaction: Transaction) -> None:
        if not transaction.entries:
            return
        session = transaction.session
        head = await self._store.audit_head.find_one({"_id": _HEAD}, session=session)
        sequence, last = (head["sequence"], head["hash"]) if head else (0, GENESIS)
        links = chained(transaction.entries, sequence, last)
        await self._store.audit_log.insert_many(links, session=session)
        await self._store.audit_head.replace_one(
            {"_id": _HEAD},
            {"_id": _HEAD, "sequence": links[-1]["sequence"], "hash": links[-1]["hash"]},
            upsert=True,
            session=session,
        )

    def _announce(self, transaction: Transaction) -> None:
        self._sessions.forget_users(list(transaction.changed.get("users", ())))
        for company_id in transaction.changed.get("companies", ()):
            self._sessions.companies.forget(company_id)
        # Also without an entry: an import of bad rows alone leaves a batch in a list.
        self._changed()


async def transact(
    session: AsyncClientSession,
    attempt: Callable[[AsyncClientSession], Awaitable[T]],
    patience_s: float,
) -> T:
    """Run ``attempt`` in a transaction; again, a little later, when another one got in its way.

    What is in the way may be the transaction of a server that was killed: MongoDB keeps it open
    until its lifetime is over, which ``patience_s`` should outlast.

    For changes that leave no trail; all others go through ``Writer``. Not ``with_transaction``:
    that goes on for minutes while MongoDB is away, and a caller is better told at once.
    """
    ends = time.monotonic() + patience_s
    for pause_s in _pauses():
        try:
            async with await session.start_transaction(write_concern=ACKNOWLEDGED):
                return await attempt(session)
        except PyMongoError as error:
            transient = error.has_error_label("TransientTransactionError")
            over = time.monotonic() >= ends
            if isinstance(error, ConnectionFailure) or not transient or over:
                raise
            await asyncio.sleep(pause_s)
    raise AssertionError("unreachable: the last try returns or raises")


def _pauses() -> Iterator[float]:
    pause_s = _PAUSE_S
    while True:
        yield pause_s
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
