"""Rolling back: undoes applied steps, the last one first, where they can be undone."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime

from pymongo.errors import PyMongoError

from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.catalogue import read_indexes
from desktop_app.db.migrations.collections_step import withdraw
from desktop_app.db.migrations.converting import entries_of, restore_values
from desktop_app.db.migrations.events import (
    Blocker,
    Event,
    Obstacle,
    Outcome,
    StepEnded,
    StepStarted,
    Stop,
)
from desktop_app.db.migrations.failures import explained, is_passing
from desktop_app.db.migrations.index_building import drop_index, rebuild
from desktop_app.db.migrations.journal import IN_PLACE, UNDO, Journal, Record, State
from desktop_app.db.migrations.rights import missing_rights
from desktop_app.db.migrations.run import MigrationRun, Refused, RunOptions
from desktop_app.db.migrations.seeding import uproot
from desktop_app.db.migrations.server import Documents, Target
from desktop_app.db.migrations.steps import Kind, Migration, Step, migration

_DOCUMENTS = (Kind.DATA, Kind.SEEDS)
NOT_REVERSIBLE, UNKNOWN_STEP, NOT_APPLIED = "not_reversible", "unknown_step", "not_applied"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackStep:
    """One step on the way back: whether it can be undone, and how many documents that changes."""

    id: str
    kind: Kind
    collection: str
    reversible: bool
    documents: int
    applied_at: datetime
    applied_by: str
    purpose: str = ""


def rollback_plan(
    target: Target, only: Collection[str] | None = None, *, steps: Migration | None = None
) -> tuple[RollbackStep, ...]:
    """What rolling back (all, or the steps ``only``) would undo, in its order. Reads only."""
    database = target.database
    records = Journal(database).records()
    return tuple(
        RollbackStep(
            id=step.id,
            kind=step.kind,
            collection=step.collection,
            reversible=step.reversible or not records[step.id].changed,
            documents=records[step.id].changed if step.kind in _DOCUMENTS else 0,
            applied_at=records[step.id].finished_at or records[step.id].started_at,
            applied_by=records[step.id].by,
            purpose=step.data.purpose if step.data else "",
        )
        for step in reversed((steps or migration()).steps)
        if step.id in records
        and records[step.id].state is not State.ROLLED_BACK
        and records[step.id].before != IN_PLACE
        and (only is None or step.id in only)
    )


def rollback(
    target: Target,
    only: Collection[str] | None = None,
    *,
    skip_irreversible: bool = False,
    steps: Migration | None = None,
    options: RunOptions | None = None,
    context: TaskContext | None = None,
) -> Iterator[Event]:
    """Undo all steps, or those of ``only``; the last event is ``RunEnded``.

    Steps that cannot be undone make it refuse before anything is changed, unless they are to be
    skipped. Documents that were changed by others since are left alone and counted.
    """
    run = MigrationRun(target, "rollback", options or RunOptions(), context or TaskContext())
    wanted = steps or migration()
    yield from run.whole(lambda: _rollback(run, wanted, only, skip_irreversible))


def _rollback(
    run: MigrationRun, steps: Migration, only: Collection[str] | None, skip: bool
) -> Iterator[Event]:
    if missing := (yield from run.ask(lambda: missing_rights(run.target))):
        blocker = Blocker(obstacle=Obstacle.RIGHTS, missing=missing)
        raise Refused(Stop.BLOCKED, blockers=(blocker,))
    known = {step.id for step in steps.steps}
    if unknown := sorted(set(only or ()) - known):
        raise Refused(Stop.REFUSED, f"{UNKNOWN_STEP}: {', '.join(unknown)}")
    planned = yield from run.ask(lambda: rollback_plan(run.target, only, steps=steps))
    lasting = [step.id for step in planned if not step.reversible]
    if lasting and not skip:
        raise Refused(Stop.REFUSED, f"{NOT_REVERSIBLE}: {', '.join(lasting)}")
    if absent := sorted(set(only or ()) - {step.id for step in planned}):
        raise Refused(Stop.REFUSED, f"{NOT_APPLIED}: {', '.join(absent)}")
    yield from run.begin(tuple(step.id for step in planned))
    failed = False
    for planned_step in planned:
        step = steps.step(planned_step.id)
        if failed or not planned_step.reversible:
            yield run.ended(StepEnded(step=step.id, outcome=Outcome.NOT_RUN))
            continue
        result = yield from _one(run, step)
        failed = result.outcome is Outcome.FAILED
        yield run.ended(result)


def _one(run: MigrationRun, step: Step) -> Generator[Event, None, StepEnded]:
    started = time.monotonic()
    yield from run.alive()
    record = yield from run.ask(lambda: run.journal.record(step.id))
    assert record is not None
    yield from run.ask(lambda: run.journal.set_state(step.id, State.ROLLING_BACK))
    yield StepStarted(
        step=step.id,
        kind=step.kind.value,
        collection=step.collection,
        total=record.changed,
        resumed=record.state is State.ROLLING_BACK,
    )
    try:
        changed, kept = yield from _undo(run, step, record)
    except PyMongoError as error:
        if is_passing(error):
            raise
        reason = str(explained(error, run.target.facts.address))
        return StepEnded(step=step.id, outcome=Outcome.FAILED, error=reason)
    yield from run.ask(lambda: run.journal.set_state(step.id, State.ROLLED_BACK))
    return StepEnded(
        step=step.id,
        outcome=Outcome.ROLLED_BACK,
        changed=changed,
        kept=kept,
        seconds=time.monotonic() - started,
    )


def _undo(run: MigrationRun, step: Step, record: Record) -> Generator[Event, None, tuple[int, int]]:
    database = run.database
    if step.kind is Kind.SEEDS:
        return (yield from run.ask(lambda: uproot(database, step.id)))
    if step.kind is Kind.COLLECTION:
        back = yield from run.ask(lambda: withdraw(database, step.collection, record.before))
        return int(back), int(not back)
    if step.kind is Kind.INDEXES:
        undone = yield from run.ask(lambda: _undo_indexes(database, step, record))
        return undone, 0
    if not step.reversible:
        return 0, 0
    total = yield from run.ask(lambda: database[UNDO].count_documents(entries_of(step.id)))
    return (yield from restore_values(run, step, total))


def _undo_indexes(database: Documents, step: Step, record: Record) -> int:
    """Drop what the step built, and build again what it replaced."""
    there = set(record.before["there"])
    replaced = record.before["replaced"]
    undone = sum(
        drop_index(database, step.collection, name) for name in step.definition if name not in there
    )
    missing = set(replaced) - set(read_indexes(database, step.collection))
    for name in sorted(missing):
        rebuild(database, step.collection, name, replaced[name])
    return undone
