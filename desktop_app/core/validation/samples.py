"""Times of single requests, and what may be said of them: percentiles, rates, or "too few"."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

BEYOND = 3
"""How many samples must lie beyond a percentile for it to be one: P99 needs 300, P95 60."""

_Z = 1.6449
"""The one-sided 95 % point of the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One request: how long it took as a whole (milliseconds), and whether it was answered right.

    ``status`` is 0 where no answer came. ``warm`` is false for a request that opened the
    connection: its time is not the server's.
    """

    ms: float
    status: int
    ok: bool
    warm: bool = True


def needed(quantile: float) -> int:
    """How many samples a percentile needs (``quantile`` 0.99: 300)."""
    return math.ceil(round(BEYOND / (1 - quantile), 6))


class Times:
    """The times of the requests that were answered right, in milliseconds, smallest first."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self.ms = sorted(sample.ms for sample in samples if sample.ok and sample.warm)

    def __len__(self) -> int:
        return len(self.ms)

    @property
    def mean(self) -> float:
        """The arithmetic mean; 0 of nothing."""
        return math.fsum(self.ms) / len(self.ms) if self.ms else 0.0

    @property
    def longest(self) -> float:
        """The longest; 0 of nothing."""
        return self.ms[-1] if self.ms else 0.0

    def percentile(self, quantile: float) -> float:
        """The smallest time that this share took at most (nearest rank); 0 of nothing."""
        if not self.ms:
            return 0.0
        return self.ms[max(0, math.ceil(round(quantile * len(self.ms), 6)) - 1)]

    def enough(self, quantile: float) -> bool:
        """Whether there are enough to speak of that percentile."""
        return len(self.ms) >= needed(quantile)


def highest_rate(failed: int, of: int) -> float:
    """What a rate is at most, with 95 % confidence, when ``failed`` of ``of`` failed.

    The upper end of Wilson's score interval (E. B. Wilson, JASA 22, 1927); 1 of nothing.
    """
    if of <= 0:
        return 1.0
    rate, square = failed / of, _Z * _Z
    spread = _Z * math.sqrt(rate * (1 - rate) / of + square / (4 * of * of))
    return (rate + square / (2 * of) + spread) / (1 + square / of)


def needed_for_rate(target: float) -> int:
    """How many requests without a failure show that the rate is under ``target``."""
    return math.ceil(_Z * _Z * (1 - target) / target) + 1
