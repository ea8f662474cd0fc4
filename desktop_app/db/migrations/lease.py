"""Who may migrate a database: one lease, held for a while, renewed as long as its holder works.

Time is the server's alone: no clock of a client decides who holds it. A holder that died loses it
by itself; one that was away notices before it writes again. Taking it from a holder that lives is
possible, for whoever names the run, and is written down.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from pymongo.errors import DuplicateKeyError

from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.audit import audited
from desktop_app.db.migrations.events import Event, Holder, LeaseAwaited
from desktop_app.db.migrations.failures import MigrationRefused
from desktop_app.db.migrations.journal import LEASE, RUNS
from desktop_app.db.migrations.server import Document, Documents, Target

_ID = "lease"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTerms:
    """How long a lease lasts, how often it is renewed, how often a waiting runner looks."""

    lasts_s: float = 30.0
    renew_s: float = 5.0
    look_s: float = 1.0


class LeaseHeld(Exception):
    """Somebody else holds the lease."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(holder.by)
        self.holder = holder


class LeaseLost(Exception):
    """The lease is not this run's any more: it must not write."""


class Lease:
    """The lease of one run."""

    def __init__(self, target: Target, run_id: str, command: str, terms: LeaseTerms) -> None:
        self._collection = target.database[LEASE]
        self._run_id = run_id
        self._command = command
        self._by = target.by
        self._terms = terms
        self._renewed = (0.0, 0.0)
        self.held = False
        """Whether it was taken and not given back; somebody may have broken it since."""

    def take(self) -> Holder | None:
        """Take the lease; returns whose it was, had that one let it expire.

        Raises ``LeaseHeld``.
        """
        content = {
            "_id": _ID,
            "run_id": self._run_id,
            "by": {"$literal": self._by},
            "command": self._command,
            "acquired_at": "$$NOW",
            **self._times(),
        }
        over = {"_id": _ID, "$expr": {"$lte": ["$expires_at", "$$NOW"]}}
        before = self._collection.find_one_and_update(over, [{"$replaceWith": content}])
        if before is None:
            # An upsert takes no $expr. Who else holds it makes this one fail on _id.
            mine = {"_id": _ID, "run_id": self._run_id}
            try:
                self._collection.update_one(mine, [{"$replaceWith": content}], upsert=True)
            except DuplicateKeyError:
                holder = held_by(self._collection.database)
                if holder is None:  # given back, or expired, a moment ago
                    return self.take()
                raise LeaseHeld(holder) from None
        self._renewed, self.held = _clocks(), True
        return _holder(before) if before and before["run_id"] != self._run_id else None

    def await_turn(
        self, context: TaskContext, patience_s: float
    ) -> Generator[Event, None, Holder | None]:
        """Take the lease, waiting ``patience_s`` for whoever holds it; raises ``LeaseHeld``."""
        end = time.monotonic() + patience_s
        while True:
            try:
                return self.take()
            except LeaseHeld as held:
                left = end - time.monotonic()
                if left <= 0:
                    raise
                yield LeaseAwaited(holder=held.holder, left_s=left)
            context.wait(min(self._terms.look_s, left))

    def renew(self) -> None:
        """Say that this run is alive, if it is time to.

        Raises ``LeaseLost`` when somebody else took the lease or broke it.
        """
        # The one clock stands still while a computer sleeps, the other can be set.
        away = (now - then for now, then in zip(_clocks(), self._renewed, strict=True))
        if max(away) < self._terms.renew_s:
            return
        # One that expired while nobody wanted it is still this run's.
        mine = {"_id": _ID, "run_id": self._run_id}
        if not self._collection.update_one(mine, [{"$set": self._times()}]).matched_count:
            raise LeaseLost
        self._renewed = _clocks()

    def give_back(self, session: Any = None) -> None:
        """Let the next one go on."""
        self._collection.delete_one({"_id": _ID, "run_id": self._run_id}, session=session)
        self.held = False

    def _times(self) -> Document:
        lasts_ms = int(self._terms.lasts_s * 1000)
        return {"renewed_at": "$$NOW", "expires_at": {"$add": ["$$NOW", lasts_ms]}}


def _clocks() -> tuple[float, float]:
    return time.monotonic(), time.time()


def held_by(database: Documents) -> Holder | None:
    """Who holds the lease and is alive by the server's clock. Reads only."""
    found = database[LEASE].find_one({"_id": _ID, "$expr": {"$gt": ["$expires_at", "$$NOW"]}})
    return _holder(found) if found else None


def break_lease(target: Target, run_id: str) -> Holder:
    """Take the lease away from the run ``run_id``; the audit trail and the history say who did.

    Raises ``MigrationRefused`` when that run does not hold it (any more).
    """
    database = target.database
    taken: list[Document] = []

    def take_away(session: Any) -> None:
        found = database[LEASE].find_one_and_delete({"_id": _ID, "run_id": run_id}, session=session)
        taken[:] = [found] if found else []
        if found:
            database[RUNS].update_one(
                {"_id": run_id, "outcome": None},
                [{"$set": {"broken_by": {"$literal": target.by}, "broken_at": "$$NOW"}}],
                session=session,
            )

    audited(target, "migrations.break_lease", run_id, take_away, only_if=lambda: bool(taken))
    if not taken:
        raise MigrationRefused(
            what=N_("The run {run_id} does not hold this database (any more)."),
            advice=N_("Look at the status again."),
            run_id=run_id,
        )
    return _holder(taken[0])


def _holder(found: Document) -> Holder:
    return Holder(
        run_id=str(found["run_id"]),
        by=str(found["by"]),
        command=str(found["command"]),
        acquired_at=found["acquired_at"],
        expires_at=found["expires_at"],
    )
