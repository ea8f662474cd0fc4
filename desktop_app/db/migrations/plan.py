"""Planning: reads a database and says what applying would do to it. Writes nothing at all."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from pymongo.errors import ExecutionTimeout

from desktop_app.core.tasks import TaskContext
from desktop_app.db import seeds
from desktop_app.db.migrations.canonical import differences
from desktop_app.db.migrations.catalogue import Catalogue, read_catalogue
from desktop_app.db.migrations.counting import Count, duplicates, violations
from desktop_app.db.migrations.data_counts import pending_counts
from desktop_app.db.migrations.events import Blocker, Event, Obstacle
from desktop_app.db.migrations.index_plans import BUILDING, plan_indexes
from desktop_app.db.migrations.journal import OWN_COLLECTIONS, Journal, Record
from desktop_app.db.migrations.lease import held_by
from desktop_app.db.migrations.plan_data import Counting, Plan, PlanReady, StepPlan
from desktop_app.db.migrations.rights import missing_rights
from desktop_app.db.migrations.server import Documents, Target
from desktop_app.db.migrations.steps import Kind, Migration, Standing, Step, migration, standing
from desktop_app.db.schema import Index

QUICK_S = 2.5
"""How long a quick plan counts; what is not counted by then is said to be uncounted."""

_AT_ONCE = 2
_LOOK_S = 0.1
_GRIDFS = re.compile(r"^\w+\.(files|chunks)$")

# About how long things take on a small server: only for the estimate.
_BUILD_S = 2e-6
_CONVERT_S = 5e-5
_SMALL_S = 0.05
_HASHING_S = 0.3


class Answers:
    """What was counted, by question; None where the time did not suffice."""

    def __init__(self, answers: Mapping[tuple[str, ...], Any]) -> None:
        self._answers = answers
        self.data: dict[str, int] = {}
        for key, counts in answers.items():
            if key[0] == "data" and counts is not None:
                self.data.update(counts)

    @property
    def seeds(self) -> tuple[seeds.Seed, ...]:
        """The initial data that is missing."""
        found: tuple[seeds.Seed, ...] = self._answers.get(("seeds",)) or ()
        return found

    @property
    def uncounted(self) -> tuple[str, ...]:
        """The questions without an answer: "data:users", "duplicates:users:idx_users_email"."""
        return tuple(sorted(":".join(key) for key, found in self._answers.items() if found is None))

    def violations(self, step: str) -> Count | None:
        """Documents that would violate the validator of a step."""
        found: Count | None = self._answers.get(("violations", step))
        return found

    def duplicates(self) -> Iterator[tuple[str, str, Count]]:
        """Collection, index and count where there are duplicates."""
        for key, found in self._answers.items():
            if key[0] == "duplicates" and found is not None and found.count:
                yield key[1], key[2], found


Question = Callable[[int | None], Any]
"""Gets the time it may take in milliseconds (None: any)."""


def plan(
    target: Target,
    *,
    environment: str,
    steps: Migration | None = None,
    budget_s: float | None = None,
    context: TaskContext | None = None,
) -> Iterator[Event]:
    """Say what applying would do; the last event is ``PlanReady``.

    ``budget_s`` ends the counting after that long (``QUICK_S``); None counts everything. Raises
    ``pymongo.errors.PyMongoError`` and ``Cancelled``.
    """
    started = time.monotonic()
    draft = Draft(target, environment, steps or migration(), context or TaskContext())
    answers = yield from draft.count(budget_s)
    made = draft.plan(answers)
    yield PlanReady(plan=replace(made, seconds=time.monotonic() - started))


class Draft:
    """A plan before anything is counted: a look at the catalogue and the journal."""

    def __init__(
        self, target: Target, environment: str, steps: Migration, context: TaskContext
    ) -> None:
        self.target = target
        self.environment = environment
        self.steps = steps
        self.context = context
        self.at: datetime = target.now()
        self.database: Documents = target.database
        self.catalogue: Catalogue = read_catalogue(self.database)
        self.records: Mapping[str, Record] = Journal(self.database).records()
        self.drafts = {step.id: self._draft(step) for step in steps.steps}

    def plan(self, answers: Answers) -> Plan:
        """The plan with what was counted."""
        steps = tuple(self._counted(step, answers) for step in self.drafts.values())
        known = {step.id for step in self.steps.steps}
        ours = {step.collection for step in self.steps.steps} | set(OWN_COLLECTIONS)
        return Plan(
            database=self.target.name,
            server=self.target.facts,
            at=self.at,
            environment=self.environment,
            by=self.target.by,
            steps=steps,
            blockers=(*self.blockers(), *self.duplicate_blockers(answers)),
            holder=held_by(self.database),
            other_collections=tuple(
                name for name in self.catalogue if name not in ours and not _GRIDFS.match(name)
            ),
            unknown_steps=tuple(sorted(set(self.records) - known)),
            uncounted=answers.uncounted,
        )

    def blockers(self) -> list[Blocker]:
        """What stands in the way that needs no counting."""
        found: list[Blocker] = []
        if missing := missing_rights(self.target):
            found.append(Blocker(obstacle=Obstacle.RIGHTS, missing=missing))
        latest = max((step.id for step in self.steps.of_kind(Kind.DATA)), default="")
        for id_, record in self.records.items():
            if id_.startswith("data:") and id_ > latest and latest:
                found.append(Blocker(obstacle=Obstacle.NEWER, step=id_))
            elif id_ in self.drafts and self._was_changed(id_, record):
                now = self.steps.step(id_).definition
                found.append(
                    Blocker(
                        obstacle=Obstacle.CHANGED_STEP,
                        step=id_,
                        collection=self.steps.step(id_).collection,
                        differences=differences(record.definition, now),
                    )
                )
        for step in self.steps.of_kind(Kind.COLLECTION):
            there = self.catalogue.get(step.collection)
            if there is not None and there.kind != "collection":
                found.append(
                    Blocker(
                        obstacle=Obstacle.NO_COLLECTION, step=step.id, collection=step.collection
                    )
                )
        return found

    def _was_changed(self, id_: str, record: Record) -> bool:
        step = self.steps.step(id_)
        return step.kind is Kind.DATA and record.holds and record.checksum != step.checksum

    def count(
        self, budget_s: float | None, *, kinds: Mapping[str, float | None] | None = None
    ) -> Generator[Event, None, Answers]:
        """Ask the server what has to be counted, some questions at a time.

        ``kinds`` limits the questions ("duplicates", "seeds", "data", "violations"), each with a
        budget.
        """
        questions = self._questions(kinds)
        answers: dict[tuple[str, ...], Any] = {}
        began = time.monotonic()

        def ask(key: tuple[str, ...], question: Question) -> Any:
            budget = budget_s if kinds is None else kinds[key[0]]
            limit_ms = None if budget is None else int((began + budget - time.monotonic()) * 1000)
            if limit_ms is not None and limit_ms <= 0:
                return None
            try:
                return question(limit_ms)
            except ExecutionTimeout:
                return None

        yield Counting(done=0, total=len(questions))
        with ThreadPoolExecutor(_AT_ONCE, "counting") as pool:
            asked: dict[Future[Any], tuple[str, ...]] = {
                pool.submit(ask, key, question): key for key, question in questions.items()
            }
            left = set(asked)
            try:
                while left:
                    done, left = wait(left, _LOOK_S, FIRST_COMPLETED)
                    self.context.check()
                    answers.update((asked[future], future.result()) for future in done)
                    if done:
                        yield Counting(done=len(answers), total=len(questions))
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        return Answers(answers)

    def _questions(
        self, kinds: Mapping[str, float | None] | None
    ) -> dict[tuple[str, ...], Question]:
        """What to count: the time may be short. First one pass over each collection, the largest
        first; then what takes several."""
        questions: dict[tuple[str, ...], Question] = {}
        data = self._data_steps()
        for name in sorted(data, key=self._documents, reverse=True):
            ask_data = partial(pending_counts, self.database, name, data[name], self.at)
            questions["data", name] = ask_data
        if self.steps.of_kind(Kind.SEEDS):
            questions["seeds",] = partial(seeds.pending, self.database, self.environment)
        for draft in self.drafts.values():
            name = draft.collection
            if draft.kind is Kind.INDEXES and self._documents(name):
                for index in self._unique_to_build(draft):
                    ask = partial(duplicates, self.database, name, index)
                    questions["duplicates", name, index.name] = ask
        for draft in self.drafts.values():
            changes = draft.kind is Kind.COLLECTION and draft.action == "change"
            if changes and self._documents(draft.collection):
                questions["violations", draft.id] = partial(self._violations, draft)
        return {key: ask for key, ask in questions.items() if kinds is None or key[0] in kinds}

    def _unique_to_build(self, draft: StepPlan) -> list[Index]:
        schema = self.steps.step(draft.id).schema
        assert schema is not None
        building = {one.name for one in draft.indexes if one.action in BUILDING}
        return [index for index in schema.indexes if index.unique and index.name in building]

    def _violations(self, draft: StepPlan, limit_ms: int | None) -> Count:
        schema = self.steps.step(draft.id).schema
        assert schema is not None
        pending = [
            stage
            for step in self.steps.of_kind(Kind.DATA)
            if step.data and step.collection == draft.collection and not step.data.joins
            if not self._is_done(step)
            for stage in step.data.stages
        ]
        return violations(
            self.database,
            schema.name,
            schema.schema,
            before=pending,
            run_at=self.at,
            limit_ms=limit_ms,
        )

    def _data_steps(self) -> dict[str, list[Step]]:
        """Data steps worth counting, by collection."""
        by_collection: dict[str, list[Step]] = {}
        for step in self.steps.of_kind(Kind.DATA):
            assert step.data is not None
            if self._documents(step.collection) and not (self._is_done(step) and step.data.once):
                by_collection.setdefault(step.collection, []).append(step)
        return by_collection

    def _is_done(self, step: Step) -> bool:
        record = self.records.get(step.id)
        return record is not None and record.holds

    def _documents(self, name: str) -> int:
        there = self.catalogue.get(name)
        return there.count if there else 0

    def _recorded(self, step: Step) -> Any:
        record = self.records.get(step.id)
        return record.definition if record is not None and record.holds else None

    def _draft(self, step: Step) -> StepPlan:
        record = self.records.get(step.id)
        applied = record if record is not None and record.holds else None
        facts: dict[str, Any] = {
            "id": step.id,
            "kind": step.kind,
            "collection": step.collection,
            "reversible": step.reversible,
            "applied_at": applied.finished_at if applied else None,
            "applied_by": applied.by if applied else "",
        }
        if step.kind is Kind.COLLECTION:
            return StepPlan(**facts, **self._collection(step))
        if step.kind is Kind.INDEXES:
            return StepPlan(**facts, **self._indexes(step))
        if step.kind is Kind.SEEDS:
            return StepPlan(**facts, standing=Standing.IN_PLACE)
        assert step.data is not None
        return StepPlan(**facts, purpose=step.data.purpose, standing=Standing.IN_PLACE)

    def _collection(self, step: Step) -> dict[str, Any]:
        there = self.catalogue.get(step.collection)
        present = there.validation if there else None
        stands = standing(self._recorded(step), present, step.definition)
        if stands is Standing.IN_PLACE:
            return {"standing": stands}
        if present is None:
            return {"standing": stands, "action": "create", "estimate_s": _SMALL_S}
        found = differences(present, step.definition)
        return {
            "standing": stands,
            "action": "change",
            "differences": found,
            "estimate_s": _SMALL_S,
        }

    def _indexes(self, step: Step) -> dict[str, Any]:
        assert step.schema is not None
        there = self.catalogue.get(step.collection)
        present = there.indexes if there else {}
        indexes = plan_indexes(step.schema, present, self._recorded(step) or {})
        to_build = [one for one in indexes if one.action in BUILDING]
        stands = max((one.standing for one in indexes), key=_WEIGHT.__getitem__)
        count = self._documents(step.collection)
        return {
            "standing": stands,
            "indexes": indexes,
            "action": "build" if to_build else "none",
            "documents": count if to_build else 0,
            "estimate_s": _SMALL_S + count * len(to_build) * _BUILD_S if to_build else 0.0,
        }

    def _counted(self, draft: StepPlan, answers: Answers) -> StepPlan:
        """The plan of one step with its figures; what was begun and not finished is finished."""
        planned = self._with_figures(draft, answers)
        record = self.records.get(draft.id)
        if record is None or not record.unfinished or planned.pending:
            return planned
        return replace(planned, standing=Standing.PENDING, action="finish", estimate_s=_SMALL_S)

    def _with_figures(self, draft: StepPlan, answers: Answers) -> StepPlan:
        if draft.kind is Kind.COLLECTION:
            return replace(draft, violations=answers.violations(draft.id))
        if draft.kind is Kind.SEEDS and "seeds" in answers.uncounted:
            return replace(draft, standing=Standing.PENDING, action="insert", documents_exact=False)
        if draft.kind is Kind.SEEDS and answers.seeds:
            return replace(
                draft,
                standing=Standing.PENDING,
                action="insert",
                seeds=answers.seeds,
                documents=len(answers.seeds),
                estimate_s=_HASHING_S,
            )
        if draft.kind is not Kind.DATA:
            return draft
        if f"data:{draft.collection}" in answers.uncounted:
            # Not known: the step looks for itself when it is its turn.
            done = draft.applied_at is not None
            return replace(
                draft,
                documents_exact=False,
                standing=Standing.IN_PLACE if done else Standing.PENDING,
                action="none" if done else "convert",
            )
        count = answers.data.get(draft.id, 0)
        if not count:
            return draft
        applied = draft.applied_at is not None
        return replace(
            draft,
            standing=Standing.DRIFTED if applied else Standing.PENDING,
            action="convert",
            documents=count,
            estimate_s=_SMALL_S + count * _CONVERT_S,
        )

    def duplicate_blockers(self, answers: Answers) -> list[Blocker]:
        """Values that a unique index would refuse."""
        found = []
        for name, index, count in answers.duplicates():
            schema = self.steps.step(f"indexes:{name}").schema
            assert schema is not None
            keys = next(one.keys for one in schema.indexes if one.name == index)
            found.append(
                Blocker(
                    obstacle=Obstacle.DUPLICATES,
                    step=f"indexes:{name}",
                    collection=name,
                    index=index,
                    fields=tuple(field for field, _direction in keys),
                    count=count.count,
                    offenders=count.offenders,
                )
            )
        return found


_WEIGHT = {Standing.IN_PLACE: 0, Standing.PENDING: 1, Standing.DRIFTED: 2}
