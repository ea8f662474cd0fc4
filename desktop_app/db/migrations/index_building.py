"""Building indexes, a few collections at a time, telling how far the server is with each."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pymongo import IndexModel
from pymongo.errors import OperationFailure, PyMongoError

from desktop_app.core.errors import Cancelled
from desktop_app.db.definitions import index_model
from desktop_app.db.migrations.catalogue import read_indexes
from desktop_app.db.migrations.counting import duplicates
from desktop_app.db.migrations.events import (
    Blocker,
    ConnectionLost,
    Event,
    Obstacle,
    Outcome,
    StepEnded,
    StepProgress,
    StepStarted,
)
from desktop_app.db.migrations.failures import DUPLICATE_KEY, explained, is_passing
from desktop_app.db.migrations.index_plans import BUILDING, plan_indexes
from desktop_app.db.migrations.journal import IN_PLACE, Record
from desktop_app.db.migrations.plan_data import IndexPlan
from desktop_app.db.migrations.run import MigrationRun, StepFailed
from desktop_app.db.migrations.server import Documents
from desktop_app.db.migrations.steps import Step

NO_INDEX = 27
_NAMED = "IndexBuildsCoordinator"


@dataclass
class _Build:
    """A build that runs on the server, waited for by a thread."""

    step: Step
    future: Future[None]
    started: float
    documents: int
    lost_at: float | None = None
    names: list[str] = field(default_factory=list)
    """What this attempt builds."""
    changed: int = 0
    """How many indexes are the step's own, in all its attempts."""


def build_indexes(run: MigrationRun, steps: Iterable[Step]) -> Generator[Event, None, None]:
    """Bring the indexes of these steps' collections to what is declared.

    Cancelling aborts what is being built: the server forgets it, and the next run builds anew.
    """
    waiting = list(steps)
    building: list[_Build] = []
    progress = _Progress(run.database)
    with ThreadPoolExecutor(run.options.builds_at_once, "indexes") as pool:
        try:
            while waiting or building:
                while waiting and len(building) < run.options.builds_at_once:
                    build = yield from _start(run, waiting.pop(0), pool)
                    building.append(build)
                yield from _look(run, building, progress, pool)
        except Cancelled:
            for build in building:
                _abort(run.database, build)
            raise


def _start(
    run: MigrationRun, step: Step, pool: ThreadPoolExecutor
) -> Generator[Event, None, _Build]:
    yield from run.alive()
    record = yield from run.ask(lambda: run.journal.record(step.id))
    plans = yield from run.ask(lambda: _plans(run.database, step))
    before = _before(record, plans, (yield from run.ask(lambda: _present(run.database, step))))
    began = yield from run.ask(lambda: run.journal.begin(step, run.run_id, run.target.by, before))
    count = yield from run.ask(run.database[step.collection].estimated_document_count)
    yield StepStarted(
        step=step.id,
        kind=step.kind.value,
        collection=step.collection,
        total=count,
        resumed=record is not None and record.run_id != began.run_id and not record.holds,
    )
    names = [plan.name for plan in plans if plan.action in BUILDING]
    future = pool.submit(_bring, run.database, step)
    own = set() if began.before == IN_PLACE else set(step.definition) - set(began.before["there"])
    return _Build(step, future, time.monotonic(), count, names=names, changed=len(own or names))


def _before(record: Record | None, plans: Iterable[IndexPlan], present: Mapping[str, Any]) -> Any:
    """What the way back needs: the indexes that were there already, and those that are replaced."""
    if record is not None and record.holds:
        return record.before
    replaced = {name for plan in plans for name in plan.replaces}
    return {
        "there": [plan.name for plan in plans if plan.action not in BUILDING],
        "replaced": {name: present[name] for name in sorted(replaced)},
    }


def _present(database: Documents, step: Step) -> dict[str, Any]:
    return read_indexes(database, step.collection)


def _plans(database: Documents, step: Step) -> tuple[IndexPlan, ...]:
    assert step.schema is not None
    return plan_indexes(step.schema, _present(database, step), {})


def _bring(database: Documents, step: Step) -> None:
    """Drop what is in the way, build what is missing, and look whether it is there.

    Harmless to repeat: an index that another attempt began is waited for by the server.
    """
    plans = [plan for plan in _plans(database, step) if plan.action in BUILDING]
    collection = database[step.collection]
    for name in {name for plan in plans for name in plan.replaces}:
        drop_index(database, step.collection, name)
    assert step.schema is not None
    names = {plan.name for plan in plans}
    models = [index_model(index) for index in step.schema.indexes if index.name in names]
    if models:
        collection.create_indexes(models)
    left = [plan.name for plan in _plans(database, step) if plan.action in BUILDING]
    if left:
        raise StepFailed(f"{step.collection}: {', '.join(left)}")


def drop_index(database: Documents, collection: str, name: str) -> bool:
    """Drop an index; false where it was not there."""
    try:
        database[collection].drop_index(name)
    except OperationFailure as error:
        if error.code not in (NO_INDEX, 26):  # 26: no such collection
            raise
        return False
    return True


def _look(
    run: MigrationRun, building: list[_Build], progress: _Progress, pool: ThreadPoolExecutor
) -> Generator[Event, None, None]:
    """Wait a moment; tell what is done, and how far the rest is."""
    for build in tuple(building):
        try:
            build.future.result(timeout=run.options.look_s / len(building))
        except TimeoutError:
            continue
        except PyMongoError as error:
            if is_passing(error) and _still_patient(run, build):
                yield ConnectionLost(
                    reason=str(explained(error, run.target.facts.address)),
                    waited_s=time.monotonic() - (build.lost_at or 0.0),
                    patience_s=run.options.patience_s,
                )
                run.context.wait(run.options.look_s)
                build.future = pool.submit(_bring, run.database, build.step)
                continue
            building.remove(build)
            yield _failed(run, build, error)
            continue
        except StepFailed as failure:
            building.remove(build)
            yield run.ended(_end(build, Outcome.FAILED, error=str(failure)))
            continue
        building.remove(build)
        yield from run.ask(partial(run.journal.finish, build.step.id, build.changed))
        yield run.ended(_end(build, Outcome.APPLIED, changed=build.changed))
    yield from run.alive()
    yield from progress.of(building)


def _still_patient(run: MigrationRun, build: _Build) -> bool:
    now = time.monotonic()
    build.lost_at = now if build.lost_at is None else build.lost_at
    return now - build.lost_at < run.options.patience_s


def _failed(run: MigrationRun, build: _Build, error: PyMongoError) -> StepEnded:
    blocker = None
    if isinstance(error, OperationFailure) and error.code == DUPLICATE_KEY:
        blocker = _duplicates(run.database, build.step)
    reason = str(explained(error, run.target.facts.address))
    return run.ended(_end(build, Outcome.FAILED, error=reason, blocker=blocker))


def _duplicates(database: Documents, step: Step) -> Blocker | None:
    """Which documents a unique index refused."""
    assert step.schema is not None
    missing = {plan.name for plan in _plans(database, step) if plan.action in BUILDING}
    for index in step.schema.indexes:
        if index.unique and index.name in missing:
            count = duplicates(database, step.collection, index)
            if count.count:
                return Blocker(
                    obstacle=Obstacle.DUPLICATES,
                    step=step.id,
                    collection=step.collection,
                    index=index.name,
                    fields=tuple(key for key, _direction in index.keys),
                    count=count.count,
                    offenders=count.offenders,
                )
    return None


def _end(
    build: _Build,
    outcome: Outcome,
    *,
    changed: int = 0,
    error: str = "",
    blocker: Blocker | None = None,
) -> StepEnded:
    seconds = time.monotonic() - build.started
    return StepEnded(
        step=build.step.id,
        outcome=outcome,
        changed=changed,
        seconds=seconds,
        error=error,
        blocker=blocker,
    )


def _abort(database: Documents, build: _Build) -> None:
    """Have the server give a build up: dropping an index that is being built does that."""
    if build.future.done():
        return
    try:
        database.command("dropIndexes", build.step.collection, index=build.names)
    except PyMongoError:
        return  # it is done, or nobody answers: the next run looks


class _Progress:
    """How far builds are, as the server's ``$currentOp`` says; nothing where one may not ask."""

    def __init__(self, database: Documents) -> None:
        self._database = database
        self._may_ask = True

    def of(self, building: list[_Build]) -> Iterator[StepProgress]:
        """One event for each build that the server tells of."""
        if not building or not self._may_ask:
            return
        by_namespace = {f"{self._database.name}.{b.step.collection}": b for b in building}
        try:
            found = list(self._database.client.admin.aggregate(_current_builds(by_namespace)))
        except OperationFailure:
            self._may_ask = False  # it takes the right to "inprog"
            return
        except PyMongoError:
            return  # the build itself will find out
        for operation in found:
            build = by_namespace[operation["ns"]]
            seconds = time.monotonic() - build.started
            done, total = _done(operation.get("progress"))
            per_s = done / seconds if seconds > 0 else 0.0
            yield StepProgress(
                step=build.step.id,
                done=done,
                total=total or build.documents,
                per_s=per_s,
                left_s=(total - done) / per_s if per_s and total else None,
                phase=_phase(str(operation.get("msg") or "")),
            )


def _current_builds(namespaces: Iterable[str]) -> list[Mapping[str, Any]]:
    return [
        {"$currentOp": {"allUsers": True, "idleConnections": True}},
        {
            "$match": {
                "ns": {"$in": list(namespaces)},
                "desc": {"$regex": f"^{_NAMED}"},
                "command.createIndexes": {"$exists": True},
            }
        },
        {"$project": {"ns": 1, "msg": 1, "progress": 1}},
    ]


def _done(progress: Mapping[str, Any] | None) -> tuple[int, int]:
    if not progress:
        return 0, 0
    total = int(progress.get("total", 0))
    return min(int(progress.get("done", 0)), total), total


def _phase(message: str) -> str:
    """The server's "Index Build: scanning collection Index Build: scanning collection: 3/9 33%"."""
    return message.removeprefix("Index Build: ").split(" Index Build")[0].split(":")[0]


def rebuild(database: Documents, collection: str, name: str, definition: Mapping[str, Any]) -> None:
    """Build an index from the form that compares, as a rollback needs it."""
    keys: list[tuple[str, Any]] = []
    options = {key: value for key, value in definition.items() if key != "key"}
    for field_, direction in definition["key"]:
        if field_ == "weights" and isinstance(direction, Mapping):
            options["weights"] = dict(direction)
        else:
            keys.append((field_, direction))
    database[collection].create_indexes([IndexModel(keys, name=name, **options)])
