"""Load models: when requests are to be sent.

Open: they arrive at a rate whatever the target does, as the world's requests do. Closed: users
wait for the answer, think, and ask again; a slow target is asked less.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stretch of time in which a level goes in a straight line from ``start`` to ``end``.

    The level is requests per second in an open model, users in a closed one.
    """

    seconds: float
    start: float
    end: float


class Spacing(StrEnum):
    """How arrivals are spread over time."""

    EVEN = "even"
    POISSON = "poisson"
    """At random, independently of each other, as many independent people's are."""


class Thinking(StrEnum):
    """How long users think."""

    CONSTANT = "constant"
    EXPONENTIAL = "exponential"
    UNIFORM = "uniform"
    """Between half of the mean and one and a half."""


class ModelKind(StrEnum):
    """Which of the two kinds a load model is."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadModel:
    """When requests are sent; ``open_model`` and ``closed_model`` make one.

    Open: one request per arrival, sent by whichever of ``users`` is free, evenly spaced or not
    (``spacing``). Each user has a connection of its own. Where none is free the arrival waits, and
    its response time runs; one that has waited longer than the response timeout is dropped.

    Closed: as many users as the stages say (``users`` is the most of them), each thinking before
    every request but its first.
    """

    kind: ModelKind
    stages: tuple[Stage, ...]
    users: int
    spacing: Spacing = Spacing.EVEN
    think_s: float = 0.0
    thinking: Thinking = Thinking.CONSTANT

    @property
    def is_open(self) -> bool:
        """Whether requests arrive at a rate."""
        return self.kind is ModelKind.OPEN

    @property
    def highest_rate(self) -> float:
        """The highest planned rate of requests per second; 0 in a closed model."""
        return highest(self.stages) if self.is_open else 0.0


def open_model(stages: tuple[Stage, ...], users: int, spacing: Spacing = Spacing.EVEN) -> LoadModel:
    """Requests that arrive at the stages' rates."""
    return LoadModel(kind=ModelKind.OPEN, stages=stages, users=users, spacing=spacing)


def closed_model(
    stages: tuple[Stage, ...], think_s: float = 0.0, thinking: Thinking = Thinking.CONSTANT
) -> LoadModel:
    """As many users as the stages say."""
    most = int(highest(stages))
    return LoadModel(
        kind=ModelKind.CLOSED, stages=stages, users=most, think_s=think_s, thinking=thinking
    )


def highest(stages: tuple[Stage, ...]) -> float:
    """The highest level of all."""
    return max((max(stage.start, stage.end) for stage in stages), default=0.0)


def duration_s(stages: tuple[Stage, ...]) -> float:
    """How long the stages last together."""
    return sum(stage.seconds for stage in stages)


def level_at(stages: tuple[Stage, ...], at_s: float) -> float:
    """The level ``at_s`` seconds after the start; after the end, that of the end; 0 before it."""
    if at_s < 0 or not stages:
        return 0.0
    for stage in stages:
        if at_s < stage.seconds:
            return stage.start + (stage.end - stage.start) * at_s / stage.seconds
        at_s -= stage.seconds
    return stages[-1].end


def arrivals_by(stages: tuple[Stage, ...], at_s: float) -> float:
    """How many arrivals are planned in the first ``at_s`` seconds: the integral of the rate."""
    total = 0.0
    for stage in stages:
        inside = min(max(at_s, 0.0), stage.seconds)
        if stage.seconds > 0:
            slope = (stage.end - stage.start) / stage.seconds
            total += stage.start * inside + slope * inside * inside / 2
        at_s -= stage.seconds
    return total


def planned(stages: tuple[Stage, ...]) -> int:
    """How many arrivals an even spacing makes in all: the next whole number below the integral."""
    return int(arrivals_by(stages, duration_s(stages)) + 1e-9)


def ends_s(stages: tuple[Stage, ...]) -> tuple[float, ...]:
    """When each stage ends."""
    return tuple(accumulate(stage.seconds for stage in stages))


# -- the usual shapes ---------------------------------------------------------------------------


def constant(level: float, seconds: float) -> tuple[Stage, ...]:
    """The same level all the time (a soak is a long one)."""
    return (Stage(seconds=seconds, start=level, end=level),)


def ramp(start: float, end: float, seconds: float, hold_s: float = 0.0) -> tuple[Stage, ...]:
    """From one level to another, then held."""
    stages = (Stage(seconds=seconds, start=start, end=end),)
    return (*stages, *constant(end, hold_s)) if hold_s else stages


def steps(first: float, step: float, count: int, each_s: float) -> tuple[Stage, ...]:
    """``count`` levels, each ``step`` above the last one and held for ``each_s``."""
    levels = (first + step * number for number in range(count))
    return tuple(Stage(seconds=each_s, start=level, end=level) for level in levels)


def spike(
    base: float, peak: float, *, before_s: float, peak_s: float, after_s: float
) -> tuple[Stage, ...]:
    """A level that jumps to ``peak`` at once, stays, and falls back."""
    return (*constant(base, before_s), *constant(peak, peak_s), *constant(base, after_s))
