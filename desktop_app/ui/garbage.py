"""Garbage collection on the GUI thread only.

Cyclic garbage may hold widgets; Python's automatic collection runs on whatever thread allocates,
and a widget finalised on a worker thread crashes the process.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

BUSY_MS = 25
"""How soon to look again while objects are being made: a collection of what a worker makes in a
second is felt (15 ms), one of what it makes between two frames is not (under 1 ms)."""
QUIET_MS = 250
"""How soon to look again while hardly any are."""
QUIET_LOOKS = 8
"""As many looks in a row that find it quiet make a quiet moment: between two answers of a server it
is quiet for one or two."""
FULL_EVERY_S = 20.0
"""At most this often a full collection..."""
FULL_SHARE = 0.01
"""...never more than this share of the time..."""
FULL_AT_LATEST_S = 120.0
"""...and, until it is overdue by this long, only in a quiet moment: it takes 30 ms or more."""


class GarbageCollector(QObject):
    """Turns automatic collection off and collects by Python's own thresholds on a timer.

    A full collection walks every object, so it waits for a quiet moment, and the longer the longer
    the last one took. ``close`` turns automatic collection on again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._next_full = time.monotonic() + FULL_EVERY_S
        self._quiet_looks = 0
        self.last_full_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start(BUSY_MS)

    def started(self) -> None:
        """What exists now stays for good: exempt it from every later collection.

        Without a collection first: it would find next to nothing (58 objects of 47,000) and keep
        a new window from its first keys (25 ms).
        """
        gc.freeze()

    def collect(self) -> int:
        """Collect the oldest generation that is due; returns it, -1 for none."""
        young, middle, old = gc.get_count()
        now = time.monotonic()
        busy = young > self._thresholds[0]
        self._quiet_looks = 0 if busy else self._quiet_looks + 1
        patience_s = 0 if self._quiet_looks >= QUIET_LOOKS else FULL_AT_LATEST_S
        if old > self._thresholds[2] and now - self._next_full >= patience_s:
            gc.collect(2)
            self.last_full_s = time.monotonic() - now
            self._next_full = now + max(FULL_EVERY_S, self.last_full_s / FULL_SHARE)
            return 2
        if not busy:
            return -1
        generation = 1 if middle > self._thresholds[1] else 0
        gc.collect(generation)
        return generation

    def close(self) -> None:
        """Hand collection back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _on_timeout(self) -> None:
        self._timer.start(QUIET_MS if self.collect() == -1 else BUSY_MS)
