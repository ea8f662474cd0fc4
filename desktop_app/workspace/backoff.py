"""How often, and how soon, something that keeps ending is started again."""

from __future__ import annotations

from collections import deque


class Backoff:
    """Pauses that grow while failures follow each other, and an end to it.

    The first start again comes at once. More than ``limit`` failures within ``window_s`` seconds
    mean that starting again is of no use.
    """

    def __init__(
        self, *, limit: int = 5, window_s: float = 60.0, first_s: float = 0.25, most_s: float = 5.0
    ) -> None:
        self._limit = limit
        self._window_s = window_s
        self._first_s = first_s
        self._most_s = most_s
        self._failures: deque[float] = deque()

    def next_pause(self, now_s: float) -> float | None:
        """Note a failure at ``now_s`` (a monotonic clock); the seconds to wait, None to give up."""
        while self._failures and now_s - self._failures[0] > self._window_s:
            self._failures.popleft()
        self._failures.append(now_s)
        count = len(self._failures)
        if count > self._limit:
            return None
        if count == 1:
            return 0.0
        return float(min(self._first_s * 2 ** (count - 2), self._most_s))
