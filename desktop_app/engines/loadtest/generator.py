"""One generator: prepares its users, sends, tells every second what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import numpy as np

from desktop_app.core.load.counts import Failure
from desktop_app.core.redaction import redact
from desktop_app.engines.loadtest.compiled import compiled
from desktop_app.engines.loadtest.course import Course
from desktop_app.engines.loadtest.drivers import ClosedDriver, Driver, HeldOpenDriver, OpenDriver
from desktop_app.engines.loadtest.http1 import Connection, ReadingConnection
from desktop_app.engines.loadtest.messages import (
    Assignment,
    Begin,
    Farewell,
    FromGenerator,
    Halt,
    Part,
    Prepared,
    ToGenerator,
    Trouble,
)
from desktop_app.engines.loadtest.pacing import arrivals, clock, timer
from desktop_app.engines.loadtest.preparation import NotReady, Preparation
from desktop_app.engines.loadtest.recording import OpenSecond, Recorder, buckets
from desktop_app.engines.loadtest.surroundings import Surroundings
from desktop_app.engines.loadtest.trust import context_of
from desktop_app.engines.loadtest.user import User
from desktop_app.engines.loadtest.values import Tables, Values

_SETTLE_S = 0.15
"""How long after its end a second is told: what fell due in it has been noticed by then."""
_MANY = 2000
"""From so many samples on they are sorted at once; fewer wait for the end of their second. Sorting
takes about a millisecond however few they are: at each tick it would be in the way of every
hundredth request of 1000/s, and be their p99.
"""
_SHORT_S = 0.1
_EXAMPLES = 5
"""Kept of each kind and step."""
_YOUNG_OBJECTS = 20_000
"""Collections of garbage are rare: requests make next to none."""

Tell = Callable[[FromGenerator], object]


class Generator:
    """One generator's run."""

    def __init__(
        self,
        assignment: Assignment,
        loop: asyncio.AbstractEventLoop,
        loop_name: str,
        tell: Tell,
    ) -> None:
        self._assignment = assignment
        self._plan = plan = assignment.plan
        self._loop, self._loop_name = loop, loop_name
        self._tell = tell
        self._scenario = compiled(plan)
        self._recorder = Recorder(plan.limits.late_ms / 1000)
        self._draw = random.Random(assignment.seed)  # noqa: S311 - not for secrets
        count = len(self._scenario.steps)
        parts = urlsplit(plan.target.url)
        self._around = Surroundings(
            loop=loop,
            recorder=self._recorder,
            draw=self._draw,
            address=assignment.address,
            port=assignment.port,
            server_name=parts.hostname or "",
            tls=context_of(plan.target),
            connect_s=plan.timeouts.connect_s,
            largest_body=plan.largest_body,
            renew_s=plan.scenario.renew_s,
            resend=plan.resend,
            troubled=self._troubled,
            connection=ReadingConnection if self._scenario.reads else Connection,
            bytes_in=[0] * count,
            bytes_out=[0] * count,
            resent=[0] * count,
        )
        self._examples: Counter[tuple[Failure, int]] = Counter()
        self._begin: asyncio.Future[float] = loop.create_future()
        self._halted = asyncio.Event()
        self._at_once = False
        self._zero = 0.0
        self._running = False
        self._next_second = 0
        self._cpu = (clock(), time.process_time())
        self._share = 0.0
        tables = Tables(plan.scenario.data, assignment.place, assignment.places, self._draw)
        self._preparation = Preparation(
            (), self._scenario.setup, self._tell_prepared, plan.timeouts.response_s
        )
        self._users = tuple(
            self._user(number, tables)
            for number in range(assignment.place, plan.model.users, assignment.places)
        )

    def _user(self, number: int, tables: Tables) -> User:
        accounts = self._assignment.accounts
        account = accounts[number % len(accounts)] if accounts else None
        values = Values(number + 1, account, tables, self._draw)
        return User(number, self._scenario, self._around, values, self._preparation)

    def hear(self, message: ToGenerator) -> None:
        """Take a message of the coordinator."""
        if isinstance(message, Begin) and not self._begin.done():
            self._begin.set_result(message.at)
        elif isinstance(message, Halt):
            self._at_once |= message.at_once
            self._halted.set()
            if not self._begin.done():
                self._begin.cancel()

    # -- the run ---------------------------------------------------------------------------------

    async def main(self) -> None:
        """Prepare, wait for the beginning, run, say farewell."""
        try:
            if not await self._prepared():
                return
            try:
                self._zero = await self._begin
            except asyncio.CancelledError:
                return
            await self._run()
        finally:
            for user in self._users:
                user.close()

    async def _prepared(self) -> bool:
        preparation = Preparation(
            self._users,
            self._scenario.setup,
            self._tell_prepared,
            self._plan.timeouts.response_s,
        )
        self._preparation = preparation
        for user in self._users:
            user.told = preparation
        try:
            await preparation.run()
        except NotReady as problem:
            self._tell(problem.told())
            return False
        self._tell_prepared(done=True)
        return True

    def _tell_prepared(self, *, done: bool = False) -> None:
        ready, failures = self._preparation.ready, dict(self._preparation.failures)
        message = Prepared(ready=ready, failures=failures, done=done, loop=self._loop_name)
        self._tell(message)

    def _driver(self) -> Driver:
        plan, assignment = self._plan, self._assignment
        place, places, limit = assignment.place, assignment.places, assignment.rate_limit
        if plan.model.is_open:
            due = arrivals(plan.model, place, places, self._draw)
            patience_s = plan.timeouts.response_s
            if limit:
                return HeldOpenDriver(self._users, due, self._recorder, patience_s, limit)
            return OpenDriver(self._users, due, self._recorder, patience_s)
        interval = len(self._users) / limit if limit else 0.0
        return ClosedDriver(
            self._users, plan.model, place, places, self._recorder, self._draw, interval
        )

    async def _run(self) -> None:
        with self._driving() as driver:
            await asyncio.sleep(self._zero - clock() - 0.001)
            self._set_off(driver)
            stopped_at = await self._watch(driver)
        self._end(driver, stopped_at)

    @contextlib.contextmanager
    def _driving(self) -> Iterator[Driver]:
        """What has the users send, their time-keeping undisturbed."""
        driver = self._driver()
        driver.timer = timer(self._loop, driver.wake)
        for user in self._users:
            user.told = driver
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG_OBJECTS, 20, 100)
        try:
            yield driver
        finally:
            self._running = False
            driver.timer.close()

    def _set_off(self, driver: Driver) -> None:
        self._recorder.forget()
        self._forget_bytes()
        self._cpu = (clock(), time.process_time())
        self._running = True
        driver.begin(self._zero)

    async def _watch(self, driver: Driver) -> float:
        """Look around some times a second until all is done; when the last could be sent."""
        course = Course.of(self._plan, self._zero)
        while True:
            await self._next_tick(course)
            if self._look(driver, course, halted=self._halted.is_set()):
                return course.stopped_at - self._zero

    async def _next_tick(self, course: Course) -> None:
        if course.stopped:
            await asyncio.sleep(course.next_tick_s())
            return
        try:
            async with asyncio.timeout(course.next_tick_s()):
                await self._halted.wait()
        except TimeoutError:
            return

    def _look(self, driver: Driver, course: Course, *, halted: bool) -> bool:
        """Look around once: end what is due, tell the seconds that are over; whether all is."""
        now = clock()
        if not course.stopped:
            self._note_moment(now, now - course.tick_at)
        if not course.stopped and (halted or now >= course.ends_at):
            driver.wake()
            driver.finish(drop_waiting=halted)
            course.stop(now, self._plan.grace_s)
        self._give_up_overdue(now)
        driver.look_around(now)
        self._look_at_users(driver, now)
        due = self._is_over(now)
        if due or self._recorder.appended > _MANY:
            self._recorder.sort(self._zero)
        while due:
            self._tell_second(course.stopped_at)
            due = self._is_over(now)
        idle = course.stopped and not self._busy() and not driver.waiting
        if now >= course.gives_up_at:
            driver.give_up(now)
        return idle or (halted and self._at_once) or now >= course.gives_up_at

    def _is_over(self, now: float) -> bool:
        """Whether the next second to be told is."""
        return self._zero + self._next_second + 1 + _SETTLE_S < now

    def _note_moment(self, now: float, late_s: float) -> None:
        """It looks around ``late_s`` late: so late is everything else that it does."""
        second = self._recorder.second(max(0, int(now - self._zero)))
        second.moments += 1
        second.late_moments += late_s > self._plan.limits.late_ms / 1000

    def _look_at_users(self, driver: Driver, now: float) -> None:
        second = self._recorder.second(max(0, int(now - self._zero)))
        second.users, second.waiting = driver.users, driver.waiting
        second.busy = sum(user.busy for user in self._users)

    def _busy(self) -> bool:
        return any(user.busy for user in self._users)

    def _give_up_overdue(self, now: float) -> None:
        longest = self._plan.timeouts.response_s
        for user in self._users:
            if user.busy and now - user.sent_at > longest:
                user.give_up()

    def _end(self, driver: Driver, stopped_at: float) -> None:
        driver.finish(drop_waiting=True)
        in_flight = [
            (max(0, int(user.due - self._zero)), user.step.number)
            for user in self._users
            if user.busy
        ]
        self._recorder.sort(self._zero)
        seconds = self._recorder.seconds
        told = (n for n, second in seconds.items() if second.eventful or n < stopped_at)
        last = max(told, default=-1)
        while self._next_second <= last:
            self._tell_second(stopped_at + self._zero)
        farewell = Farewell(in_flight=in_flight, unsent=driver.unsent, stopped_at=stopped_at)
        self._tell(farewell)

    # -- telling ---------------------------------------------------------------------------------

    def _tell_second(self, stopped_at: float) -> None:
        number = self._next_second
        self._next_second += 1
        second = self._recorder.seconds.pop(number, None) or OpenSecond()
        self._recorder.first = self._next_second
        late = np.concatenate(second.lateness) * 1000 if second.lateness else np.zeros(1)
        resent, received, sent = self._around.resent, self._around.bytes_in, self._around.bytes_out
        self._tell(
            Part(
                number=number,
                asked=second.asked,
                dropped=second.dropped,
                waiting=second.waiting,
                users=second.users,
                busy=second.busy,
                late=second.late,
                late_p99_ms=float(np.percentile(late, 99)),
                late_max_ms=float(late.max()),
                moments=second.moments,
                late_moments=second.late_moments,
                cpu_share=self._cpu_share(),
                connections=sum(
                    user.connection is not None and user.connection.usable for user in self._users
                ),
                sent=second.sent,
                resent=_nonzero(resent),
                sent_bytes=_nonzero(sent),
                received_bytes=_nonzero(received),
                ended=buckets(second),
                sending_s=min(1.0, max(0.0, stopped_at - self._zero - number)),
            )
        )
        self._forget_bytes()

    def _forget_bytes(self) -> None:
        for counts in (self._around.resent, self._around.bytes_in, self._around.bytes_out):
            counts[:] = [0] * len(counts)

    def _cpu_share(self) -> float:
        wall, used = self._cpu
        now = (clock(), time.process_time())
        if now[0] - wall > _SHORT_S:  # two seconds may be told at once
            self._cpu, self._share = now, (now[1] - used) / (now[0] - wall)
        return self._share

    def _troubled(self, user: User, kind: Failure, status: int) -> None:
        if not self._running:
            return
        key = (kind, user.step.number)
        self._examples[key] += 1
        if self._examples[key] > _EXAMPLES:
            return
        at_s = clock() - self._zero
        text = redact(user.trouble)
        self._tell(
            Trouble(kind=kind, step=key[1], at_s=at_s, status=status, text=text, said=user.said)
        )


def _warm_up() -> None:
    """Have what is slow the first time (numpy loads some of itself only then) behind us."""
    recorder = Recorder(1.0)
    for numbers in (recorder.due, recorder.late, recorder.sent_at, recorder.sent_step):
        numbers.append(0)
    for numbers in (recorder.ended_due, recorder.ended_sent, recorder.ended_at):
        numbers.append(0)
    recorder.ended_code.append(0)
    recorder.sort(0.0)
    for second in recorder.seconds.values():
        buckets(second)
        np.percentile(np.concatenate(second.lateness), 99)


def _nonzero(counts: list[int]) -> dict[int, int]:
    return {place: count for place, count in enumerate(counts) if count}
