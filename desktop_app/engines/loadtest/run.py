"""A load run: a stream of events that ends with the result."""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from desktop_app.core.language import N_
from desktop_app.core.load.control import Control
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.distribution import bracketed
from desktop_app.core.load.events import (
    Event,
    Marked,
    Preparing,
    RunEnded,
    RunStarted,
    Stopping,
    ThresholdChanged,
    Warned,
)
from desktop_app.core.load.gates import Gatekeeper
from desktop_app.core.load.obstacles import Obstacle
from desktop_app.core.load.permission import is_loopback
from desktop_app.core.load.plan import Order
from desktop_app.core.load.result import Example, Mark, StopReason
from desktop_app.core.load.second import Second
from desktop_app.core.load.thresholds import GateState
from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.loadtest.crew import Crew, Member
from desktop_app.engines.loadtest.distributed.crew import DistributedCrew
from desktop_app.engines.loadtest.messages import (
    Begin,
    Farewell,
    Part,
    Prepared,
    Trouble,
    Unprepared,
)
from desktop_app.engines.loadtest.outcome import Story, result_of
from desktop_app.engines.loadtest.pacing import clock
from desktop_app.engines.loadtest.reaching import Reached, reach
from desktop_app.engines.loadtest.refusing import permission_of, refusal
from desktop_app.engines.loadtest.resources import Watcher
from desktop_app.engines.loadtest.seconds import Seconds
from desktop_app.engines.loadtest.tally import Tally

log = logging.getLogger(__name__)

_LOOK_S = 0.05
"""How often the operator's wishes are looked at."""
_PROGRESS_S = 0.2
"""How often the preparation's progress is told at most."""
_SILENCE_S = 20.0
"""A generator that says nothing for so long is taken for lost."""
_MOST_EXAMPLES = 5
_CONNECTING = frozenset({Failure.REFUSED, Failure.CONNECT_TIMEOUT, Failure.DNS, Failure.TLS})


def run_load(order: Order, context: TaskContext, control: Control | None = None) -> Iterator[Event]:
    """Run the plan; the last event is ``RunEnded`` whatever happens.

    Blocks between events (at most about a second each), so it belongs on a worker thread or in a
    command. ``control`` stops it gracefully or at once and marks moments; ``context.cancel`` is a
    stop at once. Closing the iterator ends the generators too.
    """
    run = _Run(order, context, control or Control())
    try:
        yield from run.events()
    finally:
        run.close()


def _crew_of(order: Order) -> Crew:
    return Crew(order) if order.distribution is None else DistributedCrew(order, order.distribution)


class _Run:
    def __init__(self, order: Order, context: TaskContext, control: Control) -> None:
        self._order, self._plan = order, order.plan
        self._context, self._control = context, control
        self._permission = permission_of(order)
        self._crew = _crew_of(order)
        self._watcher: Watcher | None = None
        names = tuple(step.name for _flow, step in order.plan.scenario.steps())
        patience = order.plan.timeouts
        lasting_s = 2 * patience.response_s + patience.connect_s + order.plan.grace_s + 2
        self._tally = Tally(len(names), lasting_s)
        self._seconds = Seconds(self._tally, names)
        self._gates = Gatekeeper(order.plan.thresholds, whole_s=int(order.plan.seconds + 1e-6))
        self._parts: dict[int, dict[int, Part]] = {}
        self._next_second = 0
        self._zero = 0.0
        self._stopping: StopReason | None = None
        self._told_at_once = False
        self._unprepared: Unprepared | None = None
        self._story = Story(
            order=order,
            run_id=uuid.uuid4().hex[:8],
            started_at=datetime.now(UTC),
            steps=order.plan.scenario.steps(),
        )

    # -- the way of a run ------------------------------------------------------------------------

    def events(self) -> Iterator[Event]:
        refused = refusal(self._order)
        if refused is not None:
            yield self._ended(StopReason.REFUSED, refused)
            return
        reached = reach(self._plan)
        if isinstance(reached, Obstacle):
            self._story.advice = reached.advice
            yield self._ended(StopReason.UNREACHABLE, reached.said)
            return
        self._story.address = f"{bracketed(reached.address)}:{reached.port}"
        self._story.tls = reached.tls
        try:
            self._start_generators(reached)
        except OSError as error:
            reason = say(N_("No generator can be started: {reason}."), reason=str(error))
            yield self._ended(StopReason.GENERATOR_LOST, reason)
            return
        self._watcher = Watcher(self._order, clock)
        yield from self._prepare()
        if self._stopping is not None:
            yield self._ended(self._stopping, self._story.stop_said)
            return
        yield self._begin()
        yield from self._follow()
        yield self._ended(self._stopping or StopReason.DONE, self._story.stop_said)

    def _start_generators(self, reached: Reached) -> None:
        seed = self._story.seed = self._plan.seed or random.SystemRandom().getrandbits(31)
        loopback = is_loopback(reached.address) and not self._permission.production
        limit = 0.0 if loopback else self._permission.highest_rate
        self._crew.start(reached, seed=seed, rate_limit=limit)

    def _prepare(self) -> Iterator[Event]:
        """Wait until all users are ready; a stop says why there was none."""
        told: Preparing | None = None
        told_at = 0.0
        crew = self._crew
        while not all(member.prepared for member in crew.members):
            self._take_messages()
            progress = crew.progress()
            if progress != told and clock() - told_at > _PROGRESS_S:
                told, told_at = progress, clock()
                yield progress
            if self._wants_stop():
                self._stop(self._wish())
                return
            if (problem := crew.problem()) is not None:
                self._stop(StopReason.NOT_PREPARED)
                self._story.stop_said = problem
                return
            if self._unprepared is not None:
                self._give_up_preparing(self._unprepared)
                return
            if any(member.left for member in crew.members):
                self._lose_all()
                return

    def _give_up_preparing(self, problem: Unprepared) -> None:
        story, obstacle = self._story, problem.obstacle
        connecting = not problem.step and problem.kind in _CONNECTING
        self._stop(StopReason.UNREACHABLE if connecting else StopReason.NOT_PREPARED)
        story.stop_said, story.advice = obstacle.said, obstacle.advice
        if problem.step:
            story.examples.append(
                Example(
                    kind=problem.kind,
                    step=problem.step,
                    at_s=0.0,
                    status=problem.status,
                    text=problem.text,
                )
            )

    def _lose_all(self) -> None:
        self._stop(StopReason.GENERATOR_LOST)
        words = next((w for m in self._crew.members if (w := m.process.last_words())), "")
        self._story.stop_said = say(
            N_("A generator ended before the run began: {reason}"), reason=words[-500:]
        )

    def _begin(self) -> RunStarted:
        plan = self._plan
        self._zero = clock() + self._crew.run_up_s
        trim = plan.trim
        if plan.seconds >= trim.least_s:
            self._tally.first_s = int(min(trim.first_s, plan.seconds / 10))
        self._crew.tell(Begin(at=self._zero))
        self._story.warnings.extend(self._crew.reservations())
        at = time.time() + self._zero - clock()
        self._story.started_at = datetime.fromtimestamp(at, UTC)
        assert self._watcher is not None
        self._watcher.begin(self._zero)
        return RunStarted(
            run_id=self._story.run_id,
            plan=plan,
            at=at,
            generators=self._crew.pids,
            loop=self._story.loop,
        )

    def _follow(self) -> Iterator[Event]:
        while True:
            yield from self._take_messages()
            yield from self._marks()
            yield from self._finished_seconds()
            if all(member.left for member in self._crew.members):
                break
            yield from self._look_at_wishes()
            yield from self._look_for_silence()
        if not self._story.farewells:
            self._stopping = StopReason.GENERATOR_LOST

    # -- what generators say ---------------------------------------------------------------------

    def _take_messages(self) -> list[Event]:
        """Take what there is; who was lost is an event."""
        events: list[Event] = []
        for place, message in self._crew.messages(_LOOK_S):
            member = self._crew.members[place]
            if message is None:
                if not member.left:
                    events.append(self._lost(member))
            elif isinstance(message, Part):
                self._parts.setdefault(message.number, {})[place] = message
            elif isinstance(message, Prepared):
                member.take(message)
                self._story.loop = message.loop
            elif isinstance(message, Unprepared):
                self._unprepared = self._unprepared or message
            elif isinstance(message, Trouble):
                self._keep_example(message)
            elif isinstance(message, Farewell):
                member.left = True
                self._story.farewells[place] = message
                self._tally.take_leave(message)
        return events

    def _lost(self, member: Member) -> Event:
        """A generator died: what it had sent without an end stays in flight."""
        member.left = True
        words = member.process.last_words().strip().splitlines()
        log.warning("load generator %d is lost: %s", member.process.pid, " | ".join(words[-3:]))
        said = member.process.loss()
        self._story.lost.append(said)
        return self._warned(said)

    def _warned(self, said: Said) -> Warned:
        self._story.warnings.append(said)
        return Warned(second=self._next_second, said=said, spoilt=self._story.spoilt)

    def _keep_example(self, trouble: Trouble) -> None:
        name = self._story.steps[trouble.step][1].name
        kept = sum(e.kind is trouble.kind and e.step == name for e in self._story.examples)
        if kept < _MOST_EXAMPLES:
            self._story.examples.append(
                Example(
                    kind=trouble.kind,
                    step=name,
                    at_s=trouble.at_s,
                    status=trouble.status,
                    text=trouble.text,
                    said=trouble.said,
                )
            )

    # -- seconds ---------------------------------------------------------------------------------

    def _finished_seconds(self) -> Iterator[Event]:
        """The seconds of which every generator that lives has told its part."""
        while self._next_second <= max(self._parts, default=-1) and self._crew.all_told(
            self._parts.get(self._next_second, {})
        ):
            parts = self._parts.pop(self._next_second, {})
            second = self._seconds.make(
                self._next_second,
                parts,
                [self._crew.second(place, part) for place, part in parts.items()],
                self._watcher.second(self._next_second) if self._watcher else None,
            )
            self._next_second += 1
            self._story.take(second)
            yield second
            yield from self._judge(second)

    def _judge(self, second: Second) -> Iterator[Event]:
        for change in self._gates.judge(second, self._seconds.so_far):
            threshold = change.threshold
            yield ThresholdChanged(
                second=second.number,
                threshold=threshold,
                state=change.state,
                value=change.value,
            )
            if threshold.abort and change.state is GateState.BROKEN and not self._stopping:
                self._story.stop_said = say(
                    N_("The threshold “{threshold}” was broken."), threshold=str(threshold)
                )
                yield self._stop(StopReason.ABORTED)
        for said in self._story.strain(second):
            yield self._warned(said)

    # -- ends ------------------------------------------------------------------------------------

    def _wants_stop(self) -> bool:
        return self._control.stopping or self._context.cancelled

    def _wish(self) -> StopReason:
        at_once = self._control.at_once or self._context.cancelled
        return StopReason.STOPPED_AT_ONCE if at_once else StopReason.STOPPED

    def _look_at_wishes(self) -> Iterator[Event]:
        if not self._wants_stop():
            return
        wish = self._wish()
        if self._stopping is None:
            yield self._stop(wish)
        elif wish is StopReason.STOPPED_AT_ONCE and not self._told_at_once:
            if self._stopping is StopReason.STOPPED:
                self._stopping = wish
            self._halt(at_once=True)

    def _stop(self, reason: StopReason) -> Stopping:
        self._stopping = reason
        at_once = reason is StopReason.STOPPED_AT_ONCE
        self._halt(at_once=at_once)
        until = clock() - self._zero + (0.0 if at_once else self._plan.grace_s)
        return Stopping(reason=reason, until_s=until)

    def _halt(self, *, at_once: bool) -> None:
        self._told_at_once |= at_once
        self._seconds.cut_short = True
        self._crew.halt(at_once=at_once)

    def _look_for_silence(self) -> Iterator[Event]:
        if clock() - self._zero < _SILENCE_S:
            return
        for member, seconds in self._crew.silent(_SILENCE_S):
            said = say(
                N_("Generator {number} has said nothing for {seconds} s and is ended."),
                number=member.process.place + 1,
                seconds=int(seconds),
            )
            yield self._warned(said)
            member.heard_at = clock()  # said once
            member.process.kill()

    def _marks(self) -> Iterator[Event]:
        for text in self._control.take_marks():
            mark = Mark(at_s=max(0.0, clock() - self._zero), text=text)
            self._story.marks.append(mark)
            yield Marked(mark=mark)

    def _ended(self, stop: StopReason, said: Said | None) -> RunEnded:
        self._story.stop, self._story.stop_said = stop, said
        self._story.failures = [member.failures for member in self._crew.members]
        self._story.generators = len(self._crew.members)
        self._story.server = self._watcher.server if self._watcher is not None else ""
        return RunEnded(result=result_of(self._story, self._tally, self._gates))

    def close(self) -> None:
        """End what still runs."""
        try:
            if self._watcher is not None:
                self._watcher.stop()
        finally:
            self._crew.end()
