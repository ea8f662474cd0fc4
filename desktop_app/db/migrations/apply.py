"""Applying: brings a database to what is declared, step by step, whatever interrupts it.

A run that was cut short anywhere is simply run again: every step is looked at anew, what is done is
seen to be done, and what was begun goes on from its place. Nothing is ever to be forced.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.errors import PyMongoError

from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.collections_step import enforce
from desktop_app.db.migrations.converting import convert
from desktop_app.db.migrations.events import (
    Blocker,
    Event,
    Obstacle,
    Outcome,
    StepEnded,
    Stop,
)
from desktop_app.db.migrations.failures import explained, is_passing
from desktop_app.db.migrations.index_building import build_indexes
from desktop_app.db.migrations.plan import Draft
from desktop_app.db.migrations.plan_data import Plan
from desktop_app.db.migrations.rights import missing_rights
from desktop_app.db.migrations.run import MigrationRun, Refused, RunOptions, StepFailed
from desktop_app.db.migrations.seeding import HashPassword, plant
from desktop_app.db.migrations.server import Target
from desktop_app.db.migrations.steps import Kind, Migration, Step, migration
from desktop_app.db.seeds import PRODUCTION

PREFLIGHT_S = 1.0
"""How long duplicates are looked for before anything is changed. In a database too large for that
the build of the unique index finds them, and the run stops there."""

BACKUP_LASTS = timedelta(hours=24)
"""How old a backup may be that a production database is migrated with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupProof:
    """A backup that was looked at: of which database, and when it was complete."""

    database: str
    completed_at: datetime


def apply(
    target: Target,
    *,
    environment: str,
    hash_password: HashPassword,
    steps: Migration | None = None,
    backup: BackupProof | None = None,
    options: RunOptions | None = None,
    context: TaskContext | None = None,
) -> Iterator[Event]:
    """Bring the database to what is declared; the last event is ``RunEnded``.

    A production database needs ``backup``. ``context.cancel()`` stops between steps and batches,
    and aborts the building of indexes; the next run goes on from there.
    """
    run = MigrationRun(
        target,
        "apply",
        options or RunOptions(),
        context or TaskContext(),
        environment=environment,
    )
    wanted = steps or migration()
    yield from run.whole(lambda: _apply(run, wanted, hash_password, backup))


def _apply(
    run: MigrationRun, steps: Migration, hash_password: HashPassword, backup: BackupProof | None
) -> Iterator[Event]:
    if missing := (yield from run.ask(lambda: missing_rights(run.target))):
        blocker = Blocker(obstacle=Obstacle.RIGHTS, missing=missing)
        raise Refused(Stop.BLOCKED, blockers=(blocker,))
    yield from run.begin(tuple(step.id for step in steps.steps))
    draft = yield from run.ask(lambda: Draft(run.target, run.environment, steps, run.context))
    plan = yield from _preflight(run, draft)
    if plan.blockers:
        raise Refused(Stop.BLOCKED, blockers=plan.blockers)
    if run.environment == PRODUCTION and plan.pending:
        yield from _require(run, backup)
    yield from _note_what_is_in_place(run, steps, plan)
    pending = {step.id for step in plan.pending}
    todo = [step for step in steps.steps if step.id in pending]
    for place, phase in enumerate(_phases(todo)):
        if phase[0].kind is Kind.INDEXES:
            yield from build_indexes(run, phase)
        else:
            for step in phase:
                yield from _one(run, step, plan, hash_password)
        if any(step.outcome is Outcome.FAILED for step in run.results):
            yield from _leave_out(run, [step for rest in _phases(todo)[place:] for step in rest])
            return


def _preflight(run: MigrationRun, draft: Draft) -> Generator[Event, None, Plan]:
    """The plan, with what applying needs to know counted."""
    budgets = {"duplicates": PREFLIGHT_S, "seeds": None, "data": None}
    while True:
        try:
            answers = yield from draft.count(None, kinds=budgets)
            return draft.plan(answers)
        except PyMongoError as error:
            if not is_passing(error):
                raise
        yield from run.ask(run.target.now)  # wait until the server is back, then count anew


def _require(run: MigrationRun, backup: BackupProof | None) -> Generator[Event, None, None]:
    now = yield from run.ask(run.target.now)
    if backup is None:
        raise Refused(Stop.REFUSED, "backup_needed")
    if backup.database != run.target.name:
        raise Refused(Stop.REFUSED, "backup_of_another")
    if now - backup.completed_at > BACKUP_LASTS:
        raise Refused(Stop.REFUSED, "backup_too_old")


def _note_what_is_in_place(
    run: MigrationRun, steps: Migration, plan: Plan
) -> Generator[Event, None, None]:
    """Put steps into the journal that the database fulfils already, whoever did it."""
    done = [step for step in steps.steps if not plan.step(step.id).pending]
    new = [step for step in done if plan.step(step.id).applied_at is None]
    if new:
        yield from run.ask(lambda: run.journal.note(new, run.run_id, run.target.by))
    for step in done:
        yield run.ended(StepEnded(step=step.id, outcome=Outcome.IN_PLACE))


def _phases(steps: list[Step]) -> list[list[Step]]:
    """The steps in runs of one kind, in their order."""
    phases: list[list[Step]] = []
    for step in steps:
        if phases and phases[-1][0].kind is step.kind:
            phases[-1].append(step)
        else:
            phases.append([step])
    return phases


def _one(
    run: MigrationRun, step: Step, plan: Plan, hash_password: HashPassword
) -> Generator[Event, None, None]:
    """Apply one step; what it does not survive is its outcome, unless the whole run must stop."""
    if any(result.outcome is Outcome.FAILED for result in run.results):
        return
    try:
        if step.kind is Kind.COLLECTION:
            result = yield from enforce(run, step)
        elif step.kind is Kind.SEEDS:
            result = yield from plant(run, step, hash_password)
        else:
            result = yield from convert(run, step, plan.step(step.id).documents)
    except StepFailed as failure:
        result = StepEnded(step=step.id, outcome=Outcome.FAILED, error=str(failure))
    except PyMongoError as error:
        if is_passing(error):
            raise
        reason = str(explained(error, run.target.facts.address))
        result = StepEnded(step=step.id, outcome=Outcome.FAILED, error=reason)
    yield run.ended(result)


def _leave_out(run: MigrationRun, steps: Iterable[Step]) -> Iterator[Event]:
    ended = {result.step for result in run.results}
    for step in steps:
        if step.id not in ended:
            yield run.ended(StepEnded(step=step.id, outcome=Outcome.NOT_RUN))
