"""Long pure-Python work that leaves the interpreter to the window often enough."""

from __future__ import annotations

import os
import time

from desktop_app.core.tasks import TaskContext

_WORK_S = 0.012 if os.name == "nt" else 0.004
"""Windows may round a rest of 1 ms up to 15: fewer of them there."""
_REST_S = 0.001


class Pace:
    """Called between small steps of work, rests for a moment every few milliseconds.

    Python hands its lock to another thread only every 5 ms; a window that needs it several times
    for one frame would stutter. ``step`` raises ``Cancelled`` when the work is to stop.
    """

    def __init__(self, context: TaskContext) -> None:
        self._context = context
        self._rested_at = time.perf_counter()

    def step(self) -> None:
        """Rest if it is time to."""
        if time.perf_counter() - self._rested_at >= _WORK_S:
            self._context.wait(_REST_S)
            self._rested_at = time.perf_counter()
