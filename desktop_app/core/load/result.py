"""How a run came out: counts that add up, histograms to be merged and compared, a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop_app.core.load.counts import Counts, Failure, Latency
from desktop_app.core.load.plan import LoadPlan
from desktop_app.core.load.second import Second
from desktop_app.core.load.thresholds import GateState, Threshold
from desktop_app.core.validation.findings import Said

FORMAT = 1
"""The version of the result's JSON."""


class StopReason(StrEnum):
    """Why a run ended."""

    DONE = "done"
    STOPPED = "stopped"
    """By the operator; outstanding answers were waited for."""
    STOPPED_AT_ONCE = "stopped_at_once"
    ABORTED = "aborted"
    """By a threshold with ``or abort``."""
    GENERATOR_LOST = "generator_lost"
    """Every generator died."""
    NOT_PREPARED = "not_prepared"
    """Users could not be made ready, or workers did not join."""
    UNREACHABLE = "unreachable"
    """Nothing answers there: nothing was measured."""
    REFUSED = "refused"
    """The run may not do this: permission is missing, or the plan makes no sense."""


class Verdict(StrEnum):
    """What a run says."""

    PASSED = "passed"
    """Valid, every threshold holds (or there are none)."""
    FAILED = "failed"
    """Valid, a threshold is broken."""
    INCONCLUSIVE = "inconclusive"
    """Valid, no threshold is broken, but one could not be judged."""
    INVALID = "invalid"
    """It says more about the generator than about the target: no result."""
    NOT_MEASURED = "not_measured"
    """It did not come to a measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """How one threshold came out. ``value`` over the measured part; None: nothing to judge by.

    ``broken_at``: the second in which a threshold with ``for`` broke. ``said``: why it could not
    be judged.
    """

    threshold: Threshold
    state: GateState
    value: float | None
    broken_at: int | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Figures of the measured part: requests meant to be sent from ``from_s`` to ``to_s``.

    ``rate`` is answers in order that came in its whole seconds, per second: what a slow target
    answers later does not count towards it. The logs are histograms (``core.load.histogram``) of
    answers, in order or not, and of what was waited for in vain, with how long; requests that came
    to no answer sooner (refused, reset) are in ``counts`` only: they would make a dying target look
    fast.
    """

    from_s: float
    to_s: float
    asked: int
    dropped: int
    counts: Counts
    rate: float
    response: Latency | None
    service: Latency | None
    response_log: bytes = field(default=b"", repr=False)
    service_log: bytes = field(default=b"", repr=False)

    @property
    def error_share(self) -> float | None:
        """Failed requests of those that ended, 0–1."""
        return self.counts.error_share


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """One step: counts of the whole run, figures of the measured part. ``flow`` "": setup."""

    flow: str
    name: str
    total: Counts
    measured: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One failed request of its kind and step: the first few of each are kept, redacted.

    ``at_s`` is 0 for one that kept the users from being ready.
    """

    kind: Failure
    step: str
    at_s: float
    status: int = 0
    text: str = ""
    """The beginning of the body that came with a status not expected."""
    said: Said | None = None
    """What else was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment that the operator marked, in seconds of the run's clock."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The environment of a measurement."""

    client: str = ""
    """Program version, Python, operating system."""
    loop: str = ""
    cores: int = 0
    generators: int = 0
    seed: int = 0
    """Of everything that was drawn by chance; 0: nothing was."""
    server: str = ""
    """What the target calls itself."""
    tls: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """All of one run.

    ``asked = total.sent + dropped + unsent``: ``unsent`` are arrivals that still waited when the
    run was stopped. ``seconds`` are those of the run as they were told.
    """

    run_id: str
    plan: LoadPlan
    by: str
    started_at: datetime
    seconds_run: float
    stop: StopReason
    stop_said: Said | None = None
    advice: Said | None = None
    """What to do about why it did not come to a measurement."""
    verdict: Verdict = Verdict.NOT_MEASURED
    reasons: tuple[Said, ...] = ()
    """Why it is invalid, or was not measured."""
    asked: int = 0
    dropped: int = 0
    unsent: int = 0
    total: Counts = field(default_factory=Counts)
    measured: Measured | None = None
    steps: tuple[StepResult, ...] = ()
    seconds: tuple[Second, ...] = ()
    gates: tuple[Gate, ...] = ()
    examples: tuple[Example, ...] = ()
    marks: tuple[Mark, ...] = ()
    warnings: tuple[Said, ...] = ()
    setup_failures: Mapping[Failure, int] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    format: int = FORMAT

    @property
    def adds_up(self) -> bool:
        """Whether every arrival and every request sent is accounted for."""
        return self.total.adds_up and self.asked == self.total.sent + self.dropped + self.unsent
