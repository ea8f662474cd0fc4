"""Who sends when: requests that arrive at a rate, or users who think between them."""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Protocol

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.models import LoadModel, Thinking, duration_s, level_at
from desktop_app.engines.loadtest.compiled import OUTCOME_OF
from desktop_app.engines.loadtest.pacing import LEAST_GAP_S, Timer, clock
from desktop_app.engines.loadtest.recording import Recorder
from desktop_app.engines.loadtest.user import User

_NEVER = math.inf
_THROWN_OUT = frozenset(
    OUTCOME_OF[kind]
    for kind in (
        Failure.REFUSED,
        Failure.CONNECT_TIMEOUT,
        Failure.TLS,
        Failure.GENERATOR,
        Failure.RESET,
        Failure.CUT,
    )
)
_PATIENCE_S = 0.1
"""How long a user waits at least before connecting again to what did not take or keep it."""
_LONGEST_STAGGER_S = 1.0
_CATCHING_UP = 2
_BURST_S = 0.05
"""For so long the ceiling may have been unused to be made use of at once."""


class Driver(Protocol):
    """Gives users their orders."""

    timer: Timer

    def begin(self, zero: float) -> None:
        """Second 0 begins at ``zero``."""

    def wake(self) -> None:
        """The timer's call: send what has fallen due."""

    def freed(self, user: User, outcome: int) -> None:
        """A user's request has ended."""

    def look_around(self, now: float) -> None:
        """To be called some times a second."""

    def finish(self, *, drop_waiting: bool) -> None:
        """Nothing new falls due; what waits is still sent, or is counted ``unsent``."""

    def give_up(self, now: float) -> None:
        """What still waits has waited for long enough: nobody was free for it."""

    @property
    def waiting(self) -> int:
        """Arrivals that wait for a free user."""

    @property
    def users(self) -> int:
        """Users that are there."""

    @property
    def unsent(self) -> int:
        """Arrivals that waited at the end, and were not sent."""


class OpenDriver:
    """Requests that fall due whatever the target does; each goes to the user free for longest."""

    timer: Timer

    def __init__(
        self,
        users: Sequence[User],
        arrivals: Iterator[float],
        recorder: Recorder,
        patience_s: float,
    ) -> None:
        self._idle = deque(users)
        self._count = len(users)
        self._arrivals = arrivals
        self._waiting: deque[float] = deque()
        self._patience_s = patience_s
        self._recorder = recorder
        self._zero = 0.0
        self._next = _NEVER
        self.unsent = 0

    @property
    def waiting(self) -> int:
        """Arrivals that wait for a free user."""
        return len(self._waiting)

    @property
    def users(self) -> int:
        """Users that are there."""
        return self._count

    def begin(self, zero: float) -> None:
        """Second 0 begins at ``zero``."""
        self._zero = zero
        self._advance()
        self.wake()

    def _advance(self) -> None:
        self._next = self._zero + next(self._arrivals, _NEVER)

    def wake(self) -> None:
        """Send what has fallen due."""
        now = woke = clock()
        recorder, idle = self._recorder, self._idle
        while self._next <= now:
            due = self._next
            recorder.due.append(due)
            recorder.late.append(now - due)
            if idle:
                idle.popleft().go(due)
            else:
                self._waiting.append(due)
            self._advance()
            now = clock()
        if self._next < _NEVER:
            self.timer.arm(max(self._next, woke + LEAST_GAP_S))

    def freed(self, user: User, outcome: int) -> None:  # noqa: ARG002
        """A user's request has ended: the arrival that has waited longest is next."""
        if self._waiting:
            user.go(self._waiting.popleft())
        else:
            self._idle.append(user)

    def look_around(self, now: float) -> None:
        """Give up arrivals that have waited too long."""
        while self._waiting and self._waiting[0] < now - self._patience_s:
            self._drop(now)

    def give_up(self, now: float) -> None:
        """Give up all arrivals that wait."""
        while self._waiting:
            self._drop(now)

    def _drop(self, now: float) -> None:
        self._recorder.dropped_due.append(self._waiting.popleft())
        self._recorder.dropped_at.append(now)

    def finish(self, *, drop_waiting: bool) -> None:
        """Nothing new falls due."""
        self._arrivals = iter(())
        self._next = _NEVER
        if drop_waiting:
            self.unsent += len(self._waiting)
            self._waiting.clear()


class HeldOpenDriver(OpenDriver):
    """One held to a ceiling: what a stall of the target has kept waiting does not all come at once.

    Arrivals are planned below the ceiling; with those that waited it is twice that at most, so that
    the backlog comes to an end.
    """

    def __init__(
        self,
        users: Sequence[User],
        arrivals: Iterator[float],
        recorder: Recorder,
        patience_s: float,
        ceiling: float,
    ) -> None:
        """``ceiling``: requests per second."""
        super().__init__(users, arrivals, recorder, patience_s)
        self._gap_s = 1 / (_CATCHING_UP * ceiling)
        self._free_at = 0.0

    def wake(self) -> None:
        """Send what has fallen due, and what waited, as far as the ceiling allows."""
        now = clock()
        while self._next <= now:
            self._recorder.due.append(self._next)
            self._recorder.late.append(now - self._next)
            self._waiting.append(self._next)
            self._advance()
        self._send(now)

    def freed(self, user: User, outcome: int) -> None:  # noqa: ARG002
        """A user's request has ended."""
        self._idle.append(user)
        if self._waiting:
            self._send(clock())

    def _send(self, now: float) -> None:
        while self._waiting and self._idle and self._free_at <= now:
            self._free_at = max(self._free_at, now - _BURST_S) + self._gap_s
            self._idle.popleft().go(self._waiting.popleft())
        held = self._waiting and self._idle
        at = min(self._next, self._free_at) if held else self._next
        if at < _NEVER:
            self.timer.arm(max(at, now + LEAST_GAP_S))


class ClosedDriver:
    """Users who wait for the answer, think, and ask again."""

    timer: Timer

    def __init__(
        self,
        users: Sequence[User],
        model: LoadModel,
        place: int,
        places: int,
        recorder: Recorder,
        draw: random.Random,
        least_interval_s: float,
    ) -> None:
        self._all = users
        self._model = model
        self._place, self._places = place, places
        self._recorder = recorder
        self._draw = draw
        self._least_interval_s = least_interval_s
        self._heap: list[tuple[float, int]] = []
        self._there = [False] * len(users)
        self._position = {user.number: position for position, user in enumerate(users)}
        self._wanted = 0
        self._zero = 0.0
        self._over = False
        self.unsent = 0

    @property
    def waiting(self) -> int:
        """None: users do not ask before they are free."""
        return 0

    @property
    def users(self) -> int:
        """Users that are there."""
        return sum(self._there)

    def begin(self, zero: float) -> None:
        """Second 0 begins at ``zero``; its users come one after another, not in step."""
        self._zero = zero
        self._wanted = self._share(level_at(self._model.stages, 0.0))
        stretch = max(self._model.think_s, 2 * _PATIENCE_S)
        stretch = min(stretch, _LONGEST_STAGGER_S, duration_s(self._model.stages) / 10)
        for position in range(self._wanted):
            offset = stretch * (position * self._places + self._place)
            self._come(position, zero + offset / max(1, self._wanted * self._places))
        self._arm()

    def _share(self, level: float) -> int:
        """How many of so many users are this generator's."""
        whole = int(level + 1e-9)
        return len(range(self._place, whole, self._places))

    def _come(self, position: int, at: float) -> None:
        self._there[position] = True
        heapq.heappush(self._heap, (at, position))

    def _arm(self) -> None:
        if self._heap:
            self.timer.arm(max(self._heap[0][0], clock() + LEAST_GAP_S))

    def wake(self) -> None:
        """Send for the users who have thought enough."""
        now = clock()
        while self._heap and self._heap[0][0] <= now:
            due, position = heapq.heappop(self._heap)
            if position >= self._wanted:
                self._there[position] = False
                continue
            self._recorder.due.append(due)
            self._recorder.late.append(now - due)
            self._all[position].go(due)
            now = clock()
        self._arm()

    def freed(self, user: User, outcome: int) -> None:
        """A user's request has ended: it thinks, or leaves."""
        position = self._position[user.number]
        if self._over or position >= self._wanted:
            self._there[position] = False
            return
        now = clock()
        due = now + self._thought_s()
        if self._least_interval_s:
            due = max(due, user.sent_at + self._least_interval_s)
        if outcome in _THROWN_OUT:
            due = max(due, now + _PATIENCE_S)
        if due <= now:
            self._recorder.due.append(now)
            self._recorder.late.append(0.0)
            user.go(now)
            return
        first = not self._heap or due < self._heap[0][0]
        heapq.heappush(self._heap, (due, position))
        if first:
            self._arm()

    def _thought_s(self) -> float:
        mean = self._model.think_s
        if not mean or self._model.thinking is Thinking.CONSTANT:
            return mean
        if self._model.thinking is Thinking.EXPONENTIAL:
            return self._draw.expovariate(1 / mean)
        return self._draw.uniform(mean / 2, mean * 1.5)

    def look_around(self, now: float) -> None:
        """Have users come and go as the stages say."""
        if self._over:
            return
        self._wanted = self._share(level_at(self._model.stages, now - self._zero))
        for position in range(self._wanted):
            if not self._there[position]:
                self._come(position, now)
        self._arm()

    def give_up(self, now: float) -> None:
        """Nothing: nobody waits."""

    def finish(self, *, drop_waiting: bool) -> None:  # noqa: ARG002
        """Nobody asks any more."""
        self._over = True
        for _due, position in self._heap:
            self._there[position] = False
        self._heap.clear()
