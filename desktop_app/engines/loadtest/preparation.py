"""Before the clock starts: users connect and do ``setup``, a few at a time."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.obstacles import Obstacle
from desktop_app.core.redaction import redact
from desktop_app.engines.loadtest.compiled import OUTCOMES, PreparedStep
from desktop_app.engines.loadtest.messages import Unprepared
from desktop_app.engines.loadtest.user import User

AT_A_TIME = 16
ATTEMPTS = 4
_LONGEST_WAIT_S = 65.0
"""A server that limits sign-ins by the minute says to wait no longer than that."""
_FOR_NOW = re.compile(rb"HTTP/1\.\d (?:429|50[234]) ")
_RETRY_AFTER = re.compile(rb"\r\nretry-after:\s*(\d{1,4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReady(Exception):
    """A user could not be made ready. ``step`` "": it could not connect.

    ``text`` is what the server said.
    """

    kind: Failure
    step: str
    obstacle: Obstacle
    status: int = 0
    text: str = ""

    def told(self) -> Unprepared:
        """It as the coordinator is told of it."""
        return Unprepared(
            kind=self.kind,
            step=self.step,
            obstacle=self.obstacle,
            status=self.status,
            text=redact(self.text),
        )


def not_ready(user: User, kind: Failure, response_s: float) -> NotReady:
    """The user's last request failed."""
    return NotReady(
        kind=kind,
        step=user.step.step.name,
        obstacle=user.obstacle(kind, response_s),
        status=user.status,
        text=user.trouble,
    )


class Preparation:
    """Makes users ready; ``ready`` and ``failures`` say how far it is."""

    def __init__(
        self,
        users: Sequence[User],
        setup: tuple[PreparedStep, ...],
        progressed: Callable[[], None],
        response_s: float,
    ) -> None:
        self._users = users
        self._setup = setup
        self._progressed = progressed
        self._response_s = response_s
        self._ends: dict[int, asyncio.Future[int]] = {}
        self.ready = 0
        self.failures: Counter[Failure] = Counter()

    def freed(self, user: User, outcome: int) -> None:
        """A user's request has ended."""
        self._ends.pop(user.number).set_result(outcome)

    async def run(self) -> None:
        """Make all users ready; raises ``NotReady`` for the first that cannot be."""
        turns = asyncio.Semaphore(AT_A_TIME)

        async def one(user: User) -> None:
            async with turns:
                await self._make_ready(user)
                self.ready += 1
                self._progressed()

        # The first alone: where the password is wrong, an account is not tried until it is locked.
        if self._users:
            await one(self._users[0])
        try:
            async with asyncio.TaskGroup() as group:
                for user in self._users[1:]:
                    group.create_task(one(user))
        except* NotReady as several:
            first = several.exceptions[0]
            assert isinstance(first, NotReady)
            raise first from None

    async def _make_ready(self, user: User) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            problem = await self._try(user)
            if problem is None:
                return
            wait_s, why = problem
            self.failures[why.kind] += 1
            self._progressed()
            if attempt == ATTEMPTS or wait_s is None:
                raise why
            await asyncio.sleep(wait_s or 0.1 * 2**attempt)
        raise AssertionError

    async def _try(self, user: User) -> tuple[float | None, NotReady] | None:
        """What went wrong, with how long to wait as the server said (0: it did not).

        None: to try again is of no use.
        """
        if user.connection is None or not user.connection.usable:
            failed = await user.connect()
            if failed is not None:
                return 0.0, NotReady(kind=failed[0], step="", obstacle=failed[1])
        user.begin_setup()
        for step in self._setup:
            outcome, wait_s = await self._do(user, step)
            kind = OUTCOMES[outcome]
            if kind is not None:
                return wait_s, not_ready(user, kind, self._response_s)
        user.renewed()
        return None

    async def _do(self, user: User, step: PreparedStep) -> tuple[int, float | None]:
        end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._ends[user.number] = end
        user.ask(step)
        try:
            async with asyncio.timeout(self._response_s):
                outcome = await asyncio.shield(end)
        except TimeoutError:
            if not end.done():  # it may have come in that very moment
                user.give_up()
            outcome = end.result()
        return outcome, asked_to_wait_s(user, OUTCOMES[outcome])


def asked_to_wait_s(user: User, kind: Failure | None) -> float | None:
    """How long a server that refused for now asks to wait; None: it refused for good."""
    if user.connection is None or kind is None:
        return 0.0
    came = user.connection.last_read()
    if kind is not Failure.STATUS or not _FOR_NOW.match(came):
        return None
    found = _RETRY_AFTER.search(came)
    return min(float(found[1]), _LONGEST_WAIT_S) if found else 0.0
