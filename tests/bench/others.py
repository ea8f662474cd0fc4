"""What other programs take of the processors while something is measured.

A figure over its limit says little about the console when others kept the machine busy meanwhile.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import psutil

BUSY = 0.10
"""From this share of all processors on, what is over its limit is not held against the console."""

_IDLE = frozenset({"idle", "iowait"})
_COUNTED_TWICE = frozenset({"guest", "guest_nice"})
"""Linux counts the time of guests as "user" too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds so far: of all processors, of these busy, of these in our own processes."""

    whole: float
    busy: float
    ours: float


class Others:
    """Watches from its making on; this process and its descendants are no others."""

    def __init__(self) -> None:
        self._before = now()

    def share(self) -> float:
        """The part of all processors' time that others took so far, 0–1."""
        return share_of_others(self._before, now())


def share_of_others(before: Times, after: Times) -> float:
    """The part of the processors' time between two moments that was busy and not ours, 0–1."""
    passed = after.whole - before.whole
    if passed <= 0:
        return 0.0
    return max(0.0, (after.busy - before.busy) - (after.ours - before.ours)) / passed


def doubt(share: float) -> str:
    """Why a bad figure cannot be held against the console; empty when it can."""
    return "" if share < BUSY else f"other programs took {share:.0%} of the processors"


def now() -> Times:
    """The times of this moment.

    What a virtual machine's host keeps for itself ("steal") is busy, and not ours.
    """
    times = psutil.cpu_times()._asdict()
    whole = sum(value for name, value in times.items() if name not in _COUNTED_TWICE)
    idle = sum(value for name, value in times.items() if name in _IDLE)
    me = psutil.Process()
    ours = 0.0
    for process in (me, *me.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            ours += sum(process.cpu_times()[:4])  # its own, and of children that have ended
    return Times(whole=whole, busy=whole - idle, ours=ours)
