"""Seconds as they are told: what all generators said of one, made into an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from desktop_app.core.load.counts import added
from desktop_app.core.load.result import Measured
from desktop_app.core.load.second import (
    GeneratorSecond,
    Phase,
    Second,
    StepSecond,
    TargetSecond,
)
from desktop_app.engines.loadtest.messages import Part
from desktop_app.engines.loadtest.tally import Ended, Tally, merged, part_of

_HAIR_S = 1e-6
"""By which the sum of a moment and a duration may be off."""


class Seconds:
    """Makes events of the generators' parts, in order, and knows the measured part so far."""

    def __init__(self, tally: Tally, step_names: tuple[str, ...]) -> None:
        self._tally = tally
        self._names = step_names
        self._so_far = Ended()
        self._steps_so_far = [Ended() for _ in step_names]
        self._measured_seconds = self._asked = self._dropped = 0
        self.cut_short = False
        """Whether the run was stopped: a second that is not whole is then no measurement."""
        self._figures: dict[str, Measured] = {}
        """What ``so_far`` has made since the last second."""

    def make(
        self,
        number: int,
        parts: Mapping[int, Part],
        generators: Iterable[GeneratorSecond],
        target: TargetSecond | None,
    ) -> Second:
        """Second ``number`` of the generators' parts."""
        by_step: dict[int, Ended] = {}
        for part in parts.values():
            for step, ended in self._tally.take(part).items():
                by_step.setdefault(step, Ended()).merge(ended)
        everything = merged(by_step.values())
        steps = {
            self._names[step]: self._step_second(step, parts.values(), by_step.get(step, Ended()))
            for step in range(len(self._names))
            if step in by_step
            or self._tally.in_flight(step)
            or any(step in part.sent for part in parts.values())
        }
        counts = added(step.counts for step in steps.values())
        waits = sum(self._tally.in_flight(step) for step in range(len(self._names)))
        late = sum(part.late for part in parts.values())
        second = Second(
            number=number,
            phase=self._phase(number, parts.values()),
            asked=sum(part.asked for part in parts.values()),
            dropped=sum(sum(part.dropped.values()) for part in parts.values()),
            waiting=sum(part.waiting for part in parts.values()),
            counts=replace(counts, in_flight=waits, late=late),
            users=sum(part.users for part in parts.values()),
            busy=sum(part.busy for part in parts.values()),
            response=everything.response.latency(),
            service=everything.service.latency(),
            steps=steps,
            generators=tuple(generators),
            target=target,
            response_log=everything.response.encoded() if everything.response else b"",
            service_log=everything.service.encoded() if everything.service else b"",
        )
        if second.phase is Phase.MEASURED:
            self._remember(second, everything, by_step)
        return second

    def _phase(self, number: int, parts: Iterable[Part]) -> Phase:
        if number < self._tally.first_s:
            return Phase.WARM_UP
        sending_s = max((part.sending_s for part in parts), default=0.0)
        least_s = 1 - _HAIR_S if self.cut_short else _HAIR_S
        return Phase.MEASURED if sending_s > least_s else Phase.DRAIN

    def _step_second(self, step: int, parts: Iterable[Part], ended: Ended) -> StepSecond:
        there = list(parts)
        counts = ended.counts(
            sent=sum(part.sent.get(step, 0) for part in there),
            in_flight=self._tally.in_flight(step),
            resent=sum(part.resent.get(step, 0) for part in there),
            sent_bytes=sum(part.sent_bytes.get(step, 0) for part in there),
            received_bytes=sum(part.received_bytes.get(step, 0) for part in there),
        )
        return StepSecond(
            counts=counts,
            response=ended.response.latency(),
            service=ended.service.latency(),
            response_log=ended.response.encoded() if ended.response else b"",
        )

    def _remember(self, second: Second, everything: Ended, by_step: Mapping[int, Ended]) -> None:
        self._figures.clear()
        self._so_far.merge(everything)
        for step, ended in by_step.items():
            self._steps_so_far[step].merge(ended)
        self._measured_seconds += 1
        self._asked += second.asked
        self._dropped += second.dropped

    def so_far(self, step: str = "") -> Measured | None:
        """Figures of the measured seconds told so far, of all steps or of one."""
        if not self._measured_seconds or (step and step not in self._names):
            return None
        if step not in self._figures:
            self._figures[step] = self._figure(step)
        return self._figures[step]

    def _figure(self, step: str) -> Measured:
        ended = self._steps_so_far[self._names.index(step)] if step else self._so_far
        counts = ended.counts(sent=ended.total, in_flight=0)
        first = self._tally.first_s
        to_s = first + self._measured_seconds
        asked, dropped = (ended.total, 0) if step else (self._asked, self._dropped)
        return part_of(
            ended,
            counts,
            first,
            to_s,
            asked=asked,
            dropped=dropped,
            rate=counts.completed / self._measured_seconds,
            logs=False,
        )
