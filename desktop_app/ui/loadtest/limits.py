"""Thresholds that are drawn into the chart of latencies."""

from __future__ import annotations

from collections.abc import Iterable

from desktop_app.core.load.thresholds import Metric, Threshold

_DRAWN = (Metric.P50, Metric.P95, Metric.P99)


def limits_of(thresholds: Iterable[Threshold]) -> tuple[tuple[float, str], ...]:
    """Those of response times of all steps, by the lines that are there."""
    return tuple(
        (one.limit, str(one))
        for one in thresholds
        if one.metric in _DRAWN and not one.step and not one.service
    )
