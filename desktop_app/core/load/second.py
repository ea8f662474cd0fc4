"""One second of a run, as it is shown, kept and judged.

Response times run from when a request was meant to be sent, service times from when it was (making
a new connection is part of that, where the last one was closed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from desktop_app.core.load.counts import Counts, Latency


class Phase(StrEnum):
    """Where in a run a second is."""

    WARM_UP = "warm_up"
    """Not measured: left out by the plan's ``Trim``."""
    MEASURED = "measured"
    DRAIN = "drain"
    """Nothing falls due any more: arrivals that waited are sent, answers are waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSecond:
    """One step's share of a second."""

    counts: Counts
    response: Latency | None
    service: Latency | None
    response_log: bytes = field(default=b"", repr=False)
    """The response times as a histogram, as in ``Second``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorSecond:
    """How one generator did. ``cpu_share`` is of one core (0–1); ``late_ms`` how late it woke up
    to send: the worst, and the 99th percentile, of this second.
    """

    pid: int
    cpu_share: float
    memory_mb: float
    connections: int
    late_p99_ms: float
    late_max_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSecond:
    """What the target told of itself in this second; None: not told. Shares are 0–1.

    ``process_*`` are of the API server's process (``/metrics``); ``cpu_share``, ``memory_share``,
    ``disk_share`` of its computer (``/api/health/detailed``); ``mongo_*`` of serverStatus.
    """

    cpu_share: float | None = None
    memory_share: float | None = None
    disk_share: float | None = None
    process_cpu_share: float | None = None
    """Of one core."""
    process_memory_mb: float | None = None
    in_flight: int | None = None
    mongo_connections: int | None = None
    mongo_operations: float | None = None
    """Per second."""
    mongo_memory_mb: float | None = None
    mongo_queued: int | None = None
    read_ms: float | None = None
    """How long the target took to tell this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """One second of the run, all generators together.

    ``asked`` arrivals (open) or requests that fell due (closed) in it; ``dropped`` arrivals given
    up; ``waiting`` arrivals that wait for a free user at its end. Latencies are of the requests
    that ended in it.
    ``response_log`` and ``service_log`` are those as histograms (``core.load.histogram``), to be
    merged over any stretch: percentiles are never averaged.
    """

    number: int
    phase: Phase
    asked: int
    dropped: int
    waiting: int
    counts: Counts
    users: int
    """Users that are there (signed in, connected when they send)."""
    busy: int
    """Of them, waiting for an answer at the end of the second."""
    response: Latency | None
    service: Latency | None
    steps: Mapping[str, StepSecond] = field(default_factory=dict)
    generators: tuple[GeneratorSecond, ...] = ()
    target: TargetSecond | None = None
    response_log: bytes = field(default=b"", repr=False)
    service_log: bytes = field(default=b"", repr=False)
    width_s: int = 1
    """More than 1 in the kept result of a long run: older seconds are put together there, their
    counts added (so are ``asked`` and ``dropped``), without steps."""
