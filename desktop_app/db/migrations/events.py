"""What the engines tell while they work: typed, frozen, the last one saying why they stopped."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Stop(StrEnum):
    """Why an engine stopped."""

    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"
    """Something in the database stands in the way; nothing was changed."""
    REFUSED = "refused"
    """The engine may not do this: a backup is missing, a step cannot be undone."""
    CANCELLED = "cancelled"
    LEASE_HELD = "lease_held"
    """Somebody else is migrating this database."""
    LEASE_LOST = "lease_lost"
    """The lease expired or was broken while this run was away."""
    UNREACHABLE = "unreachable"


class Outcome(StrEnum):
    """What became of one step."""

    APPLIED = "applied"
    IN_PLACE = "in_place"
    """There was nothing to do: the database was as the step wants it."""
    ROLLED_BACK = "rolled_back"
    FAILED = "failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds the lease of a database, by the server's clock."""

    run_id: str
    by: str
    command: str
    acquired_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place in a definition (``validator.$jsonSchema.required``) that is not as it should be."""

    path: str
    present: Any = None
    wanted: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offender:
    """A document that something is wrong with. ``id`` is its ``_id`` as text.

    ``detail`` says what, by field: the value found, "missing", the other ids of a duplicate.
    """

    collection: str
    id: str
    detail: dict[str, Any] = field(default_factory=dict)


class Obstacle(StrEnum):
    """What kind of thing stands in the way of applying."""

    DUPLICATES = "duplicates"
    CHANGED_STEP = "changed_step"
    """A data step that was applied reads otherwise now."""
    NEWER = "newer"
    """A newer version of this program has migrated the database."""
    RIGHTS = "rights"
    NO_COLLECTION = "no_collection"
    """A view, or another thing that is no collection, has the name of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """What stands in the way: of which step, in which collection, and which documents.

    For duplicates ``count`` is the number of values that occur more than once and ``offenders``
    are documents that hold them (up to 100); for lacking rights ``missing`` names the actions.
    """

    obstacle: Obstacle
    step: str = ""
    collection: str = ""
    index: str = ""
    fields: tuple[str, ...] = ()
    count: int = 0
    offenders: tuple[Offender, ...] = ()
    differences: tuple[Difference, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Anything that an engine tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseAwaited(Event):
    """Somebody else holds the lease; this run waits ``left_s`` seconds more."""

    holder: Holder
    left_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """The lease is held and the run is in the history. ``took_over`` had let it expire."""

    run_id: str
    command: str
    steps: tuple[str, ...]
    took_over: Holder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(Event):
    """A step begins; ``resumed`` after an earlier run was interrupted in it."""

    step: str
    kind: str
    collection: str
    total: int | None = None
    resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress(Event):
    """How far a step is: documents, speed, time left.

    ``phase`` is the server's own word for what it does ("scanning collection"). ``ping_ms`` is how
    soon the server answers others meanwhile; ``rested_s`` how long this step held back for them.
    """

    step: str
    done: int
    total: int | None = None
    per_s: float = 0.0
    left_s: float | None = None
    phase: str = ""
    ping_ms: float | None = None
    rested_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded(Event):
    """What became of a step. ``applied`` and ``rolled_back`` were verified by looking again."""

    step: str
    outcome: Outcome
    changed: int = 0
    seconds: float = 0.0
    error: str = ""
    blocker: Blocker | None = None
    kept: int = 0
    """Documents that a rollback left alone because somebody changed them since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLost(Event):
    """The server does not answer, or its primary changed; the run asks again."""

    reason: str
    waited_s: float
    patience_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretMade(Event):
    """A password made up for the production administrator: to be shown once, kept nowhere."""

    login_id: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """The last event of applying and rolling back."""

    reason: Stop
    run_id: str = ""
    steps: tuple[StepEnded, ...] = ()
    seconds: float = 0.0
    error: str = ""
    blockers: tuple[Blocker, ...] = ()
    holder: Holder | None = None

    def count(self, outcome: Outcome) -> int:
        """How many steps ended so."""
        return sum(step.outcome is outcome for step in self.steps)
