"""A worker's generator: the same as any other's, its waiting done by gevent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any, cast

import gevent
import msgspec
import psutil
from gevent.event import AsyncResult, Event
from gevent.lock import BoundedSemaphore
from gevent.pool import Group

from desktop_app.core.load.counts import Failure
from desktop_app.engines.loadtest.compiled import OUTCOMES, PreparedStep
from desktop_app.engines.loadtest.course import Course
from desktop_app.engines.loadtest.distributed.green import GreenLoop, GreenUser
from desktop_app.engines.loadtest.drivers import Driver
from desktop_app.engines.loadtest.generator import Generator
from desktop_app.engines.loadtest.messages import (
    Assignment,
    Begin,
    FromGenerator,
    Part,
    ToGenerator,
)
from desktop_app.engines.loadtest.pacing import clock
from desktop_app.engines.loadtest.preparation import (
    AT_A_TIME,
    ATTEMPTS,
    NotReady,
    asked_to_wait_s,
    not_ready,
)
from desktop_app.engines.loadtest.user import User
from desktop_app.engines.loadtest.values import Tables, Values


class GreenGenerator(Generator):
    """Prepares, sends, tells; its users are served by Locust's greenlets (``serve``)."""

    def __init__(
        self, assignment: Assignment, name: str, tell: Callable[[FromGenerator], object]
    ) -> None:
        """``name``: what it runs on, for the result."""
        self._process = psutil.Process()
        super().__init__(
            assignment, cast(Any, GreenLoop()), name, lambda message: tell(self._more_of(message))
        )
        self._begun = AsyncResult()
        self._halt = Event()
        self._turns = count()
        self._green = cast(tuple[GreenUser, ...], self._users)

    def _more_of(self, message: FromGenerator) -> FromGenerator:
        if not isinstance(message, Part):
            return message
        memory_mb = self._process.memory_info().rss / 2**20
        return msgspec.structs.replace(message, memory_mb=memory_mb)

    def _user(self, number: int, tables: Tables) -> User:
        accounts = self._assignment.accounts
        account = accounts[number % len(accounts)] if accounts else None
        values = Values(number + 1, account, tables, self._draw)
        return GreenUser(number, self._scenario, self._around, values, self._preparation)

    def serve(self) -> None:
        """Be the next user; called in the greenlet of each of Locust's users."""
        turn = next(self._turns)
        if turn < len(self._green):
            self._green[turn].serve()
        else:
            Event().wait()  # one more than the plan has

    def hear(self, message: ToGenerator) -> None:
        """Take a message of the coordinator."""
        if isinstance(message, Begin):
            if not self._begun.ready():
                self._begun.set(message.at)
        elif not isinstance(message, Assignment):
            self._at_once |= message.at_once
            self._halt.set()
            if not self._begun.ready():
                self._begun.set(None)

    # -- the run ---------------------------------------------------------------------------------

    def go(self) -> None:
        """Prepare, wait for the beginning, run, say farewell."""
        try:
            if not self._prepare():
                return
            at = self._begun.get()
            if at is not None:
                self._zero = at
                self._run_through()
        finally:
            for user in self._green:
                user.close()

    def _prepare(self) -> bool:
        preparation = GreenPreparation(
            self._green, self._scenario.setup, self._tell_prepared, self._plan.timeouts.response_s
        )
        self._preparation = cast(Any, preparation)
        for user in self._green:
            user.told = preparation
        try:
            preparation.run()
        except NotReady as problem:
            self._tell(problem.told())
            return False
        self._tell_prepared(done=True)
        return True

    def _run_through(self) -> None:
        with self._driving() as driver:
            gevent.sleep(max(0.0, self._zero - clock() - 0.001))
            self._set_off(driver)
            stopped_at = self._watch_over(driver)
        self._end(driver, stopped_at)

    def _watch_over(self, driver: Driver) -> float:
        """Look around some times a second until all is done; when the last could be sent."""
        course = Course.of(self._plan, self._zero)
        while True:
            if course.stopped:
                gevent.sleep(course.next_tick_s())
            else:
                self._halt.wait(course.next_tick_s())
            if self._look(driver, course, halted=self._halt.is_set()):
                return course.stopped_at - self._zero


class GreenPreparation:
    """Makes users ready, a few at a time, as ``preparation.Preparation`` does."""

    def __init__(
        self,
        users: tuple[GreenUser, ...],
        setup: tuple[PreparedStep, ...],
        progressed: Callable[[], None],
        response_s: float,
    ) -> None:
        self._users, self._setup = users, setup
        self._progressed = progressed
        self._response_s = response_s
        self._ends: dict[int, AsyncResult] = {}
        self.ready = 0
        self.failures: Counter[Failure] = Counter()

    def freed(self, user: User, outcome: int) -> None:
        """A user's request has ended."""
        self._ends.pop(user.number).set(outcome)

    def run(self) -> None:
        """Make all users ready; raises ``NotReady`` for the first that cannot be."""
        # The first alone: where the password is wrong, an account is not tried until it is locked.
        for user in self._users[:1]:
            self._make_ready(user)
        turns, failed, all_users = BoundedSemaphore(AT_A_TIME), list[NotReady](), Group()

        def one(user: GreenUser) -> None:
            with turns:
                if failed:
                    return
                try:
                    self._make_ready(user)
                except NotReady as problem:
                    failed.append(problem)

        for user in self._users[1:]:
            all_users.spawn(one, user)
        all_users.join()
        if failed:
            raise failed[0]

    def _make_ready(self, user: GreenUser) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            problem = self._try(user)
            if problem is None:
                self.ready += 1
                self._progressed()
                return
            wait_s, why = problem
            self.failures[why.kind] += 1
            self._progressed()
            if attempt == ATTEMPTS or wait_s is None:
                raise why
            gevent.sleep(wait_s or 0.1 * 2**attempt)

    def _try(self, user: GreenUser) -> tuple[float | None, NotReady] | None:
        """What went wrong, with how long to wait (None: to try again is of no use)."""
        if user.connection is None or not user.connection.usable:
            failed = user.connect_now()
            if failed is not None:
                return 0.0, NotReady(kind=failed[0], step="", obstacle=failed[1])
        user.begin_setup()
        for step in self._setup:
            outcome, wait_s = self._do(user, step)
            kind = OUTCOMES[outcome]
            if kind is not None:
                return wait_s, not_ready(user, kind, self._response_s)
        user.renewed()
        return None

    def _do(self, user: GreenUser, step: PreparedStep) -> tuple[int, float | None]:
        end = self._ends[user.number] = AsyncResult()
        user.ask(step)
        end.wait(self._response_s)
        if not end.ready():
            user.give_up()
        outcome: int = end.get()
        return outcome, asked_to_wait_s(user, OUTCOMES[outcome])
