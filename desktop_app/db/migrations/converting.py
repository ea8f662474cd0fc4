"""Changing documents by a data step, in batches that leave room for others; and the way back.

No transaction spans a batch: it would hold its documents against the writers of a live system and
begin anew after each conflict with them. The order of the writes serves instead. First the values
before are kept (what is kept already stays), then documents are changed (what is changed already is
not picked), then the place is noted. Cut anywhere, the next run does the rest.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from functools import partial
from typing import Any

from bson import MaxKey, MinKey
from pymongo import UpdateOne

from desktop_app.db.migrations.data_steps import DataStep
from desktop_app.db.migrations.events import (
    Event,
    Outcome,
    StepEnded,
    StepProgress,
    StepStarted,
)
from desktop_app.db.migrations.journal import UNDO, State
from desktop_app.db.migrations.pace import Pace
from desktop_app.db.migrations.run import MigrationRun, StepFailed
from desktop_app.db.migrations.server import Document, Documents
from desktop_app.db.migrations.steps import Step

_PASSES = 3
"""How often a step goes over a collection into which others keep writing old documents."""
_WAS = "_evalconsole_before"


def convert(run: MigrationRun, step: Step, count: int) -> Generator[Event, None, StepEnded]:
    """Apply a data step to the ``count`` documents, about, that it picks."""
    assert step.data is not None
    started = time.monotonic()
    yield from run.alive()
    earlier = yield from run.ask(lambda: run.journal.record(step.id))
    record = yield from run.ask(lambda: run.journal.begin(step, run.run_id, run.target.by))
    resumed = earlier is not None and not earlier.holds and earlier.run_id != run.run_id
    yield StepStarted(
        step=step.id,
        kind=step.kind.value,
        collection=step.collection,
        total=count,
        resumed=resumed and earlier is not None and earlier.state is State.RUNNING,
    )
    work = _Conversion(run, step.id, step.data, {"run_at": record.started_at})
    after_id = record.after_id
    for _pass in range(_PASSES):
        yield from work.over(after_id, count)
        after_id = None
        left = yield from run.ask(work.left)
        if not left:
            break
    else:
        raise StepFailed(f"{step.collection}: {step.id}")
    changed = yield from run.ask(work.changed)
    yield from run.ask(lambda: run.journal.finish(step.id, changed))
    return StepEnded(
        step=step.id,
        outcome=Outcome.APPLIED,
        changed=changed,
        seconds=time.monotonic() - started,
    )


class _Conversion:
    """One data step at work."""

    def __init__(
        self, run: MigrationRun, id_: str, step: DataStep, variables: Mapping[str, Any]
    ) -> None:
        self._run = run
        self._id = id_
        self._step = step
        self._variables = variables
        self._collection = run.database[step.collection]
        size = run.options.batch
        self._pace = Pace() if size is None else Pace(size=size)
        self._fixed = size

    def over(self, after_id: Any, total: int) -> Generator[Event, None, None]:
        """Go over the collection once, beginning after ``after_id``."""
        run, started, done = self._run, time.monotonic(), 0
        while True:
            yield from run.alive()
            size = self._fixed or self._pace.size
            ids = yield from run.ask(partial(self._next, after_id, size))
            if not ids:
                return
            began = time.monotonic()
            yield from run.ask(partial(self._keep, ids))
            yield from run.ask(partial(self._change, ids))
            after_id, done = ids[-1], done + len(ids)
            yield from run.ask(partial(run.journal.advance, self._id, after_id, done))
            self._pace.took(time.monotonic() - began, len(ids))
            ping_ms = yield from run.ask(self._ping)
            self._pace.pinged(ping_ms)
            seconds = time.monotonic() - started
            per_s = done / seconds if seconds > 0 else 0.0
            yield StepProgress(
                step=self._id,
                done=done,
                total=max(total, done),
                per_s=per_s,
                left_s=max(total - done, 0) / per_s if per_s else None,
                ping_ms=ping_ms,
                rested_s=self._pace.rest_s,
            )
            if self._pace.rest_s:
                run.context.wait(self._pace.rest_s)

    def left(self) -> bool:
        """Whether a document is still as the step does not want it."""
        where = dict(self._step.where)
        return self._collection.find_one(where, {"_id": 1}, let=self._variables) is not None

    def changed(self) -> int:
        """How many documents the step has changed, in all its attempts."""
        return self._run.database[UNDO].count_documents(entries_of(self._id))

    def _next(self, after_id: Any, size: int) -> list[Any]:
        found = self._collection.find(
            dict(self._step.where), {"_id": 1}, limit=size, let=self._variables
        ).hint([("_id", 1)])
        if after_id is not None:
            # A bound of the index, not a condition: $gt compares with values of one type only.
            found = found.min([("_id", after_id)])
        return [entry["_id"] for entry in found]

    def _picked(self, ids: list[Any]) -> dict[str, Any]:
        return {"$and": [{"_id": {"$in": ids}}, dict(self._step.where)]}

    def _keep(self, ids: list[Any]) -> None:
        """Keep what the documents held before, and what they are going to hold."""
        fields = self._step.fields if self._step.reversible else ()
        # As one object: a missing field is then simply not in it.
        values = {"$mergeObjects": [{field: f"${field}" for field in fields}, {}]}
        kept: list[Mapping[str, Any]] = [
            {"$match": self._picked(ids)},
            {"$set": {_WAS: values}},
            *(self._step.stages if self._step.reversible else ()),
            {
                "$project": {
                    "_id": {"step": {"$literal": self._id}, "id": "$_id"},
                    "before": f"${_WAS}",
                    "after": values,
                }
            },
            {"$merge": {"into": UNDO, "whenMatched": "keepExisting", "whenNotMatched": "insert"}},
        ]
        self._collection.aggregate(kept, let=self._variables)

    def _change(self, ids: list[Any]) -> None:
        if not self._step.joins:
            self._collection.update_many(
                self._picked(ids),
                list(self._step.stages),
                let=self._variables,
                bypass_document_validation=True,
            )
            return
        joined: list[Mapping[str, Any]] = [
            {"$match": self._picked(ids)},
            *self._step.stages,
            {"$project": dict.fromkeys(self._step.fields, 1)},
            {
                "$merge": {
                    "into": self._step.collection,
                    "whenMatched": [
                        {
                            "$set": {
                                field: {"$ifNull": [f"${field}", f"$$new.{field}"]}
                                for field in self._step.fields
                            }
                        }
                    ],
                    "whenNotMatched": "discard",
                }
            },
        ]
        self._collection.aggregate(joined, let=self._variables, bypassDocumentValidation=True)

    def _ping(self) -> float:
        started = time.perf_counter()
        self._run.target.client.admin.command("ping")
        return (time.perf_counter() - started) * 1000


def entries_of(step: str) -> dict[str, Any]:
    """What picks the kept values of one step."""
    return {"_id": {"$gte": {"step": step, "id": MinKey()}, "$lte": {"step": step, "id": MaxKey()}}}


def restore_values(
    run: MigrationRun, step: Step, total: int
) -> Generator[Event, None, tuple[int, int]]:
    """Put back what a data step changed; returns how many documents, and how many were left alone
    because they have been changed (or deleted) since."""
    assert step.data is not None
    database, fields = run.database, step.data.fields
    restored = kept = 0
    started = time.monotonic()
    size = run.options.batch or 1_000
    while True:
        yield from run.alive()
        entries = yield from run.ask(lambda: _entries(database, step.id, size))
        if not entries:
            return restored, kept
        changes = [_back(entry, fields) for entry in entries]
        matched = yield from run.ask(partial(_write, database, step, changes))
        ids = [entry["_id"] for entry in entries]
        yield from run.ask(partial(database[UNDO].delete_many, {"_id": {"$in": ids}}))
        restored, kept = restored + matched, kept + len(entries) - matched
        seconds = time.monotonic() - started
        per_s = (restored + kept) / seconds if seconds > 0 else 0.0
        yield StepProgress(
            step=step.id,
            done=restored + kept,
            total=max(total, restored + kept),
            per_s=per_s,
            left_s=max(total - restored - kept, 0) / per_s if per_s else None,
        )


def _entries(database: Documents, step: str, size: int) -> list[Document]:
    return list(database[UNDO].find(entries_of(step)).sort("_id", 1).limit(size))


def _write(database: Documents, step: Step, changes: list[UpdateOne]) -> int:
    result = database[step.collection].bulk_write(
        changes, ordered=False, bypass_document_validation=True
    )
    return result.matched_count


def _back(entry: Document, fields: tuple[str, ...]) -> UpdateOne:
    """The way back of one document, taken only if its fields are still as the step left them."""
    before, after = entry["before"], entry["after"]
    unchanged = {field: after.get(field, {"$exists": False}) for field in fields}
    change: dict[str, Any] = {}
    if values := {field: before[field] for field in fields if field in before}:
        change["$set"] = values
    if gone := {field: "" for field in fields if field not in before}:
        change["$unset"] = gone
    return UpdateOne({"_id": entry["_id"]["id"], **unchanged}, change)
