"""The generators' seconds put together: added and merged, never averaged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from desktop_app.core.load.counts import Counts, Failure, added
from desktop_app.core.load.histogram import Histogram
from desktop_app.core.load.result import Measured
from desktop_app.engines.loadtest.compiled import OK, OUTCOMES, REDIRECTED
from desktop_app.engines.loadtest.messages import Bucket, Farewell, Part
from desktop_app.engines.loadtest.recording import unpacked


@dataclass(slots=True)
class Ended:
    """Requests that came to an end: outcomes, and histograms of their times."""

    outcomes: dict[int, int] = field(default_factory=dict)
    response: Histogram = field(default_factory=Histogram)
    service: Histogram = field(default_factory=Histogram)

    def add(self, bucket: Bucket) -> None:
        """Add what one generator told."""
        for outcome, count in bucket.outcomes.items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count
        self.response.add(unpacked(bucket.response))
        self.service.add(unpacked(bucket.service))

    def merge(self, other: Ended) -> None:
        """Add all of another."""
        for outcome, count in other.outcomes.items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count
        self.response.merge(other.response)
        self.service.merge(other.service)

    @property
    def total(self) -> int:
        """How many requests."""
        return sum(self.outcomes.values())

    def counts(self, *, sent: int, in_flight: int, **more: int) -> Counts:
        """As counts."""
        failures: dict[Failure, int] = {}
        for outcome, count in self.outcomes.items():
            kind = OUTCOMES[outcome]
            if kind is not None:
                failures[kind] = count
        return Counts(
            sent=sent,
            completed=self.total - sum(failures.values()),
            failures=failures,
            in_flight=in_flight,
            redirected=self.outcomes.get(REDIRECTED, 0),
            **more,
        )


def merged(parts: Iterable[Ended]) -> Ended:
    """All of these as one."""
    whole = Ended()
    for part in parts:
        whole.merge(part)
    return whole


@dataclass(slots=True)
class _Sent:
    sent: int = 0
    resent: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0


@dataclass(slots=True)
class Arrivals:
    """What fell due in some seconds: all, those given up, those late; and how often a generator
    looked around, how often that was late.
    """

    asked: int = 0
    dropped: int = 0
    late: int = 0
    moments: int = 0
    late_moments: int = 0

    def add(self, other: Arrivals) -> None:
        """Add all of another."""
        self.asked += other.asked
        self.dropped += other.dropped
        self.late += other.late
        self.moments += other.moments
        self.late_moments += other.late_moments


class Tally:
    """All that generators told: of the whole run by step, and by the seconds meant."""

    def __init__(self, steps: int, lasting_s: float) -> None:
        """``lasting_s``: how long after its due second a request may still end."""
        self._steps = steps
        self._lasting_s = lasting_s
        self._sent = [_Sent() for _ in range(steps)]
        self._by_due: dict[int, dict[int, Ended]] = {}
        self._early: list[Ended] = [Ended() for _ in range(steps)]
        self._sealed: list[Ended] = [Ended() for _ in range(steps)]
        self._ended = [0] * steps
        self._completed_in: dict[int, dict[int, int]] = {}
        self._completed_before = [0] * steps
        """In measured seconds that are over for good."""
        self._arrivals: dict[int, Arrivals] = {}
        self._arrivals_early, self._arrivals_sealed = Arrivals(), Arrivals()
        self._in_flight: list[tuple[int, int]] = []
        self.unsent = 0
        self.first_s = 0
        """The first second that is measured."""

    # -- taking in -------------------------------------------------------------------------------

    def take(self, part: Part) -> dict[int, Ended]:
        """Take one generator's second in; what ended in it, by step."""
        now: dict[int, Ended] = {}
        for bucket in part.ended:
            now.setdefault(bucket.step, Ended()).add(bucket)
            by_step = self._by_due.setdefault(bucket.due, {})
            by_step.setdefault(bucket.step, Ended()).add(bucket)
            self._ended[bucket.step] += sum(bucket.outcomes.values())
            completed = self._completed_in.setdefault(part.number, {})
            in_order = bucket.outcomes.get(OK, 0) + bucket.outcomes.get(REDIRECTED, 0)
            completed[bucket.step] = completed.get(bucket.step, 0) + in_order
        for step, count in part.sent.items():
            self._sent[step].sent += count
        for step, count in part.resent.items():
            self._sent[step].resent += count
        for step, count in part.sent_bytes.items():
            self._sent[step].sent_bytes += count
        for step, count in part.received_bytes.items():
            self._sent[step].received_bytes += count
        arrivals = self._arrivals.setdefault(part.number, Arrivals())
        arrivals.asked += part.asked
        arrivals.late += part.late
        arrivals.moments += part.moments
        arrivals.late_moments += part.late_moments
        for due, count in part.dropped.items():
            self._arrivals.setdefault(due, Arrivals()).dropped += count
        self._seal(part.number)
        return now

    def take_leave(self, farewell: Farewell) -> None:
        """A generator is done: what it had under way."""
        self._in_flight += farewell.in_flight
        self.unsent += farewell.unsent

    def in_flight(self, step: int) -> int:
        """Requests of a step that were sent and have not ended, as far as it was told."""
        return self._sent[step].sent - self._ended[step]

    def _seal(self, number: int) -> None:
        """Put together the seconds meant that are over for good: a long run must not grow."""
        over = [due for due in self._by_due if due < number - self._lasting_s - 2]
        for due in over:
            goal = self._early if due < self.first_s else self._sealed
            for step, ended in self._by_due.pop(due).items():
                goal[step].merge(ended)
        for second in [s for s in self._completed_in if s < number - self._lasting_s - 2]:
            for step, count in self._completed_in.pop(second).items():
                self._completed_before[step] += count if second >= self.first_s else 0
        for second in [s for s in self._arrivals if s < number - self._lasting_s - 2]:
            sealed = self._arrivals_early if second < self.first_s else self._arrivals_sealed
            sealed.add(self._arrivals.pop(second))

    # -- giving out ------------------------------------------------------------------------------

    def arrivals(self, from_s: float = 0, to_s: float = math.inf) -> Arrivals:
        """What fell due in a stretch of seconds, which holds all that is sealed."""
        whole = Arrivals()
        parts = [self._arrivals_sealed]
        if from_s < self.first_s:
            parts.append(self._arrivals_early)
        parts += [a for second, a in self._arrivals.items() if from_s <= second < to_s]
        for one in parts:
            whole.add(one)
        return whole

    def total(self, step: int) -> Counts:
        """Counts of the whole run."""
        later = [by_step[step] for by_step in self._by_due.values() if step in by_step]
        everything = merged([self._early[step], self._sealed[step], *later])
        sent = self._sent[step]
        return everything.counts(
            sent=sent.sent,
            in_flight=self.in_flight(step),
            resent=sent.resent,
            sent_bytes=sent.sent_bytes,
            received_bytes=sent.received_bytes,
        )

    def _unheard_of(self, step: int) -> int:
        """Requests in flight whose second nobody told: their generator died."""
        return self.in_flight(step) - sum(step == known for _due, known in self._in_flight)

    def whole(self) -> Counts:
        """Counts of the whole run, all steps."""
        counts = added(self.total(step) for step in range(self._steps))
        return replace(counts, late=self.arrivals().late)

    def measured(self, from_s: int, to_s: float, steps: Sequence[int]) -> Measured:
        """Figures of the requests of ``steps`` that were meant for ``from_s`` to ``to_s``."""
        parts = [self._sealed[step] for step in steps]
        if from_s < self.first_s:
            parts += [self._early[step] for step in steps]
        parts += [
            by_step[step]
            for due, by_step in self._by_due.items()
            if from_s <= due < to_s
            for step in steps
            if step in by_step
        ]
        ended = merged(parts)
        left = sum(from_s <= due < to_s and step in steps for due, step in self._in_flight)
        left += sum(self._unheard_of(step) for step in steps)
        counts = ended.counts(sent=ended.total + left, in_flight=left)
        there = self.arrivals(from_s, to_s)
        asked, dropped, late = there.asked, there.dropped, there.late
        if len(steps) < self._steps:  # an arrival is of no step before it is sent
            asked, dropped, late = counts.sent, 0, 0
        # A second that is not whole may go on answering when nothing is sent any more.
        whole_s = int(to_s + 1e-6)
        rated_to_s = whole_s if whole_s > from_s else to_s
        completed = sum(self._completed_before[step] for step in steps) + sum(
            count
            for second, by_step in self._completed_in.items()
            if from_s <= second < rated_to_s
            for step, count in by_step.items()
            if step in steps
        )
        counts = replace(counts, late=late)
        rate = completed / (rated_to_s - from_s)
        return part_of(ended, counts, from_s, to_s, asked=asked, dropped=dropped, rate=rate)


def part_of(
    ended: Ended,
    counts: Counts,
    from_s: int,
    to_s: float,
    *,
    asked: int,
    dropped: int,
    rate: float,
    logs: bool = True,
) -> Measured:
    """Figures of a part of a run; ``rate``: answers in order that came within it, per second.

    Without ``logs``: for the moment, not to be kept.
    """
    return Measured(
        from_s=from_s,
        to_s=to_s,
        asked=asked,
        dropped=dropped,
        counts=counts,
        rate=rate,
        response=ended.response.latency(),
        service=ended.service.latency(),
        response_log=ended.response.encoded() if logs else b"",
        service_log=ended.service.encoded() if logs else b"",
    )
