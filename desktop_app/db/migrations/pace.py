"""How large the next batch is, and how long to rest before it: a live system stays usable."""

from __future__ import annotations

import statistics
from collections import deque

TARGET_S = 0.15
"""How long one batch should take: as long as another write may have to wait."""
SMALLEST, LARGEST = 50, 10_000
_FIRST = 1_000
_CALM = 9
"""Pings that make the baseline: how soon the server answers when it is left alone."""
_SLOW_FACTOR, _SLOW_MS = 5.0, 25.0
"""A ping this much slower than the baseline, and slower than this, says that others wait."""
_FIRST_REST_S, _LONGEST_REST_S = 0.05, 2.0


class Pace:
    """Learns from each batch and each ping. Knows no server and no clock."""

    def __init__(self, calm_ms: float = 1.0, size: int = _FIRST) -> None:
        self.size = size
        self.rest_s = 0.0
        """How long to rest before the next batch."""
        self.ping_ms = calm_ms
        self._calm: deque[float] = deque([calm_ms], maxlen=_CALM)

    @property
    def slow_above_ms(self) -> float:
        """Above this a ping is slow."""
        return max(_SLOW_MS, _SLOW_FACTOR * statistics.median(self._calm))

    def took(self, seconds: float, documents: int) -> None:
        """A batch is done: the next one is sized so that it takes about ``TARGET_S``."""
        if documents <= 0:
            return
        fitting = documents * TARGET_S / max(seconds, 1e-4)
        # At most doubled: one quick batch proves little.
        self.size = int(min(max(fitting, SMALLEST), self.size * 2, LARGEST))

    def pinged(self, ping_ms: float) -> None:
        """The server answered a ping: when slowly, rest longer each time and take less at once."""
        self.ping_ms = ping_ms
        if ping_ms > self.slow_above_ms:
            self.rest_s = min(max(_FIRST_REST_S, self.rest_s * 2), _LONGEST_REST_S)
            self.size = max(SMALLEST, self.size // 2)
        else:
            self._calm.append(ping_ms)
            self.rest_s = 0.0
