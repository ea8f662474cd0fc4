"""Thresholds: what a run is held to, written as ``p95 < 300 ms for 10 s``.

Without ``for`` a threshold is judged on the whole measured part, once it is over (and meanwhile on
what there is of it). With it, it is broken as soon as every second of that long a stretch breaks
it, and stays broken; ``or abort`` at the end has the run stopped then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Metric(StrEnum):
    """What can be held to a threshold; the values are how it is written."""

    P50 = "p50"
    P90 = "p90"
    P95 = "p95"
    P99 = "p99"
    P999 = "p99.9"
    MAX = "max"
    MEAN = "mean"
    RATE = "rate"
    """Answers in order, per second."""
    ERRORS = "errors"
    """Failed requests, of those that came to an end (%)."""
    DROPPED = "dropped"
    """Arrivals that were never sent, of those planned (%)."""
    TARGET_CPU = "target cpu"
    TARGET_MEMORY = "target memory"


LATENCIES = (
    Metric.P50,
    Metric.P90,
    Metric.P95,
    Metric.P99,
    Metric.P999,
    Metric.MAX,
    Metric.MEAN,
)

UNITS: dict[Metric, str] = {
    **dict.fromkeys(LATENCIES, "ms"),
    Metric.RATE: "/s",
    Metric.ERRORS: "%",
    Metric.DROPPED: "%",
    Metric.TARGET_CPU: "%",
    Metric.TARGET_MEMORY: "%",
}


class Relation(StrEnum):
    """How the measured value must stand to the limit."""

    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="

    def holds(self, value: float, limit: float) -> bool:
        """Whether ``value`` stands so to ``limit``."""
        if self is Relation.BELOW:
            return value < limit
        if self is Relation.AT_MOST:
            return value <= limit
        return value > limit if self is Relation.ABOVE else value >= limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One gate. ``limit`` is in the metric's unit (``UNITS``).

    Latencies are response times (from the intended send time), or where ``service`` from the
    actual one. ``step`` ("": all) restricts latencies, rate and errors to one step.
    """

    metric: Metric
    relation: Relation
    limit: float
    for_s: int = 0
    abort: bool = False
    step: str = ""
    service: bool = False

    def __str__(self) -> str:
        """The threshold as it is written; ``parse`` reads it back."""
        name = f"{'service ' if self.service else ''}{self.metric}"
        step = f"[{self.step}]" if self.step else ""
        unit = UNITS[self.metric]
        number = f"{self.limit:.9f}".rstrip("0").rstrip(".")
        limit = f"{number}{'' if unit == '/s' else ' '}{unit}"
        long = f" for {self.for_s} s" if self.for_s else ""
        return f"{name}{step} {self.relation} {limit}{long}{' or abort' if self.abort else ''}"


class GateState(StrEnum):
    """How a threshold stands."""

    HOLDS = "holds"
    PENDING = "pending"
    """Broken now, but not yet for as long as it takes."""
    BROKEN = "broken"
    NO_DATA = "no_data"
    """Nothing to judge by: that is not a pass."""


class ThresholdProblem(ValueError):
    """A threshold that cannot be read; ``part`` is what was not understood."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


_NAMES = "|".join(re.escape(metric) for metric in sorted(Metric, key=len, reverse=True))
_NUMBER = r"(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?"
"""Commas part thousands, as where the console writes rates: 1,000/s is not 1/s."""
_FORM = re.compile(
    rf"(?P<service>service\s+)?(?P<metric>{_NAMES})\s*(?:\[(?P<step>[^\]]+)\])?\s*"
    rf"(?P<relation><=|>=|<|>|≤|≥)\s*(?P<limit>{_NUMBER})\s*(?P<unit>µs|us|ms|s|%|/s|/min)?\s*"
    r"(?:for\s+(?P<long>\d+)\s*(?P<span>s|min|h)?)?\s*(?P<abort>or\s+abort)?\s*",
    re.IGNORECASE,
)
_SPANS = {"s": 1, "min": 60, "h": 3600}
_TO_UNIT: dict[str, dict[str, float]] = {
    "ms": {"": 1.0, "ms": 1.0, "s": 1000.0, "µs": 0.001, "us": 0.001},
    "/s": {"": 1.0, "/s": 1.0, "/min": 1 / 60},
    "%": {"": 1.0, "%": 1.0},
}
_RELATIONS = {"≤": "<=", "≥": ">="}


def parse(text: str) -> Threshold:
    """The threshold that a person wrote; raises ``ThresholdProblem``.

    ``[service] METRIC[[STEP]] RELATION NUMBER [UNIT] [for N s|min|h] [or abort]``
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ThresholdProblem(text.strip())
    metric = Metric(found["metric"].lower())
    unit = (found["unit"] or "").lower()
    factor = _TO_UNIT[UNITS[metric]].get(unit)
    if factor is None:
        raise ThresholdProblem(found["unit"])
    if found["service"] and metric not in LATENCIES:
        raise ThresholdProblem("service")
    if found["step"] and metric in (Metric.DROPPED, Metric.TARGET_CPU, Metric.TARGET_MEMORY):
        raise ThresholdProblem(f"[{found['step']}]")
    long = int(found["long"] or 0) * _SPANS[(found["span"] or "s").lower()]
    if found["abort"] and not long:
        raise ThresholdProblem(found["abort"])
    relation = found["relation"]
    return Threshold(
        metric=metric,
        relation=Relation(_RELATIONS.get(relation, relation)),
        limit=float(found["limit"].replace(",", "")) * factor,
        for_s=long,
        abort=bool(found["abort"]),
        step=(found["step"] or "").strip(),
        service=bool(found["service"]),
    )
