"""How late an event loop is: what a person feels as a window that does not answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer

EVERY_MS = 5


class Lateness(QObject):
    """Beats every 5 ms on the GUI thread and notes how late each beat came, in milliseconds.

    A beat that a blocked loop left out counts from when it was due: else one long block would
    weigh as little as one late beat (coordinated omission; Tene, "How not to measure latency").
    """

    def __init__(self) -> None:
        super().__init__()
        self._samples: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._on_beat)

    @contextmanager
    def noting(self, into: list[float]) -> Iterator[None]:
        """Note beats into ``into`` while the context lasts."""
        self._samples = into
        self._due = time.perf_counter() + EVERY_MS / 1000
        self._timer.start()
        try:
            yield
        finally:
            self._timer.stop()

    def _on_beat(self) -> None:
        now = time.perf_counter()
        if now < self._due:
            # Qt keeps its own grid: a beat a little before ours is on time.
            self._samples.append(0.0)
            self._due += EVERY_MS / 1000
            return
        while self._due <= now:
            self._samples.append((now - self._due) * 1000)
            self._due += EVERY_MS / 1000
