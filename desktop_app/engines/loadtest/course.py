"""How far a generator's run is by the clock, whoever waits in it: asyncio, or gevent."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.load.plan import LoadPlan
from desktop_app.engines.loadtest.pacing import clock

_TICK_S = 0.1
_ENDING_TICK_S = 0.02


@dataclass(slots=True)
class Course:
    """When it stops to send, and to wait for answers; in seconds of ``clock``."""

    ends_at: float
    longest_tick_s: float
    stopped_at: float = float("inf")
    gives_up_at: float = float("inf")
    tick_at: float = float("inf")
    """When to look around next."""

    @classmethod
    def of(cls, plan: LoadPlan, zero: float) -> Course:
        """That of a run of this plan whose second 0 begins at ``zero``."""
        tick_s = min(_TICK_S, plan.timeouts.response_s / 5)
        return cls(ends_at=zero + plan.seconds, longest_tick_s=tick_s)

    @property
    def stopped(self) -> bool:
        """Whether nothing more is sent."""
        return self.stopped_at < float("inf")

    def next_tick_s(self) -> float:
        """How long until to look around: just when it ends, often while answers are waited for."""
        now = clock()
        tick_s = _ENDING_TICK_S if self.stopped else max(0.001, self.ends_at - now)
        tick_s = min(self.longest_tick_s, tick_s)
        self.tick_at = now + tick_s
        return tick_s

    def stop(self, now: float, grace_s: float) -> None:
        """No more is sent from now, or from when the plan ended; answers are waited for."""
        self.stopped_at = min(now, self.ends_at)
        self.gives_up_at = now + grace_s
