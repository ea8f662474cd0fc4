"""The workers of a run from several computers, as the coordinator holds them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from desktop_app.core.language import N_
from desktop_app.core.load.distribution import Distribution, bracketed, joined_at
from desktop_app.core.load.events import Preparing
from desktop_app.core.load.permission import is_loopback
from desktop_app.core.load.plan import Order
from desktop_app.core.load.second import GeneratorSecond
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.loadtest.crew import Crew, Member
from desktop_app.engines.loadtest.distributed import wire
from desktop_app.engines.loadtest.distributed.extra import missing
from desktop_app.engines.loadtest.distributed.master import MasterProcess
from desktop_app.engines.loadtest.messages import (
    Assignment,
    Begin,
    FromGenerator,
    Halt,
    Part,
    ToGenerator,
)
from desktop_app.engines.loadtest.pacing import clock
from desktop_app.engines.loadtest.reaching import Reached
from desktop_app.engines.loadtest.refusing import permission_of

_ROUGH_MS = 5.0
"""A clock that is known no better than that is said to be so."""


class RemoteGenerator:
    """A worker, reached through the master."""

    def __init__(self, place: int, master: MasterProcess | None) -> None:
        self.place, self._master = place, master
        self.pid, self.computer = -1 - place, ""

    def tell(self, message: ToGenerator) -> None:
        """Send it a message; one that is gone hears nothing."""
        if self._master is not None and isinstance(message, Begin | Halt):
            self._master.order(wire.Deliver(place=self.place, message=message))

    def kill(self) -> None:
        """Have nothing more to do with it."""
        if self._master is not None:
            self._master.order(wire.Drop(place=self.place))

    def end(self) -> None:
        """Nothing: it ends with its master."""

    def last_words(self) -> str:
        """The master's: it has no others."""
        return self._master.last_words() if self._master is not None else ""

    def loss(self) -> Said:
        """What to say of it once nothing is heard of it any more."""
        return say(
            N_("Worker {number} ({computer}, process {pid}) is lost: nothing is heard of it."),
            number=self.place + 1,
            computer=self.computer,
            pid=self.pid,
        )


class DistributedCrew(Crew):
    """A master in a process of its own, and the workers that join it."""

    run_up_s = 0.5

    def __init__(self, order: Order, distribution: Distribution) -> None:
        super().__init__(order)
        self._distribution = distribution
        self._places = min(distribution.workers, order.plan.model.users)
        self._readers.shutdown()
        self._readers = ThreadPoolExecutor(1, "load-reader")
        self._master: MasterProcess | None = None
        self._remote: list[RemoteGenerator] = []
        self._started_at = 0.0
        self._assigned = False
        self._assignment: partial[Assignment] | None = None

    def start(self, reached: Reached, *, seed: int, rate_limit: float) -> None:
        """Start the master; workers get their share when all have joined. Raises ``OSError``."""
        self._started_at = clock()
        if missing() is None:
            self._master = MasterProcess(self._places, self._inbox, self._readers)
        self._remote = [RemoteGenerator(place, self._master) for place in range(self._places)]
        self.members = [Member(process=one, heard_at=clock()) for one in self._remote]
        if self._master is None:
            return  # ``problem`` says why
        self._assignment = partial(
            Assignment,
            plan=self._order.plan,
            accounts=self._order.accounts,
            address=reached.address,
            port=reached.port,
            places=self._places,
            rate_limit=rate_limit / self._places,
        )
        self._seed = seed
        self._master.order(
            wire.Host(
                workers=self._places,
                address=bracketed(self._distribution.address),
                port=self._distribution.port,
                code=self._distribution.code,
                users=self._order.plan.model.users,
            )
        )

    def messages(self, patience_s: float) -> Iterator[tuple[int, FromGenerator | None]]:
        """What there is to hear, waiting a moment for the first; None: one is gone."""
        yield from super().messages(patience_s)
        master = self._master
        if master is not None and master.workers and not self._assigned:
            self._assign(master, master.workers)

    def _assign(self, master: MasterProcess, workers: list[tuple[str, int]]) -> None:
        self._assigned = True
        assert self._assignment is not None
        permission = permission_of(self._order)
        for one, (computer, pid) in zip(self._remote, workers, strict=True):
            one.computer, one.pid = computer, pid
            while any(other.pid == one.pid for other in self._remote[: one.place]):
                one.pid += 1_000_000  # of another computer, by chance the same
            share = self._assignment(place=one.place, seed=self._seed + one.place)
            task = wire.Task(assignment=share, permission=permission)
            master.order(wire.Deliver(place=one.place, message=task))

    def progress(self) -> Preparing:
        """How far the preparation is."""
        plan, master = self._order.plan, self._master
        joined, port = (master.joined, master.port) if master is not None else (0, 0)
        return Preparing(
            ready=self.ready,
            users=plan.model.users,
            failed=self.failed,
            workers=joined,
            awaited=self._places,
            address=joined_at(self._distribution.address, port) if port else "",
        )

    def problem(self) -> Said | None:
        """Why it will not come to a run; None: it may."""
        lacking = missing()
        if lacking is not None:
            return say(N_("No workers can be directed from here: {reason}"), reason=str(lacking))
        master, patience_s = self._master, self._distribution.patience_s
        if master is not None and master.not_hosted:
            return say(
                N_("No worker can join at {address}:{port}: {reason}."),
                address=self._distribution.address,
                port=self._distribution.port,
                reason=master.not_hosted,
            )
        if not self._assigned and clock() - self._started_at > patience_s:
            return say(
                N_("Only {n} of {all} workers joined within {seconds} s."),
                n=master.joined if master is not None else 0,
                all=self._places,
                seconds=int(patience_s),
            )
        return None

    def reservations(self) -> tuple[Said, ...]:
        """What the result has to be read with."""
        said = [
            say(
                N_(
                    "Sent by {n} workers on Locust: they need more CPU and memory per request than "
                    "our own generators; elsewhere than on Linux they send to within a millisecond "
                    "or two only."
                ),
                n=self._places,
            )
        ]
        rough = max(self._master.within_ms.values(), default=0.0) if self._master else 0.0
        if rough > _ROUGH_MS:
            said.append(
                say(
                    N_("The workers' clocks are known to {ms} ms: their seconds differ by that."),
                    ms=f"{rough:.0f}",
                )
            )
        if not is_loopback(self._distribution.address):
            said.append(
                say(
                    N_(
                        "The master was open to the network at {address}. Its messages were "
                        "sealed with the join code, Locust's own were not: anyone there could "
                        "have stopped the run."
                    ),
                    address=self._distribution.address,
                )
            )
        return tuple(said)

    def second(self, place: int, part: Part) -> GeneratorSecond:
        """How one of them did in a second, as it says itself."""
        return GeneratorSecond(
            pid=self._remote[place].pid,
            cpu_share=part.cpu_share,
            memory_mb=part.memory_mb,
            connections=part.connections,
            late_p99_ms=part.late_p99_ms,
            late_max_ms=part.late_max_ms,
        )

    def end(self) -> None:
        """End the master; workers that are still there end with it."""
        try:
            if self._master is not None:
                self._master.end()
        finally:
            self._readers.shutdown()
