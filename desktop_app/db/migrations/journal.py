"""What was done to a database, kept in the database itself: steps, runs, values before.

``schema_migrations`` holds one document per step, ``schema_migration_runs`` one per run, and
``schema_migration_undo`` what reversible data steps changed. They are made when something is
applied for the first time; planning needs none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import CollectionInvalid

from desktop_app import __version__
from desktop_app.db.migrations.canonical import canonical, parsed
from desktop_app.db.migrations.events import Outcome, StepEnded, Stop
from desktop_app.db.migrations.server import Document, Documents
from desktop_app.db.migrations.steps import Step

STEPS, RUNS = "schema_migrations", "schema_migration_runs"
UNDO, LEASE = "schema_migration_undo", "schema_migration_lease"
OWN_COLLECTIONS = (STEPS, RUNS, UNDO, LEASE)
"""Collections that belong to the migrations, not to the schema."""

INTERRUPTED = "interrupted"
"""Outcome of a run that neither ended nor holds the lease: its program died."""
RUNNING = "running"

IN_PLACE = "in_place"
"""What was before a step that found its work done: there is nothing to go back to."""


class State(StrEnum):
    """Where a step is."""

    RUNNING = "running"
    APPLIED = "applied"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A step in the journal.

    ``definition`` is what was applied; ``before`` what the step replaced, for the way back;
    ``after_id`` the last document of the batches that are done.
    """

    step: str
    state: State
    checksum: str
    definition: Any
    run_id: str
    by: str
    started_at: datetime
    finished_at: datetime | None = None
    changed: int = 0
    after_id: Any = None
    before: Any = None
    version: str = ""

    @property
    def holds(self) -> bool:
        """Whether what the step made should still be there."""
        return self.state is State.APPLIED

    @property
    def unfinished(self) -> bool:
        """Whether a run was cut short in it: however the database looks, it must be gone over."""
        return self.state in (State.RUNNING, State.ROLLING_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run in the history; ``outcome`` is a ``Stop``, "running" or "interrupted"."""

    run_id: str
    command: str
    by: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = RUNNING
    error: str = ""
    version: str = ""
    environment: str = ""
    steps: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)

    @property
    def succeeded(self) -> bool:
        """Whether everything it set out to do was done and verified."""
        return self.outcome == Stop.DONE


class Journal:
    """The journal of one database. Writing it is for whoever holds the lease."""

    def __init__(self, database: Documents) -> None:
        self._database = database
        self._steps = database[STEPS]
        self._runs = database[RUNS]

    def records(self) -> dict[str, Record]:
        """Every step that was ever begun, by id."""
        return {str(found["_id"]): _record(found) for found in self._steps.find()}

    def record(self, step: str) -> Record | None:
        """One step, if it was ever begun."""
        found = self._steps.find_one({"_id": step})
        return _record(found) if found else None

    def runs(self, limit: int = 100) -> tuple[Run, ...]:
        """The history, newest first."""
        alive = {"_id": "lease", "$expr": {"$gt": ["$expires_at", "$$NOW"]}}
        holder = self._database[LEASE].find_one(alive, {"run_id": 1}) or {}
        found = self._runs.find().sort([("started_at", -1), ("_id", -1)]).limit(limit)
        return tuple(_run(entry, holder.get("run_id")) for entry in found)

    def prepare(self) -> None:
        """Make the journal's collections where they are missing."""
        there = set(self._database.list_collection_names())
        for name in (STEPS, RUNS, UNDO):
            if name not in there:
                try:
                    self._database.create_collection(name)
                except CollectionInvalid:  # another runner was quicker
                    continue

    def begin(self, step: Step, run_id: str, by: str, before: Any = None) -> Record:
        """Note that a step begins, with what it is going to replace.

        A step that was interrupted keeps its beginning, its place and what was before.
        """
        unfinished = {"$in": ["$state", [State.RUNNING.value, State.ROLLING_BACK.value]]}
        the_same = {"$and": [unfinished, {"$eq": ["$checksum", step.checksum]}]}

        def kept(name: str, otherwise: Any, condition: Any = the_same) -> dict[str, Any]:
            return {"$cond": [condition, f"${name}", otherwise]}

        self._steps.update_one(
            {"_id": step.id},
            [
                {
                    "$set": {
                        "started_at": kept("started_at", "$$NOW"),
                        "before": kept("before", {"$literal": canonical(before)}, unfinished),
                        "after_id": kept("after_id", None),
                        "changed": kept("changed", 0),
                        "finished_at": None,
                    }
                },
                {
                    "$set": {
                        "kind": step.kind.value,
                        "state": State.RUNNING.value,
                        "checksum": step.checksum,
                        "definition": {"$literal": step.text},
                        "run_id": run_id,
                        "by": {"$literal": by},
                        "version": __version__,
                    }
                },
            ],
            upsert=True,
        )
        record = self.record(step.id)
        assert record is not None
        return record

    def note(self, steps: Sequence[Step], run_id: str, by: str) -> None:
        """Note steps that the database fulfils already: nothing was done, nothing is to undo."""
        self._steps.bulk_write(
            [
                UpdateOne(
                    {"_id": step.id},
                    [
                        {
                            "$replaceWith": {
                                "_id": step.id,
                                "kind": step.kind.value,
                                "state": State.APPLIED.value,
                                "checksum": step.checksum,
                                "definition": {"$literal": step.text},
                                "run_id": run_id,
                                "by": {"$literal": by},
                                "version": __version__,
                                "started_at": "$$NOW",
                                "finished_at": "$$NOW",
                                "before": canonical(IN_PLACE),
                                "changed": 0,
                                "after_id": None,
                            }
                        }
                    ],
                    upsert=True,
                )
                for step in steps
            ],
            ordered=False,
        )

    def advance(self, step: str, after_id: Any, changed: int) -> None:
        """Note that the batches up to ``after_id`` are done."""
        self._steps.update_one({"_id": step}, {"$set": {"after_id": after_id, "changed": changed}})

    def finish(self, step: str, changed: int) -> None:
        """Note that a step is applied and its postcondition was seen to hold."""
        self._steps.update_one(
            {"_id": step},
            [
                {
                    "$set": {
                        "state": State.APPLIED.value,
                        "changed": changed,
                        "finished_at": "$$NOW",
                        "after_id": None,
                    }
                }
            ],
        )

    def set_state(self, step: str, state: State) -> None:
        """Note where a rollback is."""
        self._steps.update_one(
            {"_id": step},
            [{"$set": {"state": state.value, "finished_at": "$$NOW", "after_id": None}}],
        )

    def start_run(self, run: Document) -> None:
        """Put a run into the history; again for the same id changes nothing."""
        self._runs.update_one(
            {"_id": run["_id"]},
            [
                {
                    "$replaceWith": {
                        "$mergeObjects": [
                            {**{key: {"$literal": value} for key, value in run.items()}},
                            {"started_at": "$$NOW", "version": __version__},
                            "$$ROOT",
                        ]
                    }
                }
            ],
            upsert=True,
        )

    def end_run(
        self,
        run_id: str,
        stop: str,
        steps: tuple[StepEnded, ...],
        error: str,
        session: Any = None,
    ) -> None:
        """Note how a run ended."""
        ended = [
            {
                "step": step.step,
                "outcome": step.outcome.value,
                "changed": step.changed,
                "seconds": round(step.seconds, 3),
                "error": step.error,
            }
            for step in steps
            if step.outcome is not Outcome.IN_PLACE or step.changed
        ]
        self._runs.update_one(
            {"_id": run_id, "outcome": None},
            [
                {
                    "$set": {
                        "ended_at": "$$NOW",
                        "outcome": stop,
                        "error": {"$literal": error},
                        "steps": {"$literal": ended},
                    }
                }
            ],
            session=session,
        )


def success_rate(runs: tuple[Run, ...]) -> float | None:
    """Runs that did what they set out to, of those that ended or were cut short; None of none."""
    over = [run for run in runs if run.outcome != RUNNING]
    return sum(run.succeeded for run in over) / len(over) if over else None


def _record(found: Document) -> Record:
    return Record(
        step=str(found["_id"]),
        state=State(found["state"]),
        checksum=str(found["checksum"]),
        definition=parsed(found["definition"]),
        run_id=str(found["run_id"]),
        by=str(found["by"]),
        started_at=found["started_at"],
        finished_at=found.get("finished_at"),
        changed=int(found.get("changed") or 0),
        after_id=found.get("after_id"),
        before=parsed(found["before"]) if found.get("before") else None,
        version=str(found.get("version", "")),
    )


def _run(found: Document, holder: str | None) -> Run:
    over = found.get("outcome")
    return Run(
        run_id=str(found["_id"]),
        command=str(found["command"]),
        by=str(found["by"]),
        started_at=found["started_at"],
        ended_at=found.get("ended_at"),
        outcome=over or (RUNNING if holder == found["_id"] else INTERRUPTED),
        error=str(found.get("error", "")),
        version=str(found.get("version", "")),
        environment=str(found.get("environment", "")),
        steps=tuple(found.get("steps", ())),
    )
