"""The generators of a run as the coordinator holds them: all together, and each by its place."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import psutil

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.events import Preparing
from desktop_app.core.load.plan import Order
from desktop_app.core.load.second import GeneratorSecond
from desktop_app.core.validation.findings import Said
from desktop_app.engines.loadtest.messages import (
    Assignment,
    FromGenerator,
    Halt,
    Part,
    Prepared,
    ToGenerator,
)
from desktop_app.engines.loadtest.pacing import clock
from desktop_app.engines.loadtest.process import GeneratorProcess, Inbox
from desktop_app.engines.loadtest.reaching import Reached


class Sender(Protocol):
    """Where a generator runs: here, or on another computer."""

    @property
    def place(self) -> int:
        """Its number."""

    @property
    def pid(self) -> int:
        """Its process."""

    def tell(self, message: ToGenerator) -> None:
        """Send it a message."""

    def kill(self) -> None:
        """Have nothing more to do with it."""

    def end(self) -> None:
        """End it at once."""

    def last_words(self) -> str:
        """What it wrote outside its messages."""

    def loss(self) -> Said:
        """What to say of it once it says no more, without a farewell."""


@dataclass(slots=True)
class Member:
    """A generator, and what is known of it."""

    process: Sender
    heard_at: float
    ready: int = 0
    prepared: bool = False
    left: bool = False
    """It said farewell, or is lost."""
    failures: dict[Failure, int] = field(default_factory=dict)

    def take(self, message: Prepared) -> None:
        """How far its preparation is."""
        self.ready, self.failures = message.ready, message.failures
        self.prepared |= message.done


class Crew:
    """Starts generators, tells them, hears them, ends them."""

    run_up_s = 0.2
    """From the order to begin until second 0 does."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._inbox: Inbox = queue.SimpleQueue()
        self._places = max(1, min(order.plan.generators, order.plan.model.users))
        self._readers = ThreadPoolExecutor(self._places, "load-reader")
        self.members: list[Member] = []

    def start(self, reached: Reached, *, seed: int, rate_limit: float) -> None:
        """Start all of them with their share of the plan; raises ``OSError``.

        ``rate_limit`` (0: none) is what all together must not go beyond.
        """
        for place in range(self._places):
            process = GeneratorProcess(place, self._inbox, self._readers)
            self.members.append(Member(process=process, heard_at=clock()))
        for place, member in enumerate(self.members):
            member.process.tell(
                Assignment(
                    plan=self._order.plan,
                    accounts=self._order.accounts,
                    address=reached.address,
                    port=reached.port,
                    place=place,
                    places=self._places,
                    seed=seed + place,
                    rate_limit=rate_limit / self._places,
                )
            )

    @property
    def pids(self) -> tuple[int, ...]:
        """Their process ids."""
        return tuple(member.process.pid for member in self.members)

    @property
    def ready(self) -> int:
        """Users that are ready."""
        return sum(member.ready for member in self.members)

    def progress(self) -> Preparing:
        """How far the preparation is."""
        return Preparing(ready=self.ready, users=self._order.plan.model.users, failed=self.failed)

    def problem(self) -> Said | None:
        """Why it will not come to a run, apart from what generators say; None: it may."""
        return None

    def reservations(self) -> tuple[Said, ...]:
        """What the result has to be read with."""
        return ()

    @property
    def failed(self) -> int:
        """Attempts to make users ready that failed."""
        return sum(sum(member.failures.values()) for member in self.members)

    def messages(self, patience_s: float) -> Iterator[tuple[int, FromGenerator | None]]:
        """What there is to hear, waiting a moment for the first; None: one has ended."""
        wait = patience_s
        while True:
            try:
                heard = self._inbox.get(timeout=wait) if wait else self._inbox.get_nowait()
            except queue.Empty:
                return
            wait = 0.0
            self.members[heard[0]].heard_at = clock()
            yield heard

    def tell(self, message: ToGenerator) -> None:
        """Tell all that are still there."""
        for member in self.members:
            if not member.left:
                member.process.tell(message)

    def halt(self, *, at_once: bool) -> None:
        """Have all send no more."""
        self.tell(Halt(at_once=at_once))

    def all_told(self, parts: dict[int, Part]) -> bool:
        """Whether everyone who is still there has told its part."""
        return all(member.left or place in parts for place, member in enumerate(self.members))

    def silent(self, longer_than_s: float) -> list[tuple[Member, float]]:
        """Those who have said nothing for so long, with for how long."""
        now = clock()
        quiet = [(member, now - member.heard_at) for member in self.members if not member.left]
        return [(member, seconds) for member, seconds in quiet if seconds > longer_than_s]

    def second(self, place: int, part: Part) -> GeneratorSecond:
        """How one of them did in a second."""
        pid = self.members[place].process.pid
        try:
            memory = psutil.Process(pid).memory_info().rss / 2**20
        except psutil.Error:
            memory = 0.0
        return GeneratorSecond(
            pid=pid,
            cpu_share=part.cpu_share,
            memory_mb=memory,
            connections=part.connections,
            late_p99_ms=part.late_p99_ms,
            late_max_ms=part.late_max_ms,
        )

    def end(self) -> None:
        """End all at once."""
        with contextlib.ExitStack() as ends:  # whatever becomes of the others'
            ends.callback(self._readers.shutdown)
            for member in self.members:
                ends.callback(member.process.end)
