"""One run of the engine over a database: its lease, its journal, its patience, its results."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from pymongo.errors import PyMongoError

from desktop_app.core.errors import Cancelled
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.audit import audited
from desktop_app.db.migrations.events import (
    Blocker,
    Event,
    Holder,
    Outcome,
    RunEnded,
    RunStarted,
    StepEnded,
    Stop,
)
from desktop_app.db.migrations.failures import explained, is_passing
from desktop_app.db.migrations.journal import Journal
from desktop_app.db.migrations.lease import Lease, LeaseHeld, LeaseLost, LeaseTerms
from desktop_app.db.migrations.patience import PATIENCE_S, Patience
from desktop_app.db.migrations.server import Documents, Target

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a run behaves towards others: how long it waits for them, how it paces itself."""

    wait_s: float = 0.0
    """How long to wait for somebody else's run to end."""
    patience_s: float = PATIENCE_S
    terms: LeaseTerms = field(default_factory=LeaseTerms)
    look_s: float = 0.25
    """How often a long command of the server is looked after."""
    builds_at_once: int = 2
    """Collections whose indexes are built at the same time; MongoDB itself allows three."""
    batch: int | None = None
    """Documents per batch; None: as many as take a moment."""


class Refused(Exception):
    """The run must not go on: ``stop`` says why, ``blockers`` what stands in the way."""

    def __init__(self, stop: Stop, error: str = "", blockers: tuple[Blocker, ...] = ()) -> None:
        super().__init__(error or stop.value)
        self.stop = stop
        self.blockers = blockers


class StepFailed(Exception):
    """A step did not do what it promises."""

    def __init__(self, error: str, blocker: Blocker | None = None) -> None:
        super().__init__(error)
        self.blocker = blocker


class MigrationRun:
    """What the steps of one run share."""

    def __init__(
        self,
        target: Target,
        command: str,
        options: RunOptions,
        context: TaskContext,
        *,
        environment: str = "",
    ) -> None:
        self.target = target
        self.database: Documents = target.database
        self.command = command
        self.options = options
        self.context = context
        self.environment = environment
        self.run_id = uuid4().hex[:12]
        self.journal = Journal(self.database)
        self.lease = Lease(target, self.run_id, command, options.terms)
        self.results: list[StepEnded] = []
        self._patience = Patience(context, options.patience_s)
        self._started = time.monotonic()
        self._in_history = False

    def ask(self, work: Callable[[], T]) -> Generator[Event, None, T]:
        """``Patience.ask``."""
        return self._patience.ask(work)

    def alive(self) -> Generator[Event, None, None]:
        """Between two writes: renew the lease and see whether to stop.

        Raises ``LeaseLost`` and ``Cancelled``.
        """
        self.context.check()
        yield from self.ask(self.lease.renew)

    def begin(self, steps: tuple[str, ...]) -> Generator[Event, None, None]:
        """Take the lease, waiting if asked to, and enter the history; raises ``LeaseHeld``."""
        took_over: Holder | None = yield from self.lease.await_turn(
            self.context, self.options.wait_s
        )
        yield from self.enter_history()
        yield RunStarted(run_id=self.run_id, command=self.command, steps=steps, took_over=took_over)

    def enter_history(self) -> Generator[Event, None, None]:
        """Put the run into the history; its end is noted there, too."""
        yield from self.ask(self.journal.prepare)
        entry = {
            "_id": self.run_id,
            "command": self.command,
            "by": self.target.by,
            "environment": self.environment,
        }
        yield from self.ask(lambda: self.journal.start_run(entry))
        self._in_history = True

    def ended(self, result: StepEnded) -> StepEnded:
        """Remember what became of a step; returns it, to be yielded."""
        self.results.append(result)
        return result

    def whole(self, work: Callable[[], Iterator[Event]]) -> Iterator[Event]:
        """Run ``work`` to its end, whatever that is; the last event is ``RunEnded``."""
        stop, error = Stop.DONE, ""
        blockers: tuple[Blocker, ...] = ()
        holder: Holder | None = None
        try:
            yield from work()
            if any(step.outcome is Outcome.FAILED for step in self.results):
                stop = Stop.FAILED
        except GeneratorExit:  # whoever listened has gone
            with suppress(PyMongoError):
                self._close(Stop.CANCELLED, error)
            raise
        except LeaseHeld as held:
            stop, holder = Stop.LEASE_HELD, held.holder
        except LeaseLost:
            stop = Stop.LEASE_LOST
        except Cancelled:
            stop = Stop.CANCELLED
        except Refused as refused:
            stop, error, blockers = refused.stop, str(refused), refused.blockers
        except PyMongoError as failure:
            stop = Stop.UNREACHABLE if is_passing(failure) else Stop.FAILED
            error = str(explained(failure, self.target.facts.address))
        try:
            self._close(stop, error)
        except PyMongoError as failure:
            # The lease expires by itself, and the history calls the run interrupted.
            error = error or str(explained(failure, self.target.facts.address))
            stop = Stop.UNREACHABLE if stop is Stop.DONE else stop
        yield RunEnded(
            reason=stop,
            run_id=self.run_id,
            steps=tuple(self.results),
            seconds=time.monotonic() - self._started,
            error=error,
            blockers=blockers,
            holder=holder,
        )

    def _close(self, stop: Stop, error: str) -> None:
        """End the run in the history and the audit trail, and give the lease back: all or none."""
        if not self.lease.held or stop is Stop.LEASE_LOST:
            return
        if not self._in_history:
            self.lease.give_back()
            return
        results = tuple(self.results)

        def close(session: object) -> None:
            self.journal.end_run(self.run_id, stop.value, results, error, session)
            self.lease.give_back(session)

        counts: dict[str, list[Any]] = {
            outcome.value: [None, sum(step.outcome is outcome for step in results)]
            for outcome in Outcome
        }
        changes = {"outcome": [None, stop.value], **counts}
        audited(self.target, f"migrations.{self.command}", self.run_id, close, changes=changes)
