"""HdrHistogram's log format (``.hlog``): histograms of intervals, as text for other tools."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass

from desktop_app.core.load.histogram import Histogram, highest_of

_TAG = re.compile(r"[,\s]+")
"""What a tag cannot hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One line of a log: a histogram of ``seconds`` from ``start_s`` on, under a tag ("": none)."""

    start_s: float
    seconds: float
    histogram: Histogram
    tag: str = ""


def write_log(intervals: Iterable[Interval], *, start_epoch_s: float) -> str:
    """The text of a ``.hlog`` file (format 1.3). Values are microseconds."""
    lines = [
        "#[Histogram log format version 1.3]",
        f"#[StartTime: {start_epoch_s:.3f} (seconds since epoch)]",
        "#[Values: microseconds]",
        '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ]
    for interval in intervals:
        counts = interval.histogram.counts
        highest = highest_of(max(counts)) / 1e6 if counts else 0.0
        tag = f"Tag={_TAG.sub('', interval.tag)}," if interval.tag else ""
        text = base64.b64encode(interval.histogram.encoded()).decode("ascii")
        lines.append(f"{tag}{interval.start_s:.3f},{interval.seconds:.3f},{highest:.3f},{text}")
    return "\n".join(lines) + "\n"
