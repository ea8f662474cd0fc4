"""A plan: what applying would do, what stands in the way, and what somebody altered by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from desktop_app.db.migrations.counting import Count
from desktop_app.db.migrations.events import Blocker, Difference, Event, Holder
from desktop_app.db.migrations.server import ServerFacts
from desktop_app.db.migrations.steps import Kind, Standing
from desktop_app.db.seeds import Seed


class IndexAction(StrEnum):
    """What applying does about an index."""

    NONE = "none"
    CREATE = "create"
    REPLACE = "replace"
    """Drop what is in its place (``replaces``) and build it."""
    LEAVE = "leave"
    """It is not declared: it stays, and verifying tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPlan:
    """One index, declared or found. ``redundant_to`` names an index that serves in its stead."""

    name: str
    action: IndexAction
    standing: Standing = Standing.IN_PLACE
    keys: tuple[tuple[str, Any], ...] = ()
    unique: bool = False
    replaces: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    redundant_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """What one step would do.

    ``action`` is "none", "create", "change", "build", "convert", "insert" or "finish" (what an
    interrupted run has begun and maybe done). ``documents`` are
    those it would change (data), has to look through (indexes) or would insert (seeds);
    ``violations`` those that contradict the validator once the data steps are done.
    """

    id: str
    kind: Kind
    collection: str
    standing: Standing
    action: str = "none"
    purpose: str = ""
    reversible: bool = True
    documents: int = 0
    documents_exact: bool = True
    violations: Count | None = None
    differences: tuple[Difference, ...] = ()
    indexes: tuple[IndexPlan, ...] = ()
    seeds: tuple[Seed, ...] = ()
    estimate_s: float = 0.0
    applied_at: datetime | None = None
    applied_by: str = ""

    @property
    def pending(self) -> bool:
        """Whether applying would do something about it."""
        return self.action != "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that applying would do to one database, at one moment. Nothing was written.

    ``uncounted`` names what was not counted to the end within the time given.
    """

    database: str
    server: ServerFacts
    at: datetime
    environment: str
    by: str
    steps: tuple[StepPlan, ...]
    blockers: tuple[Blocker, ...] = ()
    holder: Holder | None = None
    other_collections: tuple[str, ...] = ()
    unknown_steps: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def pending(self) -> tuple[StepPlan, ...]:
        """The steps that would do something."""
        return tuple(step for step in self.steps if step.pending)

    @property
    def drifted(self) -> tuple[StepPlan, ...]:
        """The steps whose work somebody altered by hand."""
        return tuple(step for step in self.steps if step.standing is Standing.DRIFTED)

    @property
    def up_to_date(self) -> bool:
        """Whether there is nothing to do and nothing in the way."""
        return not self.pending and not self.blockers

    @property
    def estimate_s(self) -> float:
        """About how long applying takes."""
        return sum(step.estimate_s for step in self.pending)

    @property
    def violations(self) -> int:
        """Documents that would contradict their validator."""
        return sum(step.violations.count for step in self.steps if step.violations)

    def step(self, id_: str) -> StepPlan:
        """The plan of one step; raises ``KeyError``."""
        return {step.id: step for step in self.steps}[id_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting(Event):
    """The plan counts documents: ``done`` of ``total`` questions are answered."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReady(Event):
    """The last event of planning."""

    plan: Plan
