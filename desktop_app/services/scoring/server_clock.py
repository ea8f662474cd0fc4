"""The server's clock as this computer can tell it: deadlines go by no other."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _ticks() -> float:
    """Seconds that also pass while the computer sleeps and whatever its own clock is set to."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(boot) if boot is not None else time.monotonic()


class ServerClock:
    """``now`` goes on from what the server said last; before it said anything, by this computer."""

    def __init__(self, ticks: Callable[[], float] = _ticks) -> None:
        self._ticks = ticks
        self._said: datetime | None = None
        self._at = 0.0

    @property
    def known(self) -> bool:
        """Whether the server has said what time it is."""
        return self._said is not None

    def note(self, server_time: datetime) -> None:
        """The server says that it is ``server_time`` now."""
        self._said, self._at = server_time, self._ticks()

    def now(self) -> datetime:
        """What time it is there, in UTC."""
        if self._said is None:
            return datetime.now(UTC)
        return self._said + timedelta(seconds=self._ticks() - self._at)
