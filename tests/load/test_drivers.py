"""Who sends when, by a clock that the test turns."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any, cast

import pytest

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.models import closed_model, constant
from desktop_app.engines.loadtest import drivers
from desktop_app.engines.loadtest.compiled import OK, OUTCOME_OF
from desktop_app.engines.loadtest.drivers import ClosedDriver, HeldOpenDriver, OpenDriver
from desktop_app.engines.loadtest.pacing import Timer
from desktop_app.engines.loadtest.recording import Recorder
from desktop_app.engines.loadtest.user import User


class World:
    """A clock, a timer, and users whose answers come when the target is not stalled."""

    def __init__(self, users: int) -> None:
        self.now = 0.0
        self.stalled = False
        self.armed = 0.0
        self.sent: list[float] = []
        self.waited: list[float] = []
        self.users = [cast(User, _Asking(self)) for _number in range(users)]
        self.driver: OpenDriver | None = None
        self.under_way: list[User] = []

    def arm(self, at: float) -> None:
        self.armed = at

    def run(self, seconds: float) -> None:
        assert self.driver is not None
        until = self.now + seconds
        while self.now < until:
            self.now += 0.0005
            if self.armed <= self.now:
                self.driver.wake()
            if not self.stalled:
                answered, self.under_way = self.under_way, []
                for user in answered:
                    self.driver.freed(user, 0)


class _Asking:
    number = 0

    def __init__(self, world: World) -> None:
        self._world = world

    def go(self, due: float) -> None:
        world = self._world
        world.sent.append(world.now)
        world.waited.append(world.now - due)
        world.under_way.append(cast(User, self))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(20)
    monkeypatch.setattr(drivers, "clock", lambda: made.now)
    return made


def _highest(sent: list[float], span_s: float) -> int:
    """How many were sent at most in so long a time."""
    return max(sum(at <= later < at + span_s for later in sent) for at in sent)


def _driven(world: World, kind: type[OpenDriver], **more: Any) -> None:
    arrivals = (number / 100 for number in range(400))
    world.driver = kind(world.users, arrivals, Recorder(1.0), 10.0, **more)
    world.driver.timer = cast(Timer, world)
    world.driver.begin(0.0)


def test_a_ceiling_holds_when_a_stalled_target_comes_back(world: World) -> None:
    """What had waited comes at twice the ceiling at most, not all at once; nothing is lost."""
    _driven(world, HeldOpenDriver, ceiling=100.0)
    world.run(1.0)
    assert max(world.waited) < 0.002  # the plan itself is not held back
    world.stalled = True
    world.run(1.0)
    before = len(world.sent)
    world.stalled = False
    world.run(2.5)
    after = world.sent[before:]
    assert _highest(after, 0.5) <= 0.5 * 200 + 10
    assert len(world.sent) == 400
    assert world.waited[-1] < 0.002
    assert world.driver is not None
    assert world.driver.waiting == 0
    assert all(a <= b for a, b in pairwise(world.sent))


def test_without_a_ceiling_all_that_waited_is_sent_as_users_come_free(world: World) -> None:
    _driven(world, OpenDriver)
    world.stalled = True
    world.run(1.0)
    world.stalled = False
    world.run(0.05)
    assert len(world.sent) > 95


@pytest.mark.parametrize(
    ("kind", "at_once"),
    [
        (None, True),
        (Failure.STATUS, True),
        (Failure.REFUSED, False),
        (Failure.RESET, False),
        (Failure.CUT, False),
    ],
)
def test_who_is_thrown_out_does_not_come_back_at_once(
    world: World, kind: Failure | None, at_once: bool
) -> None:
    """A balancer whose servers are down takes connections and drops them: a storm is no load."""
    model = closed_model(constant(1, 10))
    driver = ClosedDriver(world.users[:1], model, 0, 1, Recorder(1.0), random.Random(1), 0.0)
    driver.timer = cast(Timer, world)
    driver.begin(0.0)
    world.now = 0.01
    driver.wake()
    assert len(world.sent) == 1
    driver.freed(world.users[0], OUTCOME_OF[kind] if kind else OK)
    assert len(world.sent) == (2 if at_once else 1)
    world.now += 0.11
    driver.wake()
    assert len(world.sent) == 2
