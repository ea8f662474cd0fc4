"""What a migration adds to the platform's audit trail: one chained entry per deed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo.client_session import ClientSession

from desktop_app.core.audit_chain import GENESIS, chained
from desktop_app.db.migrations.server import DURABLE, Target, server_time

_HEAD = "head"
Change = Callable[[ClientSession | None], None]


def audited(
    target: Target,
    operation: str,
    target_id: str,
    change: Change,
    *,
    changes: Mapping[str, list[Any]] | None = None,
    only_if: Callable[[], bool] = lambda: True,
) -> None:
    """Do ``change`` and add its entry to the trail, all or nothing; ``change`` may run again.

    A standalone server has no transactions: there the platform itself cannot run, the change is
    made, and the history of the migrations alone speaks of it. Who dies in the middle leaves a
    transaction that the server ends within a minute; until then others wait for the trail.
    """
    if not target.facts.transactions:
        change(None)
        return
    at = server_time(target.client)

    def both(session: ClientSession) -> None:
        change(session)
        if only_if():
            _append(target, session, _entry(target, operation, target_id, at, changes or {}))

    with target.client.start_session() as session:
        session.with_transaction(both, write_concern=DURABLE)


def _append(target: Target, session: ClientSession, entry: dict[str, Any]) -> None:
    database = target.database
    head = database["audit_head"].find_one({"_id": _HEAD}, session=session)
    sequence, last = (head["sequence"], head["hash"]) if head else (0, GENESIS)
    (link,) = chained([entry], sequence, last)
    database["audit_log"].insert_one(link, session=session)
    database["audit_head"].replace_one(
        {"_id": _HEAD},
        {"_id": _HEAD, "sequence": link["sequence"], "hash": link["hash"]},
        upsert=True,
        session=session,
    )


def _entry(
    target: Target,
    operation: str,
    target_id: str,
    at: datetime,
    changes: Mapping[str, list[Any]],
) -> dict[str, Any]:
    return {
        "at": at.astimezone(UTC),
        "actor": target.by,
        "actor_name": target.by,
        "operation": operation,
        "resource": "migrations",
        "target_id": target_id,
        "target_name": target.name,
        "changes": dict(changes),
        "request_id": None,
    }
