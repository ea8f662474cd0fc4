"""A measured figure beside its limit; percentiles come from samples, never from percentiles."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: ``value`` None means that it was not measured, and ``note`` says why.

    ``doubt`` says why a value over its limit proves nothing.
    """

    name: str
    value: float | None
    unit: str
    limit: float | None = None
    note: str = ""
    doubt: str = ""

    @property
    def verdict(self) -> str:
        """ "pass", "fail" or "unsure" against the limit, "" without one, "not measured"."""
        if self.value is None:
            return "not measured"
        if self.limit is None:
            return ""
        if self.value <= self.limit:
            return "pass"
        return "unsure" if self.doubt else "fail"

    def line(self) -> str:
        """The figure as a line of a table."""
        value = "–" if self.value is None else f"{self.value:,.2f}"
        limit = "" if self.limit is None else f"≤ {self.limit:g}"
        said = "; ".join(part for part in (self.note, self.doubt) if part)
        note = f"  {said}" if said else ""
        return f"  {self.name:<58} {value:>12} {self.unit:<5} {limit:<8} {self.verdict:<12}{note}"


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least ``percent`` % of the samples do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(
    name: str,
    samples: Sequence[float],
    unit: str,
    limits: dict[str, float] | None = None,
    note: str = "",
    doubt: str = "",
) -> list[Figure]:
    """Median, p99 and maximum of ``samples``; ``limits`` by "p50", "p99", "max"."""
    if not samples:
        return [Figure(name=name, value=None, unit=unit, note=note or "no samples")]
    values = {"p50": percentile(samples, 50), "p99": percentile(samples, 99), "max": max(samples)}
    return [
        Figure(
            name=f"{name}, {key}",
            value=value,
            unit=unit,
            limit=(limits or {}).get(key),
            note=note or f"{len(samples)} samples",
            doubt=doubt,
        )
        for key, value in values.items()
    ]


def median(
    name: str, samples: Sequence[float], unit: str, limit: float | None = None, note: str = ""
) -> Figure:
    """The median of a few runs, with all of them noted."""
    runs = " ".join(f"{sample:.2f}" for sample in samples)
    parts = [note, f"runs: {runs}"] if note else [f"runs: {runs}"]
    value = statistics.median(samples) if samples else None
    return Figure(name=name, value=value, unit=unit, limit=limit, note="; ".join(parts))


def failed(figures: Iterable[Figure]) -> list[Figure]:
    """The figures over their limit."""
    return [figure for figure in figures if figure.verdict == "fail"]
