"""Garbage collection on the GUI thread only.

Cyclic garbage may hold widgets; Python's automatic collection runs on whatever thread allocates,
and a widget finalised on a worker thread crashes the process.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000
FULL_EVERY_S = 20.0
"""At most this often a full collection..."""
FULL_SHARE = 0.01
"""...and never more than this share of the time."""


class GarbageCollector(QObject):
    """Turns automatic collection off and collects by Python's own thresholds on a timer.

    A full collection walks every object, so it waits the longer the longer the last one took.
    ``close`` turns automatic collection on again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._next_full = time.monotonic() + FULL_EVERY_S
        self.last_full_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def started(self) -> None:
        """What exists now stays for good: exempt it from every later collection."""
        gc.collect()
        gc.freeze()

    def collect(self) -> int:
        """Collect the oldest generation that is due; returns it, -1 for none."""
        young, middle, old = gc.get_count()
        if young <= self._thresholds[0]:
            return -1
        now = time.monotonic()
        if old > self._thresholds[2] and now >= self._next_full:
            gc.collect(2)
            self.last_full_s = time.monotonic() - now
            self._next_full = now + max(FULL_EVERY_S, self.last_full_s / FULL_SHARE)
            return 2
        generation = 1 if middle > self._thresholds[1] else 0
        gc.collect(generation)
        return generation

    def close(self) -> None:
        """Hand collection back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
