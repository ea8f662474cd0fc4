"""How fast bytes pass, of late: what a person sees beside a transfer."""

from __future__ import annotations

from collections import deque

_SPAN_S = 8.0
_KNOWN_AFTER_S = 0.5


class SpeedMeter:
    """Bytes per second over the last seconds; a pause or a new start does not spoil it."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, at_s: float, done: int) -> None:
        """So many bytes were done at a moment of a monotonic clock."""
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((at_s, done))
        while len(self._seen) > 2 and at_s - self._seen[0][0] > _SPAN_S:
            self._seen.popleft()

    def forget(self) -> None:
        """What comes now is not measured against what was before."""
        self._seen.clear()

    @property
    def bytes_per_s(self) -> float | None:
        """None while it is not known."""
        if len(self._seen) < 2:
            return None
        (begin, first), (end, last) = self._seen[0], self._seen[-1]
        if end - begin < _KNOWN_AFTER_S or last <= first:
            return None
        return (last - first) / (end - begin)

    def seconds_left(self, done: int, total: int) -> float | None:
        """How long still, at this speed; None while it is not known."""
        speed = self.bytes_per_s
        return (total - done) / speed if speed else None
