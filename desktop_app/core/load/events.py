"""What a load run tells while it goes: typed, frozen, the last one with the whole result.

The order: any ``Preparing`` → ``RunStarted`` → any ``Second``, ``ThresholdChanged``, ``Warned``,
``Marked``, ``Stopping`` → ``RunEnded``. A run that is refused or cannot start has only the last.
Seconds are numbered from 0, the first of them begins at ``RunStarted.at``; they come in order,
without gaps, each about 0.3 s after its end. Those after the last arrival (answers still waited
for) are ``Phase.DRAIN``.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.load.plan import LoadPlan
from desktop_app.core.load.result import LoadResult, Mark, StopReason
from desktop_app.core.load.second import Second
from desktop_app.core.load.thresholds import GateState, Threshold
from desktop_app.core.validation.findings import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """Before the clock starts: generators come up, users connect and do ``setup``.

    ``workers`` of ``awaited`` on other computers have joined the master at ``address``, where the
    run is one of several computers.
    """

    ready: int
    users: int
    failed: int = 0
    workers: int = 0
    awaited: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The clock runs. ``at``: seconds since the epoch of the beginning of second 0."""

    run_id: str
    plan: LoadPlan
    at: float
    generators: tuple[int, ...]
    """Their process ids."""
    loop: str
    """What they run on: "asyncio", "uvloop", "winloop"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdChanged:
    """A threshold came into another state in second ``second``; ``value`` as its metric says."""

    second: int
    threshold: Threshold
    state: GateState
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something an operator should know now: a generator died, is late, runs hot.

    ``spoilt``: by now the run is invalid, whatever still comes.
    """

    second: int
    said: Said
    spoilt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The operator marked a moment."""

    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """No more is sent; the answers outstanding are waited for, until ``until_s`` (run's clock)."""

    reason: StopReason
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The last event."""

    result: LoadResult


Event = Preparing | RunStarted | Second | ThresholdChanged | Warned | Marked | Stopping | RunEnded
"""Anything that a run tells."""
